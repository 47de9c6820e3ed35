"""The CSV of DiscordChatExporter: author, date, text and attachments, and no more."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import NamedTuple, TextIO

from ftprep import DataError, Drop, Input

from .messages import mark_of

COLUMNS = ("AuthorID", "Author", "Date", "Content")
_LONGEST = 100_000
"""Characters of a record; Discord takes 4,000 in a message."""
_WAYS = ("%d-%b-%y %I:%M %p", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p")
"""How versions before 2.41 wrote a date, unless told otherwise; those after write ISO 8601."""
_EVENT = re.compile(
    r"Joined the server\.|Pinned a message\.|Started a call(?: that lasted .*)?\.?|Started a thread\."
    r"|(?:Added|Removed) .* (?:to|from) the group\.|Left the group\.|Changed the channel (?:name: .*|icon\.)"
)
_NAME = re.compile(r"(?:.* - )?(.+?)(?: \[\d+\])?(?: \((?:after|before) .*\))?(?: \[part \d+\])?")


class Line(NamedTuple):
    """A message of the table."""

    line: int
    speaker: str
    time: str
    text: str
    marks: str
    event: bool


def lines(source: Input, encoding: str | None) -> Iterator[Line | Drop]:
    """The messages, and a Drop for a line that is none. Raises DataError where it is no such table."""
    with source.text(encoding) as text:
        feed = _Feed(text)
        table = csv.reader(feed)
        try:
            head = [name.lstrip("\ufeff") for name in next(table, [])]
            if tuple(head[:4]) != COLUMNS:
                hint = f"its first line is {','.join(COLUMNS)},…"
                raise DataError("this is no CSV of DiscordChatExporter", hint=hint, file=source.name)
            first = table.line_num + 1
            for cells in table:
                feed.since = 0
                if cells:
                    yield _line(first, cells, len(head), source)
                first = table.line_num + 1
        except csv.Error as error:
            hint = "export it again"
            raise DataError(f"not readable as CSV: {error}", hint=hint, file=source.name, line=table.line_num) from None


class _Feed:
    """Lines for the csv module, whose own limit any other reader may have changed: a quote that never closes must not
    swallow the file."""

    def __init__(self, text: TextIO):
        self._text = text
        self.since = 0
        """Characters since the last record ended."""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.since += len(line)
        if self.since > _LONGEST:
            raise csv.Error(f"a message is longer than {_LONGEST:,} characters")
        return line


def is_table(head: bytes) -> bool:
    """Whether a file that starts so is such a table."""
    names = head.removeprefix(b"\xef\xbb\xbf")[:200].replace(b'"', b"").partition(b"\n")[0]
    return names.strip().startswith(",".join(COLUMNS).encode())


def talk_of(source: Input) -> str:
    """The channel, by the file's name: `Guild - Category - channel [123].csv`."""
    found = _NAME.fullmatch(PurePath(source.name).stem)
    return found[1] if found is not None else ""


def _line(first: int, cells: list[str], width: int, source: Input) -> Line | Drop:
    if len(cells) != width:
        detail = f"{len(cells)} cells for {width} columns"
        return Drop("wrong number of cells", detail, source=source.place(first), content=cells)
    _, author, date, text, *rest = cells
    files = [name for name in (rest[0].split(",") if rest else []) if name]
    marks = "\n".join(mark_of(re.split(r"[/\\]", name.partition("?")[0])[-1]) for name in files)
    return Line(first, re.sub(r"#\d{4}$", "", author), _time(date), text, marks, _EVENT.fullmatch(text) is not None)


def _time(text: str) -> str:
    """The date in ISO 8601; empty where it is written in a way of its own (`--locale`)."""
    try:
        return datetime.fromisoformat(text).isoformat(timespec="seconds")
    except ValueError:
        pass
    for way in _WAYS:
        try:
            return datetime.strptime(text, way).isoformat(timespec="seconds")
        except ValueError:
            continue
    return ""
