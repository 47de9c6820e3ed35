"""The reader `csv`."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import repeat
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

import ftprep

from .codes import CODES
from .dialect import find_delimiter, recognised, sep_line, shown
from .header import column_names
from .records import Block, Lines, blocks, spans_rows
from .survey import survey

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def _one_character(value: str) -> str:
    if value == r"\t":
        raise ValueError('a backslash and a t are no tab; put it in double quotes: "\\t"')
    if len(value) > 1 or value in ("\r", "\n"):
        raise ValueError(f"must be one character, not {value!r}")
    return value


def _known_encoding(value: str) -> str:
    try:
        "".encode(value)
    except (LookupError, ValueError):
        raise ValueError(f"unknown encoding '{value}'; for example utf-8, cp1252, utf-16-le") from None
    return value


Character = Annotated[str, AfterValidator(_one_character)]


class Csv(ftprep.Reader):
    """Tables as text. Cells stay the text they are: NA, null, 007.

    Blank lines are no rows, `;;` is a row of empty cells. A row with too few or too many cells is dropped.
    """

    name: ClassVar[str] = "csv"
    problem_codes = CODES
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".tab")

    delimiter: Character | None = None
    """What stands between cells, one character. Without it: what Excel's `sep=` line says (that line is skipped in any
    case), else the one of comma, semicolon, tab and pipe that cuts the first lines most evenly; it is printed."""
    quote: Character = '"'
    """The character around cells that hold delimiters, line breaks or (doubled) quotes; `""`: quotes are only text."""
    escape: Character = ""
    """The character that makes the next one plain text, where a file does not double its quotes (often a backslash)."""
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = None
    """The file's encoding, such as `cp1252`. Without it: what its byte-order mark says, else UTF-8."""
    header: bool = True
    """The first row holds the names of the columns (spaces around them do not count)."""
    column_names: tuple[str, ...] | None = Field(default=None, alias="columns", min_length=1)
    """The names of all columns, in order: needed with `header: false`, otherwise they replace those in the file."""
    duplicates: Literal["error", "number"] = "error"
    """What becomes of column names that are blank or stand twice: `number` makes `id`, `id_2`, `column_3` of them."""

    @model_validator(mode="after")
    def _check(self) -> Csv:
        names = self.column_names
        if not self.header and names is None:
            raise ValueError("header: false needs the names; add 'columns: [name, …]'")
        if self.delimiter == "":
            raise ValueError("delimiter must be one character; leave it out to have it found")
        if names is not None and len({*names, ""}) <= len(names):
            raise ValueError("columns has a name twice, or a blank one; every column needs its own")
        given = [c for c in (self.delimiter, self.quote, self.escape) if c]
        if len(given) != len(set(given)):
            raise ValueError("delimiter, quote and escape must differ")
        return self

    def read(self, source: ftprep.Input) -> Iterator[ftprep.Rows | ftprep.Example | ftprep.Drop | ftprep.Finding]:
        """Blocks of about 2,000 rows; `numbers` are the lines in which they start."""
        with source.text(self.encoding) as text:
            lines = Lines(text)
            said = sep_line(lines.ahead[0]) if lines.ahead else None
            delimiter = self.delimiter or said or self._find(lines, source)
            if self.delimiter is None:
                yield _advice(delimiter, said is not None, source)
            found = blocks(lines, source, delimiter=delimiter or ",", quote=self.quote, escape=self.escape)
            yield from self._rows(found, delimiter or ",", source, skip=1 if said else 0)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """A table of even rows is one at 0.5; the rest is a matter of the suffix."""
        encoding = next((codec for mark, codec in _MARKS.items() if head.startswith(mark)), "utf-8")
        return recognised(head.decode(encoding, "replace"))

    @classmethod
    def survey(cls, source: ftprep.Input) -> ftprep.Survey:
        """Encoding, delimiter, quotes, header; and columns that look spoilt by a spreadsheet."""
        return survey(source, tabs=_has_tabs(source))

    def _find(self, lines: Lines, source: ftprep.Input) -> str | None:
        return find_delimiter(lines.ahead[:500], self.quote, expect="\t" if _has_tabs(source) else None)

    def _rows(
        self, found: Iterator[Block], delimiter: str, source: ftprep.Input, skip: int
    ) -> Iterator[ftprep.Rows | ftprep.Drop | ftprep.Finding]:
        names: tuple[str, ...] | None = None
        for block in found:
            at = skip
            skip = 0
            if names is None:
                at, names = self._names(block, at, source)
            if names is not None:
                yield from _pieces(block, at, names, delimiter, source)
            if block.bad is not None:
                yield self._unless_header(block.bad, names, source)
        if names is None:
            raise ftprep.DataError("is empty", hint="a table has at least a header", file=source.name)

    def _names(self, block: Block, at: int, source: ftprep.Input) -> tuple[int, tuple[str, ...] | None]:
        """Where rows begin in the block, and the names of the columns; None for a block of blank lines."""
        while at < len(block.records) and not block.records[at]:
            at += 1
        if at == len(block.records):
            return at, None
        first, line = block.records[at], block.starts[at]
        if self.column_names is None:
            return at + 1, column_names(first, source, line, number=self.duplicates == "number")
        if self.header and len(first) != len(self.column_names):
            message = f"the header has {_cells(len(first))}, but 'columns' has {len(self.column_names)} names"
            raise ftprep.DataError(message, hint="name every column", file=source.name, line=line)
        return at + self.header, self.column_names

    def _unless_header(self, bad: ftprep.Drop, names: tuple[str, ...] | None, source: ftprep.Input) -> ftprep.Drop:
        if names is None and self.header and bad.source is not None:
            message = f"the header cannot be read: {bad.reason}"
            raise ftprep.DataError(message, hint="set its quotes right", file=source.name, line=bad.source.first)
        return bad


