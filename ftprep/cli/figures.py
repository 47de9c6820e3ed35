"""The figures of checks, for people: numbers in a line, tables as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .table import broken, table

_MOST_ROWS = 10
_WIDEST = 60


def figure_lines(
    found: Mapping[str, Mapping[str, Any]], *, more: str = "in manifest.json", width: int | None = None
) -> Iterator[str]:
    """What the checks of each output counted, and the tables among it; `more` says where the rest of a long one is.
    Lines of numbers are broken at `width`, tables are not."""
    for output, figures in found.items():
        for check, values in figures.items():
            numbers = {name: value for name, value in values.items() if isinstance(value, (int, float))}
            numbers = numbers if any(numbers.values()) else {}  # nothing counted is nothing to tell
            shown = ", ".join(f"{name} {value:,}" for name, value in numbers.items())
            if shown:
                yield from broken(f"{check} ({output}): {shown}", width, "  ")
            for value in values.values():
                yield from _rows(value, more)


def _rows(value: Any, more: str) -> Iterator[str]:
    """A figure that is a table: a list of mappings of equal keys."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        return
    names = list(value[0])
    cells = [[_cell(row.get(name)) for name in names] for row in value[:_MOST_ROWS]]
    yield from table([[name.replace("_", " ") for name in names], *cells], indent="  ")
    if len(value) > _MOST_ROWS:
        yield f"  … and {len(value) - _MOST_ROWS:,} more {more}"


def _cell(value: Any) -> str:
    """A value in one line; texts in quotes where white space at their ends would not be seen."""
    if isinstance(value, list):
        return " | ".join(map(_cell, value))
    text = f"{value:,}" if isinstance(value, int) else str(value)
    text = f"'{text}'" if text != text.strip() else text
    return " ".join(text.split("\n"))[:_WIDEST]
