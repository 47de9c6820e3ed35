"""The comments in tables, as tools that copy a help desk into a data base write them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from ftprep import DataError, Drop, Input, Row

from .comments import of_chat, row_of
from .people import People, Ticket, text

_COMMENTS = ({"ticket_id", "body", "user_id"}, {"ticket_id", "body", "author_id"})
_CHATS = {"chat_id", "actor_id", "message"}
_LONGEST = 1 << 24
"""Characters of a line (16 Mi): a quote that never closes must not fill the memory."""


def columns_of(head: bytes) -> list[str]:
    """The names in the first line, where it is that of a table of comments or of events of chats; else none."""
    line = head.decode("utf-8", "replace").lstrip("\ufeff").partition("\n")[0]
    try:
        names = next(csv.reader([line.rstrip("\r")]), [])
    except csv.Error:
        return []
    known = {name.strip().lower() for name in names}
    return names if known >= _CHATS or any(wanted <= known for wanted in _COMMENTS) else []


def rows_of(source: Input) -> Iterator[tuple[int, Row | Drop]]:
    """Each row with the line on which it begins. A row that is too short or too long is a Drop without a source."""
    people = People()
    with source.text() as stream:
        reader = csv.reader(_lines(stream, source), strict=True)
        names = [name.strip().lstrip("\ufeff").lower() for name in next(reader)]
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                why = str(error).rstrip(".")
                hint = "export it again, or read it with 'csv:'"
                raise DataError(f"the table is damaged: {why}", hint=hint, file=source.name, line=line) from None
            if cells is None:
                return
            if cells:
                yield line, _row(names, cells, people)


def _lines(stream: TextIO, source: Input) -> Iterator[str]:
    number = 0
    while line := stream.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST:
            hint = "is it a table, with a comment a row?"
            raise DataError(f"a line is longer than {_LONGEST >> 20} MiB", hint=hint, file=source.name, line=number)
        yield line


def _row(names: Sequence[str], cells: Sequence[str], people: People) -> Row | Drop:
    if len(cells) != len(names):
        return Drop("wrong number of cells", f"{len(cells)} for {len(names)} columns", content={"cells": list(cells)})
    row = dict(zip(names, cells, strict=True))
    return of_chat(row, _ticket(row), people) if row.keys() >= _CHATS else row_of(row, _ticket(row), people)


def _ticket(row: Mapping[str, str]) -> Ticket:
    return Ticket(
        text(row.get("ticket_id") or row.get("chat_id")),
        text(row.get("subject")),
        text(row.get("status")) if "chat_id" not in row else "",
        text(row.get("requester_id")),
    )