def _has_tabs(source: ftprep.Input) -> bool:
    """Its name says so."""
    return any(f"{suffix}." in f"{source.name.lower()}." for suffix in (".tsv", ".tab"))


def _advice(delimiter: str | None, said: bool, source: ftprep.Input) -> ftprep.Finding:
    message = f"delimiter {shown(delimiter)} found" if delimiter else "no delimiter found: one column"
    if said:
        message += " in the sep= line"
    hint = "if that is wrong, say which with 'delimiter:'"
    return ftprep.Finding("FT210", message, hint=hint, level="advice", source=source.place(1))


def _pieces(
    block: Block, at: int, names: tuple[str, ...], delimiter: str, source: ftprep.Input
) -> Iterator[ftprep.Rows | ftprep.Drop | ftprep.Finding]:
    records, starts = (block.records[at:], block.starts[at:]) if at else (block.records, block.starts)
    if isinstance(starts, range) and set(map(len, records)) <= {len(names)}:
        if records:
            yield ftprep.Rows(list(map(dict, map(zip, repeat(names), records))), starts[:-1])
        return
    yield from _uneven(records, list(starts), names, delimiter, source)


def _uneven(
    records: list[list[str]], starts: list[int], names: tuple[str, ...], delimiter: str, source: ftprep.Input
) -> Iterator[ftprep.Rows | ftprep.Drop | ftprep.Finding]:
    """A block with records over several lines, blank lines, or records of the wrong width."""
    rows: list[ftprep.Row] = []
    numbers: list[int] = []
    width = len(names)
    for record, first, after in zip(records, starts, starts[1:], strict=False):
        if after - first > 3 and spans_rows(record, delimiter, width):
            yield _suspicion(first, after - 1, source)
        if len(record) == width:
            rows.append(dict(zip(names, record, strict=True)))
            numbers.append(first)
        elif record:
            if rows:
                yield ftprep.Rows(rows, numbers)
                rows, numbers = [], []
            yield _ragged(record, width, source.place(first, after - 1))
    if rows:
        yield ftprep.Rows(rows, numbers)


def _suspicion(first: int, last: int, source: ftprep.Input) -> ftprep.Finding:
    message = f"lines {first} to {last} are one row, with lines inside that look like rows"
    hint = "is a quote left open in the first of them?"
    return ftprep.Finding("FT211", message, hint=hint, source=source.place(first, last))


def _ragged(record: list[str], width: int, place: ftprep.Source) -> ftprep.Drop:
    reason = "too few cells" if len(record) < width else "too many cells"
    return ftprep.Drop(reason, f"{_cells(len(record))} instead of {width}", source=place, content=record)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
