"""Values of any size as a page has room for them: cut texts, bounded tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from .parts import table
from .words import words

CELL, NAME = 200, 60
"""Characters of a cell, and of a name in a chart or a list."""
_ROWS, _COLUMNS, _TABLE = 100, 16, 30_000
"""Of a table: rows, columns, and characters of all its cells."""
_ITEMS = 12
"""Of a list in a cell."""


def cut(text: str, most: int = CELL) -> str:
    """The text; of a longer one the beginning, and how long it is."""
    return text if len(text) <= most else f"{text[: most - 1]}… ({len(text):,} characters)"


def cell(value: Any, most: int = CELL) -> Any:
    """A value as a table takes it: numbers as they are, all else as short text whose spaces at the ends are seen."""
    if value is None or isinstance(value, (Markup, float)) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    text = said(value, most)
    if text != text.strip() or "\n" in text:
        return Markup('<code class="pre">{}</code>').format(words(text))
    return text


def said(value: Any, most: int = CELL) -> str:
    """A value in a line: yes and no, lists with commas, mappings with colons; cut."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        value = [f"{said(key, NAME)}: {said(inner, NAME)}" for key, inner in list(value.items())[:_ITEMS]]
    if isinstance(value, (list, tuple)):
        more = ["…"] if len(value) > _ITEMS else []
        value = ", ".join([*(said(inner, NAME) for inner in value[:_ITEMS]), *more])
    return cut(str(value), most)


def names(given: Iterable[str], most: int = NAME) -> dict[str, str]:
    """Short forms of names, no two of them equal."""
    made: dict[str, str] = {}
    taken: dict[str, int] = {}
    for name in given:
        short = name if len(name) <= most else f"{name[: most - 1]}…"
        taken[short] = n = taken.get(short, 0) + 1
        made[name] = short if n == 1 else f"{short} ({n})"
    return made


def bounded(
    head: Sequence[Any], rows: Sequence[Sequence[Any]], *, caption: str = "", more: int = 0, row_heads: bool = False,
    right: Collection[int] = (), most: int = _ROWS, of_cell: int = CELL,
) -> Markup:  # fmt: skip
    """A table of any rows, as much of it as there is room for; what is left out is counted. `more`: rows there are
    beside these."""
    columns = min(len(head), _COLUMNS)
    shown: list[list[Any]] = []
    room = _TABLE
    for row in rows[:most]:
        cells = [cell(value, of_cell) for value in [*row, *[None] * columns][:columns]]
        room -= sum(len(value) if isinstance(value, str) else 12 for value in cells)
        if room < 0 and shown:
            break
        shown.append(cells)
    rest = more + len(rows) - len(shown)
    told = [f"… and {rest:,} more rows" if rest > 1 else "… and 1 more row"] if rest > 0 else []
    if len(head) > columns:
        told.append(f"{len(head) - columns:,} more columns are not shown")
    made = table(
        [cut(str(name), NAME) for name in head[:columns]], shown, caption=cut(caption), row_heads=row_heads, right=right
    )
    return made + (Markup('<p class="more">{}</p>').format("; ".join(told)) if told else Markup(""))
