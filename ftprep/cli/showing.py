"""What checks counted, for people: what each has to show, as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ..steps.showing import Bars, Histogram, Note, Numbers, Shown, Table, plainly
from .charts import Marks, bars, histogram, number
from .table import GAP, broken, table
from .terminal import USUAL

if TYPE_CHECKING:
    from ..registry import Registry

Figures = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Output -> check -> its figures."""
_MOST_ROWS = 10
_WIDEST = 60
_LONGEST = 100
"""Characters of a text that is shown in a line."""


_TIED = "\xa0"
"""A space at which no line is broken."""


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How lines are made."""

    marks: Marks
    width: int | None = None
    """Characters of a line; None: pictures are made for 80, and texts and tables take what they need."""
    more: str = "in manifest.json"
    """Where the rest of a long table is."""

    @property
    def room(self) -> int:
        """Characters of a line of a picture."""
        return self.width if self.width is not None else USUAL


def figure_lines(figures: Figures, registry: Registry, style: Style, *, zeros: bool = True) -> Iterator[str]:
    """What the checks of each output have to show, in the order of the report: of each check all sentences and numbers,
    one picture and one table; what is equal is said once. Without `zeros`, checks that counted nothing are left out:
    people did not ask for each of them."""
    from ..report.topics import TOPICS, check_of

    topics = list(TOPICS)
    said: dict[tuple[str, ...], list[str]] = {}
    for output, checks in figures.items():
        told: set[str] = set()
        places = {label: topics.index(getattr(check_of(label, registry), "topic", "other")) for label in checks}
        for label in sorted(checks, key=places.__getitem__):
            found = checks[label]
            if zeros or any(isinstance(value, (int, float)) and value for value in found.values()):
                blocks = [block for block in _blocks(_shown(label, found, registry), style) if block not in told]
                told.update(blocks)
                said.setdefault((label, *blocks), []).append(output)
    for (label, *blocks), outputs in said.items():
        if blocks:
            yield from _headed(f"{label} ({', '.join(outputs)})", blocks, style)


def _headed(title: str, blocks: Sequence[str], style: Style) -> Iterator[str]:
    """A heading, with the first sentence or numbers beside it where these are one line, and the rest below it."""
    first = f"{title}: {blocks[0]}"
    beside = "\n" not in blocks[0] and (style.width is None or len(first) <= style.width)
    yield first if beside else title
    for block in blocks[beside:]:
        yield from (f"  {line}".rstrip() for line in block.split("\n"))


def _blocks(shown: Sequence[Shown], style: Style) -> Iterator[str]:
    """The text of each thing that is shown, of the pictures and of the tables the first."""
    inner = msgspec.structs.replace(style, width=style.width and style.width - 2)
    had: set[str] = set()
    for one in shown:
        kind = "picture" if isinstance(one, (Histogram, Bars)) else "table" if isinstance(one, Table) else ""
        text = "\n".join(show_lines(one, inner)) if kind not in had else ""
        if text:
            yield text
            had |= {kind} - {""}


def _shown(label: str, figures: Mapping[str, Any], registry: Registry) -> Sequence[Shown]:
    """What a check has to show; where it fails at that, the figures as they are."""
    from ..report.topics import check_of

    cls = check_of(label, registry)
    try:
        return plainly(figures) if cls is None else cls.show(figures)
    except Exception as error:  # a plugin's mistake in what it shows must not cost the run
        note = Note(f"'{label}' failed to show its figures ({type(error).__name__}: {error})", "bad")
        return [*plainly(figures), note]


def show_lines(shown: Shown, style: Style) -> Iterator[str]:
    """One thing to see."""
    if isinstance(shown, Histogram):
        yield from histogram(shown, style.room, style.marks)
    elif isinstance(shown, Bars):
        yield from bars(shown, style.room, style.marks, style.more)
    elif isinstance(shown, Table):
        yield from _table(shown, style)
    elif isinstance(shown, Numbers):
        lines = broken(", ".join(_numbers(shown)), style.width, "  ")
        yield from (line.replace(_TIED, " ") for line in lines)
    else:
        yield from broken(f"{'! ' if shown.mood == 'bad' else ''}{shown.text}", style.width, "  ")


def _numbers(shown: Numbers) -> Iterator[str]:
    """Each number and each short text with its name."""
    for name, value in shown.values.items():
        if isinstance(value, str):
            plain = value.isprintable() and value == value.strip()
            yield f"{name}{_TIED}{_cut(value if plain else repr(value), _LONGEST, '…')}"
        elif value is not None:
            yield f"{name}{_TIED}{number(value)}"


def _table(shown: Table, style: Style) -> Iterator[str]:
    if not shown.rows:
        return
    if shown.caption:
        yield from broken(shown.caption, style.width, "  ")
    rows = [list(map(_cell, row)) for row in shown.rows[:_MOST_ROWS]]
    right = [at for at in range(len(shown.head)) if all(_is_number(row[at]) for row in shown.rows[:_MOST_ROWS])]
    yield from table(_fitting([list(shown.head), *rows], style), right=right, indent="  " if shown.caption else "")
    left = len(shown.rows) - len(rows) + shown.more
    if left:
        yield f"  {style.marks.cut} and {left:,} more {style.more}"


def _fitting(rows: list[list[str]], style: Style) -> list[list[str]]:
    """Cells cut so that lines fit, where they have to: the widest column gives way."""
    if style.width is None:
        return rows
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = style.width - 2 - len(GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > 6:
        widths[widths.index(max(widths))] -= 1
    return [[_cut(cell, width, style.marks.cut) for cell, width in zip(row, widths, strict=True)] for row in rows]


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _cell(value: Any) -> str:
    """A value in one line; texts in quotes where white space at their ends would not be seen."""
    if isinstance(value, (list, tuple)):
        return " | ".join(map(_cell, value))
    if value is None:
        return ""
    text = number(value)
    text = repr(text) if text != text.strip() else text
    return textwrap.shorten(text, _WIDEST, placeholder="…") if "\n" in text else _cut(text, _WIDEST, "…")


def _cut(text: str, width: int, cut: str) -> str:
    return text if len(text) <= width else text[: width - 1] + cut
