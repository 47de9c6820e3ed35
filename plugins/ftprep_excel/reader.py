"""The reader `excel`: its options, and a workbook's rows with everything that is odd about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, NoReturn, Self

from pydantic import Field, model_validator

import ftprep

from .book import Book, Line, Sheet
from .codes import CODES
from .header import Header, find_row, from_row, given, renamed
from .look import look
from .package import check_name
from .rows import table
from .sheets import choose, said_of_columns, said_of_dates, said_of_empty, said_of_sheet, said_of_sheets
from .survey import Survey, some

Found = ftprep.Rows | ftprep.Example | ftprep.Drop | ftprep.Finding


class Excel(ftprep.Reader):
    """Rows of Excel workbooks. Every cell is text, as a CSV file would hold it; row numbers are Excel's."""

    name: ClassVar[str] = "excel"
    problem_codes = CODES
    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm")

    sheet: str | int | None = None
    """The worksheet: its name, its number (from 1, hidden ones counted, charts not), or `all`. Default: the first one
    that is not hidden."""
    header: bool = True
    """A row holds the names of the columns (spaces around them do not count); with `false`, `columns` does."""
    header_row: int | None = Field(default=None, ge=1)
    """Number of the row that holds the column names; rows above it are left out. Default: the first row after `skip`
    that is not empty. Columns that have neither name nor values are none: a table may start anywhere."""
    skip: int = Field(default=0, ge=0)
    """Rows left out at the top of the sheet."""
    column_names: tuple[str, ...] | None = Field(default=None, alias="columns", min_length=1)
    """The names of all columns, from the first one that holds anything: needed with `header: false`, otherwise they
    replace those in the file."""
    duplicates: Literal["error", "number"] = "error"
    """Column names that stand twice, and columns with values but no name: an error that names them, or `number` to call
    them `name_2` and `column_3`."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.header and self.column_names is None:
            raise ValueError("header: false needs the names; add 'columns: [name, …]'")
        if not self.header and self.header_row is not None:
            raise ValueError("header: false and header_row exclude each other; remove one")
        if self.header_row is not None and self.header_row <= self.skip:
            raise ValueError(f"header_row: {self.header_row} is among the {self.skip} skipped rows; remove skip")
        if self.column_names is not None and len({*self.column_names, ""}) <= len(self.column_names):
            raise ValueError("columns has a name twice, or a blank one; every column needs its own")
        return self

    def read(self, source: ftprep.Input) -> Iterator[Found]:
        """The rows of the chosen sheets. Raises DataError for what is no workbook, and for a header that is none."""
        check_name(source)
        with source.local() as stream:
            book = Book(stream, source)
            sheets = choose(book, self.sheet, source.name)
            yield from said_of_sheets(book, sheets, self.sheet, source)
            yield from self._read_sheets(book, sheets, source)

    def _read_sheets(self, book: Book, sheets: list[Sheet], source: ftprep.Input) -> Iterator[Found]:
        first: tuple[Sheet, Header] | None = None
        for sheet in sheets:
            survey, odd = book.survey(sheet), list[str]()
            if survey.last_row <= self.skip:
                if len(sheets) > 1:
                    yield said_of_empty(sheet, source)
                continue
            rows = book.rows(sheet, survey.last_row, odd)
            header = self._header(rows, survey, source, sheet.name)
            if first is not None:
                yield from said_of_columns(sheet, header, first, source)
            first = first or (sheet, header)
            yield from said_of_sheet(sheet, survey, header, source)
            yield from table(rows, header, survey, sheet.name, source, max(self.skip, header.row))
            yield from said_of_dates(odd, source.place(max(header.row, 1), survey.last_row, sheet.name))
        if first is None:
            self._refuse_empty(book, sheets, source)

    def _header(self, rows: Iterator[Line], survey: Survey, source: ftprep.Input, sheet: str) -> Header:
        if self.column_names is not None and not self.header:
            return given(self.column_names, survey, self.skip)
        line = find_row(rows, self.header_row, self.skip)
        row = line[0] if line else self.header_row or survey.last_row
        place = str(source.place(row, sheet=sheet))
        if cell := survey.uncached.get(row):
            message = f"the header has a formula without a value in {cell}"
            raise ftprep.DataError(message, hint="open the file in Excel and save it", file=place)
        if line is None or not any(map(str.strip, line[1])):
            message = "this row is empty, so it holds no column names"
            hint = f"the last row that is not empty is {survey.last_row}; change header_row"
            raise ftprep.DataError(message, hint=hint, file=place)
        if self.column_names is not None:
            return renamed(line, survey, self.column_names, place)
        return from_row(line, survey, self.duplicates == "number", place)

    def _refuse_empty(self, book: Book, sheets: list[Sheet], source: ftprep.Input) -> NoReturn:
        after = f" after the {self.skip} skipped rows" if self.skip else ""
        what = f"sheet '{sheets[0].name}' is empty{after}" if len(sheets) == 1 else f"every sheet is empty{after}"
        others = [sheet for sheet in book.sheets if sheet not in sheets]
        hint = f"choose another with 'sheet:': {some(others)}" if others else "put a table into it"
        raise ftprep.DataError(what, hint=hint, file=source.name)

    @classmethod
    def survey(cls, source: ftprep.Input) -> ftprep.Survey:
        """The sheet with a table, where it begins, its header; and columns that look spoilt."""
        check_name(source)
        with source.local() as stream:
            return look(Book(stream, source), source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Sure of a zip with workbook parts; half sure of a name alone, so that the file is said to be what it is."""
        if head.startswith(b"PK") and (b"xl/" in head or b"[Content_Types].xml" in head[:64]):
            return 1.0 if name.lower().endswith(cls.suffixes) else 0.9
        return 0.5 if name.lower().endswith(cls.suffixes) else 0.0
