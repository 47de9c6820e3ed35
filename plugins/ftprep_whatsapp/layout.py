"""How a message begins: `[date, time] ` on iOS, `date, time - ` on Android, in the orders and digits of all locales."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Invisible characters that say in which direction text runs; exports put them before media and around numbers."""
LONGEST = 1 << 22
"""Characters of a message, far beyond what the service sends (65,536): more is a file that is no chat, or damaged."""
_PIECE = 1 << 17
"""Characters read at a time."""

_SEPARATOR = "[./\\-\u200e\u200f\u00a0\u202f 年月년월]{1,3}+"
_DATE = rf"\d{{1,4}}+{_SEPARATOR}\d{{1,2}}+{_SEPARATOR}\d{{1,4}}+"
_TIME = r"[^\d\n\[\]]{1,16}+\d{1,2}+[:.]\d\d(?:[:.]\d\d)?+"
_MARK = f"[{MARKS}]"
BRACKETS = re.compile(rf"\n(?:{_MARK}++)?\[({_DATE})({_TIME}[^\d\n\[\]:]{{0,12}}+)\] ?")
DASH = re.compile(rf"\n(?:{_MARK}++)?({_DATE})({_TIME}[^\d\n\[\]:–-]{{0,12}}+)[–-] ")
"""The two layouts. Groups: the date; the time with what stands around it."""


class Raw(NamedTuple):
    """A message as it stands in the file; `date` is "" for what stands before the first one."""

    line: int
    date: str
    time: str
    body: str
    """Its text, the lines after the first too; of one that is too long, the beginning."""
    cut: bool = False
    """It is longer than LONGEST."""


class Block(NamedTuple):
    """The messages that ended in the same piece of the file."""

    first: Raw
    """The one that began in an earlier piece."""
    line: int
    """The line on which that ends."""
    parts: list[str]
    """Date, time and body of each other one."""
    marked: bool
    """Some may have the invisible mark that stands before media, or a caption below a file's name."""


def layout_of(text: str) -> re.Pattern[str] | None:
    """The layout that most messages of a text have; None where it has none."""
    text = "\n" + text.replace("\r\n", "\n")
    counts = [(sum(1 for _ in layout.finditer(text)), layout) for layout in (BRACKETS, DASH)]
    count, layout = max(counts, key=lambda pair: pair[0])
    return layout if count else None


def pieces(text: TextIO) -> Iterator[str]:
    """The text in pieces that end before a line break, so that no beginning of a message is torn; each line but those
    longer than LONGEST has its line break before it."""
    held = "\n"
    while piece := text.read(_PIECE):
        if piece.endswith("\r"):
            piece += text.read(1)
        held += piece.replace("\r\n", "\n") if "\r" in piece else piece
        at = held.rfind("\n")
        at = at if at > 0 or len(held) < LONGEST else len(held)
        if at > 0:
            yield held[:at]
            held = held[at:]
    yield held


def messages(text: TextIO, layout: re.Pattern[str]) -> Iterator[Block]:
    """All messages; a message that is still open at the end of a piece is the first of the next block."""
    line, open_ = 0, _Open(1, "", "")
    for piece in pieces(text):
        before, *parts = layout.split(piece)
        open_.add(before)
        line += before.count("\n")
        if not parts:
            continue
        ended = line
        line += piece.count("\n") - before.count("\n") - parts[-1].count("\n")
        last = _Open(line, *parts[-3:])
        line += parts[-1].count("\n")
        del parts[-3:]
        yield Block(open_.raw(), ended, parts, "\u200e" in piece or ")\n" in piece)
        open_ = last
    yield Block(open_.raw(), line, [], False)


class _Open:
    """The last message so far: the next piece may go on with it."""

    def __init__(self, line: int, date: str, time: str, body: str = ""):
        self._head, self._parts, self._size, self._cut = (line, date, time), [body], len(body), False

    def add(self, text: str) -> None:
        if text:
            self._size += len(text)
            if self._size <= LONGEST:
                self._parts.append(text)
            else:
                self._cut = True

    def raw(self) -> Raw:
        return Raw(*self._head, "".join(self._parts), self._cut)
