"""Rules of a Reader: rows with their numbers, lazily, and one clear line for a file that it cannot read."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import DataError, FtprepError
from ..example import Drop, Example, Finding
from ..files import Input
from ..steps import Reader, Rows
from .options import faults_of_code, is_json
from .rules import rule, short
from .samples import HEADS
from .steps import drop_faults
from .trying import Tried, attempt
from .watch import watching

ENOUGH = 1 << 25
"""Bytes of an endless file after which a reader must have given something."""


class TooLate(Exception):
    """So much of an endless file was read, and nothing was given."""


class Endless(Input):
    """A file without an end: a beginning, and a piece that comes again and again."""

    def __init__(self, path: Path, begin: bytes, piece: bytes):
        super().__init__(path)
        self._begin, self._piece = begin, piece

    def _open(self) -> io.BufferedReader:
        return io.BufferedReader(_Stream(self._begin, self._piece), 1 << 16)

    _raw = _open


class _Stream(io.RawIOBase):
    def __init__(self, begin: bytes, piece: bytes):
        self._ready, self._piece, self._given = begin, piece, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._given > ENOUGH:
            raise TooLate
        size = len(buffer)
        if len(self._ready) < size:
            self._ready += self._piece * (size // len(self._piece) + 1)
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        self._given += size
        return size


class ReaderCase:
    """A Reader, the bytes of a file that it reads, and the file's name."""

    def __init__(self, step: Reader, sample: bytes, name: str, endless: tuple[bytes, bytes] | None):
        self.step, self.sample, self.name, self.endless = step, sample, name, endless

    def read(self, content: bytes) -> Tried:
        """All it gives for a file of this content."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sample" / self.name
            path.parent.mkdir()
            path.write_bytes(content)
            return attempt(lambda: list(self.step.read(Input(path, self.name))))

    @cached_property
    def tried(self) -> Tried:
        """All it gives for the sample."""
        return self.read(self.sample)

    @property
    def items(self) -> list[Any]:
        """The same as a list."""
        return self.tried.value or []

    @cached_property
    def refused(self) -> dict[str, Tried]:
        """What it made of files that no reader is glad of, and of a part of its own sample."""
        files = HEADS | {
            "half of the sample": self.sample[: len(self.sample) // 2],
            "the sample twice": self.sample * 2,
        }
        return {what: self.read(content) for what, content in files.items()}


@rule("reader")
def reads(case: ReaderCase) -> Iterator[str]:
    """A Reader yields Rows, Examples, Drops and Findings, and finds something in the sample."""
    if case.tried.error is not None:
        yield f"the sample raised {short(case.tried.error)}"
    elif not any(isinstance(item, Example) or (isinstance(item, Rows) and item.rows) for item in case.items):
        yield f"the sample gave {short(case.items)}"
    for item in case.items:
        if not isinstance(item, (Rows, Example, Drop, Finding)):
            yield f"it gave {short(item)}"


def _blocks(case: ReaderCase) -> list[Rows]:
    return [item for item in case.items if isinstance(item, Rows)]


@rule("reader")
def rows_are_json(case: ReaderCase) -> Iterator[str]:
    """A row is a mapping of text to JSON values."""
    for block in _blocks(case):
        yield from (
            f"it gave the row {short(row)}" for row in block.rows if not isinstance(row, dict) or not is_json(row)
        )


@rule("reader")
def same_columns(case: ReaderCase) -> Iterator[str]:
    """Where fixed_columns is True, every row has the same columns."""
    rows = [row for block in _blocks(case) for row in block.rows]
    if case.step.fixed_columns and rows:
        for row in rows:
            if list(row) != list(rows[0]):
                yield f"the first row has {short(list(rows[0]))}, another has {short(list(row))}"


@rule("reader")
def rows_are_numbered(case: ReaderCase) -> Iterator[str]:
    """Each row has a number from 1 that grows: the line in an editor, or the row in a table."""
    last: dict[str | None, int] = {}
    for block in _blocks(case):
        numbers = list(block.numbers)
        if len(numbers) != len(block.rows):
            yield f"{len(block.rows)} rows have {len(numbers)} numbers"
        for number in numbers:
            if number <= last.get(block.sheet, 0):
                yield f"number {number} comes after {last.get(block.sheet, 0)}"
            last[block.sheet] = number


@rule("reader")
def bad_rows_have_places(case: ReaderCase) -> Iterator[str]:
    """A bad row is a Drop with a reason, its source and its content."""
    for what, tried in {"the sample": case.tried, **case.refused}.items():
        for item in tried.value or []:
            if isinstance(item, Drop):
                yield from (f"{what} gave {why}" for why in drop_faults(item))
                if item.source is None or item.content is None:
                    yield f"{what} gave {short(item)}, without source or content"
            elif isinstance(item, Finding):
                yield from (f"{what} gave {why}" for why in faults_of_code(case.step, item))


@rule("reader")
def reads_the_same_twice(case: ReaderCase) -> Iterator[str]:
    """The same file gives the same rows."""
    again = case.read(case.sample)
    if case.tried.clean and not again.same(case.tried):
        yield f"it gave {short(case.tried.value)}, then {short(again.value or again.error)}"


@rule("reader")
def refuses_with_a_place(case: ReaderCase) -> Iterator[str]:
    """A file that cannot be read raises DataError; its text begins with the file's name."""
    for what, tried in case.refused.items():
        if not tried.clean or (tried.error is not None and not isinstance(tried.error, FtprepError)):
            yield f"{what} raised {short(tried.error)}"
        elif isinstance(tried.error, DataError) and not str(tried.error).startswith(case.name):
            yield f"{what} raised {short(str(tried.error))}, which does not begin with {case.name}"


@rule("reader")
def lazy(case: ReaderCase) -> Iterator[str]:
    """A Reader gives rows as they come: of an endless file the first block is there before 32 MiB are read."""
    if case.endless is None:
        return
    source = Endless(Path(case.name), *case.endless)
    given = attempt(lambda: list(islice(case.step.read(source), 2)))
    if isinstance(given.error, TooLate) or (given.error is not None and isinstance(given.error.__cause__, TooLate)):
        yield f"{ENOUGH >> 20} MiB were read and nothing came"
    elif given.error is not None:
        yield f"it raised {short(given.error)}"


@rule("reader")
def recognises(case: ReaderCase) -> Iterator[str]:
    """recognise gives a number from 0 to 1 for any bytes."""
    for what, head in {**HEADS, "the sample": case.sample[:65536]}.items():
        given = attempt(type(case.step).recognise, head, case.name)
        if given.error is not None or not isinstance(given.value, (int, float)) or not 0 <= given.value <= 1:
            yield f"{what} gave {short(given.error or given.value)}"


@rule("reader")
def reads_quietly(case: ReaderCase) -> Iterator[str]:
    """A Reader prints nothing and opens no connection."""
    with watching() as seen:
        case.read(case.sample)
    if seen.printed:
        yield f"it printed {short(seen.printed)}"
    yield from (f"it opened a connection to {address}" for address in seen.connections)
