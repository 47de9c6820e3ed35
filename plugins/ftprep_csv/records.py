"""Records with the lines they stand in, at the speed of the csv module, and without its way of swallowing rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice
from typing import NamedTuple, TextIO

import ftprep

from .dialect import parser

BLOCK = 2000
"""Records in a block, at most."""
READ_AHEAD = 1 << 20
"""Characters of lines that are read at once, about."""
LONGEST_CELL = 1 << 24
"""Characters a cell may have (the csv module's own limit is 131,072): it bounds what an open quote can swallow."""
_SWALLOWED = 3
"""Lines inside one record that look like rows, from which on a quote left open is suspected."""


class Block(NamedTuple):
    """Neighbouring records; record i starts in line `starts[i]`, and the line after the last one is `starts[-1]`.

    `bad` is the row after them, where its quotes cannot be made sense of.
    """

    records: list[list[str]]
    starts: Sequence[int]
    bad: ftprep.Drop | None


class Lines:
    """The physical lines of a text. Those read last are at hand, for the delimiter and for messages."""

    def __init__(self, text: TextIO):
        """Reads the first lines; `ahead` holds them, and is empty for an empty text."""
        self._text = text
        self._before = 0
        self.ahead = text.readlines(READ_AHEAD)

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._blocks())

    def _blocks(self) -> Iterator[list[str]]:
        while self.ahead:
            yield self.ahead
            more = self._text.readlines(READ_AHEAD)
            if not more:
                return  # the last ones stay at hand
            self._before += len(self.ahead)
            self.ahead = more

    def at(self, number: int) -> str:
        """The line of this number (from 1), of those read last."""
        return self.ahead[number - self._before - 1]


def blocks(lines: Lines, source: ftprep.Input, *, delimiter: str, quote: str, escape: str) -> Iterator[Block]:
    """All records; blank lines are empty ones.

    A row of one line whose quotes are wrong is dropped. Raises DataError where a quote is left open over several
    lines: which of them are rows cannot be known.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    reader = parser(lines, delimiter, quote, escape, strict=True)
    line = 1
    while True:
        records: list[list[str]] = []
        bad = None
        try:
            records.extend(islice(reader, min(BLOCK, len(lines.ahead))))
        except csv.Error as error:
            starts = _starts(records, line, None)
            bad = _bad_row(str(error), min(starts[-1], reader.line_num), reader.line_num, lines, source)
        else:
            starts = _starts(records, line, reader.line_num + 1)
        if not records and bad is None:
            return
        yield Block(records, starts, bad)
        line = reader.line_num + 1


def spans_rows(record: Sequence[str], delimiter: str, width: int) -> bool:
    """Whether the lines inside a record look like rows themselves, as where a quote was left open."""
    inside = [line for cell in record for line in cell.splitlines()[1:-1]]
    return len(inside) >= _SWALLOWED and all(line.count(delimiter) == width - 1 > 0 for line in inside)


def _starts(records: list[list[str]], line: int, end: int | None) -> Sequence[int]:
    if end == line + len(records):
        return range(line, end + 1)
    return list(accumulate((1 + sum(map(_breaks, record)) for record in records), initial=line))


def _breaks(cell: str) -> int:
    if "\r" in cell:
        return cell.count("\n") + cell.count("\r") - cell.count("\r\n")
    return cell.count("\n")


def _bad_row(error: str, first: int, last: int, lines: Lines, source: ftprep.Input) -> ftprep.Drop:
    reason, detail = _reason(error)
    if last > first:
        hint = "close it, double the quotes inside cells, or say 'quote: \"\"' where quotes are only text"
        message = f"a quote opened in this row is still open {last - first} lines later, where {detail}"
        raise ftprep.DataError(message, hint=hint, file=source.name, line=first)
    content = lines.at(first).rstrip("\r\n")[:1000]
    return ftprep.Drop(reason, detail, source=source.place(first), content=content)


def _reason(error: str) -> tuple[str, str]:
    if "limit" in error:
        return "cell too long", f"a cell has more than {LONGEST_CELL:,} characters"
    if "unexpected end" in error:
        return "quote never closed", "the file ends"
    return "text after a closing quote", "a quote is followed by text"
