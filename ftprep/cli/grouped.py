"""What was found in a file, for people: a paragraph for each kind of finding, and the counts at the end."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .table import broken, table

if TYPE_CHECKING:
    from ..doctor.report import Group, Report
    from ..example import Source

_MOST_SPANS = 8
"""Rows, or runs of rows, that are named of each kind."""
_NARROWEST = 34
"""Characters that a text needs beside the columns; where there is less room it stands below them."""


class Tally:
    """How many rows the findings are about: a row may have several of one kind, and of several kinds."""

    def __init__(self, report: Report):
        """Reads every single finding, where the first places are not all of them."""
        self._rows: dict[Any, int] = {}
        self._last: dict[Any, Any] = {}
        self._seen: dict[Any, bytearray] = {}
        whole = all(group.count == len(group.places) or not group.places for group in report.groups)
        for group in report.groups if whole else ():
            for place in group.places:
                self._add(_kind(group), group.level, place)
        for row in () if whole else report.rows():
            if row.source is not None:
                self._add(_kind(row), row.level, row.source)

    def _add(self, kind: tuple[str, ...], level: str, place: Source) -> None:
        row = (place.file, place.sheet, place.first)
        if self._last.get(kind) != row:  # findings of one row come one after the other
            self._last[kind] = row
            self._rows[kind] = self._rows.get(kind, 0) + 1
        bits = self._seen.setdefault((level, place.file, place.sheet), bytearray())
        byte, bit = divmod(place.first, 8)
        if byte >= len(bits):
            bits.extend(bytes(byte - len(bits) + 1))
        bits[byte] |= 1 << bit

    def rows(self, group: Group) -> int:
        """Rows that have a finding of this kind; 0: it is about the file."""
        return self._rows.get(_kind(group), group.count if group.places else 0)

    def at(self, level: str) -> int:
        """Rows that have a finding of this level."""
        seen = (bits for (found, *_), bits in self._seen.items() if found == level)
        return sum(int.from_bytes(bits, "little").bit_count() for bits in seen)


def _kind(found: Any) -> tuple[str, ...]:
    return found.step, found.code, found.level, found.message, found.hint


def group_lines(groups: Sequence[Group], tally: Tally, file: str, width: int | None) -> Iterator[str]:
    """A paragraph for each group: code, level, how many rows, the text; then the first rows, and what to do.

    `file` is what needs no saying in a place. `width` is that of the terminal; None: lines are not broken.
    """
    rows = [(group.code, group.level, _rows(tally.rows(group))) for group in groups]
    heads = list(table(rows, right=(2,), indent="  ")) if rows else []
    wide = max(map(len, heads), default=0)
    for group, head in zip(groups, heads, strict=True):
        texts = [group.message, _places(group, file), group.hint, group.fix and f"--fix: {group.fix.change}"]
        yield from _paragraph(head, wide, [text for text in texts if text], width)


def _paragraph(head: str, wide: int, texts: Sequence[str], width: int | None) -> Iterator[str]:
    """The head, and the texts beside it; below it where there is no room."""
    beside = width is None or width - wide >= _NARROWEST
    indent = " " * (wide + 2 if beside else 6)
    lines = [line for text in texts for line in broken(text, None if width is None else width - len(indent))]
    if not beside:
        yield head
    elif lines:
        yield f"{head.ljust(wide)}  {lines.pop(0)}"
    yield from (f"{indent}{line}" for line in lines)


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}" if count else ""


def _places(group: Group, file: str) -> str:
    """The first rows: `rows 4, 9-12 …`, after the name of the sheet where there are sheets."""
    spans = _spans(group.places)
    parts: list[str] = []
    before = None
    for place, last in spans[:_MOST_SPANS]:
        rows = f"{place.first}" if last == place.first else f"{place.first}-{last}"
        if (place.file, place.sheet) != before:
            many = len([span for span in spans if _home(span[0]) == _home(place)]) > 1 or last != place.first
            name = [place.file] if place.file != file else []
            sheet = [place.sheet] if place.sheet is not None else []
            parts.append(" ".join([*name, *sheet, "rows" if many else "row", rows]))
        else:
            parts.append(rows)
        before = _home(place)
    more = len(spans) > _MOST_SPANS or group.count > len(group.places)
    return ", ".join(parts) + (" …" if more and parts else "")


def _home(place: Source) -> tuple[str, str | None]:
    return place.file, place.sheet


def _spans(places: Sequence[Source]) -> list[tuple[Source, int]]:
    """Places that follow each other, as their first one and the last row."""
    spans: list[tuple[Source, int]] = []
    for place in sorted(dict.fromkeys(places), key=lambda place: (place.file, place.sheet or "", place.first)):
        if spans and _home(spans[-1][0]) == _home(place) and place.first <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(spans[-1][1], place.last))
        else:
            spans.append((place, place.last))
    return spans


def told(groups: Sequence[Group], tally: Tally, file: str) -> str:
    """The counts, and how to mend what can be mended."""
    counts = [_count(groups, level, one, tally) for level, one in _NAMES.items()]
    text = ", ".join(filter(None, counts)) or "nothing wrong"
    able = sum(group.fix is not None for group in groups)
    how = f": ftprep check {shlex.quote(file)} --fix" if file != "<stdin>" else " with --fix"
    return f"{text}; {able} can be mended{how}" if able else text


_NAMES = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "advice": ("piece of advice", "pieces of advice"),
}


def _count(groups: Sequence[Group], level: str, names: tuple[str, str], tally: Tally) -> str:
    kinds = sum(group.level == level for group in groups)
    rows = tally.at(level)
    text = f"{kinds} {names[kinds != 1]}" if kinds else ""
    return f"{text} in {_rows(rows)}" if text and rows else text
