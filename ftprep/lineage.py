"""Which rows of the input each written line comes from: what a run leaves in `lineage/`, read again.

`lineage/units.json` names the units (files, or sheets of one) in the order in which they were read. `lineage/OUTPUT.
SPLIT.bin` has a record of 16 bytes for each line of `OUTPUT/SPLIT.jsonl`, in its order: unit, first and last row there,
and the how-manieth line of its root it is (from 0), each a little-endian number of 32 bits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from .errors import DataError, refusal
from .example import Source
from .steps import Split

_RECORD = struct.Struct("<4I")
_CHUNK = 1 << 16
"""Records that are looked through at a time."""
_AGAIN = "make the run again with 'ftprep run'"


class Unit(msgspec.Struct, frozen=True):
    """A file, or a sheet of one."""

    file: str
    sheet: str | None = None


class _Units(msgspec.Struct):
    units: list[Unit]


class Record(NamedTuple):
    """Where one line comes from."""

    unit: int
    first: int
    last: int
    ordinal: int
    """The how-manieth line of its root it is, in its output, from 0."""


class Lineage:
    """The lineage of one run folder. Raises DataError where there is none that can be read."""

    def __init__(self, run_dir: Path):
        self.folder = run_dir / "lineage"
        path = self.folder / "units.json"
        try:
            self.units = msgspec.json.decode(path.read_bytes(), type=_Units).units
        except OSError as error:
            text = f"the lineage of this run cannot be read ({refusal(error)})"
            raise DataError(text, hint=_AGAIN, file=path.as_posix()) from error
        except msgspec.DecodeError as error:
            raise DataError("this is no lineage of ftprep", hint=_AGAIN, file=path.as_posix()) from error

    def path(self, output: str, split: Split) -> Path:
        """The file with the records of one output's split."""
        return self.folder / f"{output}.{split}.bin"

    def record(self, output: str, split: Split, line: int) -> Record:
        """The record of a line, from 1. Raises DataError where there is none."""
        return self.records(output, split, [line])[line]

    def records(self, output: str, split: Split, lines: Iterable[int]) -> dict[int, Record]:
        """The record of each of these lines. Raises DataError for the first that has none."""
        path, found = self.path(output, split), {}
        try:
            with path.open("rb") as stream:
                for line in lines:
                    stream.seek((line - 1) * _RECORD.size)
                    found[line] = self._checked(stream.read(_RECORD.size), path, line)
        except OSError as error:
            text = f"the lineage of this file cannot be read ({refusal(error)})"
            raise DataError(text, hint=_AGAIN, file=path.as_posix()) from error
        return found

    def source(self, record: Record) -> Source:
        """The rows of a record, for people."""
        unit = self.units[record.unit]
        return Source(unit.file, record.first, record.last, unit.sheet)

    def lines_of(self, output: str, split: Split, unit: int, row: int) -> Iterator[tuple[int, Record]]:
        """The lines (from 1) whose rows reach over a row of a unit. Where rows of several roots are mixed, some of them
        may be of another root. Raises DataError where the file cannot be read."""
        import numpy as np

        path, start = self.path(output, split), 0
        dtype = np.dtype([(name, "<u4") for name in Record._fields])
        try:
            with path.open("rb") as stream:
                while data := stream.read(_CHUNK * _RECORD.size):
                    records = np.frombuffer(data, dtype=dtype, count=len(data) // _RECORD.size)
                    reach = (records["unit"] == unit) & (records["first"] <= row) & (records["last"] >= row)
                    for at in np.flatnonzero(reach).tolist():
                        yield start + at + 1, Record(*records[at].tolist())
                    start += len(records)
        except OSError as error:
            text = f"the lineage of this file cannot be read ({refusal(error)})"
            raise DataError(text, hint=_AGAIN, file=path.as_posix()) from error

    def _checked(self, data: bytes, path: Path, line: int) -> Record:
        if len(data) < _RECORD.size:
            text = f"the lineage of this file is cut: it has nothing about line {line:,}"
            raise DataError(text, hint=_AGAIN, file=path.as_posix())
        record = Record(*_RECORD.unpack(data))
        if record.unit >= len(self.units) or not 1 <= record.first <= record.last:
            text = f"the lineage of this file is broken: what it has about line {line:,} is no place"
            raise DataError(text, hint=_AGAIN, file=path.as_posix())
        return record


def place_of(run_dir: Path | str, output: str, split: Split, line: int) -> Source | None:
    """Where a written line comes from; None where the run folder does not tell. Lines count from 1."""
    return places_of(run_dir, output, split, [line]).get(line)


def places_of(run_dir: Path | str, output: str, split: Split, lines: Iterable[int]) -> dict[int, Source]:
    """The same for several lines; those of which the run folder does not tell are left out."""
    found: dict[int, Source] = {}
    try:
        lineage = Lineage(Path(run_dir))
    except DataError:
        return found
    for line in lines:
        try:
            found[line] = lineage.source(lineage.record(output, split, line))
        except (DataError, ValueError, OverflowError):
            continue
    return found
