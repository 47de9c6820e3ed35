"""A workbook open for reading: its sheets, a survey of one, and its rows as text."""

from __future__ import annotations

import re
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import ftprep

from .cells import text
from .package import check_file, check_parts
from .survey import Damaged, Survey, column_number

if TYPE_CHECKING:
    from openpyxl.reader.excel import ExcelReader

Line = tuple[int, list[str]]
"""A row's number in the sheet (from 1), and the texts of its cells from column A on."""
_BLOCK, _CELLS = 2000, 200_000  # rows, and cells, that are in memory at once
_SAVE = "open it in Excel or LibreOffice and save it again"
_BAD_DATE = re.compile(r"Cell (\w+) is marked as a date but the serial value (\S+) is")
_QUIET = threading.Lock()


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells."""

    name: str
    path: str
    hidden: bool

    def __str__(self) -> str:
        return f"'{self.name}' (hidden)" if self.hidden else f"'{self.name}'"


class Book:
    """A workbook, opened; the stream stays the caller's to close."""

    def __init__(self, stream: IO[bytes], source: ftprep.Input):
        """Raises DataError, saying what the file is, where it is no workbook that can be read."""
        self._source = source
        size = check_file(stream, source)
        with self._guarded("the workbook"):
            self._archive = zipfile.ZipFile(stream)
            check_parts(self._archive, size, source)
            self._reader = _open(stream)
            found = list(self._reader.parser.find_sheets())
        self.sheets = [Sheet(s.name, r.target, s.state != "visible") for s, r in found if r.Type.endswith("/worksheet")]
        """Sheets of cells, in the order of their tabs."""
        self.charts = [s.name for s, r in found if not r.Type.endswith("/worksheet")]
        """Sheets that hold a chart (or a macro, or a dialogue) and no cells."""

    def survey(self, sheet: Sheet) -> Survey:
        """The first pass over a sheet. Raises DataError where it is damaged."""
        with self._guarded(f"sheet '{sheet.name}'"), self._archive.open(sheet.path) as part:
            return Survey(part)

    def rows(self, sheet: Sheet, last: int, odd: list[str]) -> Iterator[Line]:
        """The rows up to `last`. Cells formatted as dates that are none keep their number, and are named in `odd`."""
        what = f"sheet '{sheet.name}'"
        with self._guarded(what):
            raw = enumerate(islice(self._cells(sheet), last), 1)
        while True:
            with self._guarded(what) as said:
                block = _take(raw)
            if not block:
                return
            lines = [(number, list(map(text, row))) for number, row in block]
            _mend(lines, said, odd)
            yield from lines

    def _cells(self, sheet: Sheet) -> Iterator[tuple[Any, ...]]:
        from openpyxl.worksheet._read_only import ReadOnlyWorksheet

        view: Any = ReadOnlyWorksheet(self._reader.wb, sheet.name, sheet.path, self._reader.shared_strings)
        view.reset_dimensions()  # what the file says about its size is often wrong
        rows: Iterator[tuple[Any, ...]] = view.iter_rows(values_only=True)
        return rows

    @contextmanager
    def _guarded(self, what: str) -> Iterator[list[warnings.WarningMessage]]:
        """Warnings of openpyxl, and almost any exception, with which it meets damage.

        The lock is for `catch_warnings`, which keeps what it restores in one place for all threads.
        """
        with _QUIET, warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            try:
                yield said
            except (ftprep.FtprepError, MemoryError):
                raise
            except zipfile.BadZipFile as error:
                hint = "copy or download it again"
                raise ftprep.DataError(f"is damaged or cut off: {error}", hint=hint, file=self._source.name) from error
            except Exception as error:
                raise ftprep.DataError(_damage(what, error), hint=_SAVE, file=self._source.name) from error


def _open(stream: IO[bytes]) -> ExcelReader:
    """The steps of openpyxl's `load_workbook` that cells need.

    The others (document properties, themes, charts, print areas) fail on files whose cells are sound.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet

    reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    return reader


def _damage(what: str, error: Exception) -> str:
    if isinstance(error, Damaged):
        return f"{what} is damaged: {error}"
    said = str(error).partition("\n")[0]
    return f"{what} cannot be read: {type(error).__name__}: {said}"


def _take(raw: Iterator[tuple[int, tuple[Any, ...]]]) -> list[tuple[int, tuple[Any, ...]]]:
    """The next rows, fewer where they are very wide."""
    block, cells = [], 0
    for number, row in raw:
        block.append((number, row))
        cells += len(row)
        if len(block) == _BLOCK or cells > _CELLS:
            break
    return block


def _mend(lines: list[Line], said: list[warnings.WarningMessage], odd: list[str]) -> None:
    """A date out of range is `#VALUE!` to openpyxl, and its number stands only in a warning."""
    for warning in said:
        if match := _BAD_DATE.match(str(warning.message)):
            cell, column = match[1], column_number(match[1])
            number = int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
            lines[number - lines[0][0]][1][column - 1] = text(float(match[2]))
            odd.append(cell)
