"""The figures of checks, for people: numbers and short texts in a line, tables as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .table import broken, table

_MOST_ROWS = 10
_WIDEST = 60
_LONGEST = 100
"""Characters of a text that is shown in a line."""


def figure_lines(
    found: Mapping[str, Mapping[str, Any]],
    *,
    more: str = "in manifest.json",
    width: int | None = None,
    zeros: bool = True,
) -> Iterator[str]:
    """What the checks of each output counted, and the tables among it; `more` says where the rest of a long one is.
    Lines of numbers and texts are broken at `width`, tables are not. Without `zeros`, checks that counted nothing are
    left out: people did not ask for each of them."""
    for output, figures in found.items():
        for check, values in figures.items():
            if shown := ", ".join(_told(values, zeros=zeros)):
                yield from broken(f"{check} ({output}): {shown}", width, "  ")
            for value in values.values():
                yield from _rows(value, more)


def _told(values: Mapping[str, Any], *, zeros: bool) -> Iterator[str]:
    """Each number and each short text with its name."""
    if zeros or any(isinstance(value, (int, float)) and value for value in values.values()):
        for name, value in values.items():
            if isinstance(value, (int, float)):
                yield f"{name} {value:,}"
            elif isinstance(value, str) and 0 < len(value) <= _LONGEST:
                plain = value.isprintable() and value == value.strip()
                yield f"{name} {value if plain else repr(value)}"


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
