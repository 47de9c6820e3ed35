"""The reader `pandas`: its options, and a way to the rows of each kind of file."""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, ClassVar

import ftprep

from .codes import CODES
from .frames import BLOCK, is_frame, names_of, rows_of_batches, rows_of_frame
from .kinds import SUFFIXES, Kind, by_content, by_name, check_ods, engine, kind_of
from .tables import rows_of_grid

if TYPE_CHECKING:
    import pandas as pd

Found = ftprep.Rows | ftprep.Example | ftprep.Drop | ftprep.Finding
_QUIET = threading.Lock()
_INDEX = re.compile(r"__index_level_\d+__")
"""What pandas calls the column of an index without name, in the Parquet files it writes."""


class Pandas(ftprep.Reader):
    """Rows of Parquet, Feather, ODS, Stata and XLS files. Parquet is streamed; the others are held in memory."""

    name: ClassVar[str] = "pandas"
    problem_codes = CODES
    suffixes: ClassVar[tuple[str, ...]] = tuple(SUFFIXES)

    kind: Kind | None = None
    """What the file is, where neither its content nor its name says so."""
    sheet: str | int | None = None
    """ODS and XLS: the sheet's name, or its number (from 1). Default: the first."""

    def read(self, source: ftprep.Input) -> Iterator[Found]:
        """The rows of one file. Raises DataError for what cannot be read, and where a package is not installed."""
        with source.local() as stream:
            kind = self.kind or kind_of(stream.read(4096), source.name)
            stream.seek(0)
            if self.sheet is not None and kind not in ("ods", "xls"):
                hint = "remove 'sheet:'"
                raise ftprep.DataError(f"is a {kind} file, which has no sheets", hint=hint, file=source.name)
            yield from self._read(stream, kind, source)

    def _read(self, stream: IO[bytes], kind: Kind, source: ftprep.Input) -> Iterator[Found]:
        module = engine(kind, source.name)
        if kind == "parquet":
            yield from _parquet(module, stream, source)
        elif kind == "feather":
            with _guarded(kind, source):
                table = module.read_table(stream)
            yield from _arrow(table.schema, iter(table.to_batches(BLOCK)), kind, source)
        elif kind == "stata":
            yield from _stata(stream, source)
        else:
            yield from self._spreadsheet(stream, kind, source)

    def _spreadsheet(self, stream: IO[bytes], kind: Kind, source: ftprep.Input) -> Iterator[Found]:
        import pandas as pd

        with _guarded(kind, source):
            if kind == "ods":
                check_ods(stream, source.name)
            book = pd.ExcelFile(stream, engine="odf" if kind == "ods" else "xlrd")
            sheet = self._sheet([str(name) for name in book.sheet_names], source.name)
            frame = book.parse(sheet, header=None, dtype=object, keep_default_na=False, na_filter=False)
        if self.sheet is None and len(book.sheet_names) > 1:
            others = ", ".join(repr(name) for name in book.sheet_names[1:])
            yield ftprep.Finding(
                "FT240",
                f"only sheet '{sheet}' is read, not {others}",
                hint="choose with sheet: a name, or a number",
                level="advice",
                source=source.place(1, sheet=sheet),
            )
        yield from rows_of_grid(frame.to_numpy(dtype=object).tolist(), sheet, source)

    def _sheet(self, names: list[str], file: str) -> str:
        if isinstance(self.sheet, str):
            if self.sheet in names:
                return self.sheet
            hint = ftprep.did_you_mean(self.sheet, names, otherwise="its sheets")
            raise ftprep.DataError(f"has no sheet '{self.sheet}'", hint=hint, file=file)
        number = 1 if self.sheet is None else self.sheet
        if 1 <= number <= len(names):
            return names[number - 1]
        hint = f"there are {len(names)}: {', '.join(map(repr, names))}"
        raise ftprep.DataError(f"has no sheet number {number}", hint=hint, file=file)

    @classmethod
    def survey(cls, source: ftprep.Input) -> ftprep.Survey:
        """Columns that look spoilt by a spreadsheet, by its first rows."""
        found = cls(path=source.path.as_posix()).read(source)
        first = next((block for block in found if isinstance(block, ftprep.Rows)), None)
        if first is None:
            return ftprep.Survey()
        return ftprep.Survey(findings=ftprep.survey_columns(first.rows, first.numbers, source, first.sheet))

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Sure of the marks that its files begin with; half sure of a name alone."""
        if kind := by_content(head):
            return 1.0 if by_name(name) == kind else 0.9
        return 0.5 if by_name(name) else 0.0

    @classmethod
    def takes(cls, data: object) -> bool:
        """Data frames of pandas."""
        return is_frame(data)

    @classmethod
    def read_data(cls, data: pd.DataFrame) -> Iterator[ftprep.Rows]:
        """The rows of a frame, numbered from 1 in its order; a named index becomes columns."""
        return rows_of_frame(data)


def _parquet(module: Any, stream: IO[bytes], source: ftprep.Input) -> Iterator[Found]:
    with _guarded("parquet", source):
        file = module.ParquetFile(stream)
    yield from _arrow(file.schema_arrow, file.iter_batches(batch_size=BLOCK), "parquet", source)


def _arrow(schema: Any, batches: Iterator[Any], kind: Kind, source: ftprep.Input) -> Iterator[Found]:
    keep = [index for index, name in enumerate(schema.names) if not _INDEX.fullmatch(name)]
    names = names_of([schema.names[index] for index in keep], source.name)
    rows = rows_of_batches(names, (batch.select(keep) for batch in batches))
    while True:
        with _guarded(kind, source):
            block = next(rows, None)
        if block is None:
            return
        yield block


def _stata(stream: IO[bytes], source: ftprep.Input) -> Iterator[Found]:
    """Value labels are read as text; where two values have one label, their numbers are."""
    import pandas as pd

    with _guarded("stata", source) as said:
        try:
            frame = pd.read_stata(stream)
        except ValueError as error:
            if "convert_categoricals" not in str(error):
                raise
            stream.seek(0)
            frame = pd.read_stata(stream, convert_categoricals=False)
            warnings.warn("two values have one label, so numbers are read instead of labels", stacklevel=1)
    for warning in said:
        message = " ".join(str(warning.message).split())
        yield ftprep.Finding("FT242", message, hint="look at the values", source=source.place(1))
    yield from rows_of_frame(frame, source.name)


@contextmanager
def _guarded(kind: Kind, source: ftprep.Input) -> Iterator[list[warnings.WarningMessage]]:
    """Collects warnings, and turns what libraries raise for a damaged file, which may be anything, into a DataError.

    The lock is for `catch_warnings`, which keeps what it restores in one place for all threads.
    """
    with _QUIET, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            yield said
        except (ftprep.FtprepError, MemoryError):
            raise
        except Exception as error:
            message = f"cannot be read as {kind}: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
            hint = "save or download it again; 'kind:' says what it is where its content does not"
            raise ftprep.DataError(message, hint=hint, file=source.name) from error
