"""What mending changes, row by row: the lines that two runs over the same data wrote, put side by side."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..engine.spool import RECORD

_SIZE = 4 * len(RECORD)
Place = tuple[int, int, int, int]
"""Unit, first and last row, ordinal of the line of these rows."""


class Difference(msgspec.Struct, frozen=True):
    """A line that is not the same in both. `before` or `after` is None where there is none."""

    row: int
    before: str | None
    after: str | None


def differences(before: Path, after: Path) -> Iterator[Difference]:
    """The lines of two run folders that differ, in the order of the input; both are read as streams."""
    old, new = _lines(before), _lines(after)
    left, right = next(old, None), next(new, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left[0] < right[0]):
            assert left is not None
            yield Difference(left[0][1], left[1].decode(), None)
            left = next(old, None)
        elif left is None or right[0] < left[0]:
            yield Difference(right[0][1], None, right[1].decode())
            right = next(new, None)
        else:
            if left[1] != right[1]:
                yield Difference(left[0][1], left[1].decode(), right[1].decode())
            left, right = next(old, None), next(new, None)


def _lines(folder: Path) -> Iterator[tuple[Place, bytes]]:
    """The lines of all files of a run, by their place in the input."""
    return heapq.merge(*(_file(folder, path) for path in sorted((folder / "lineage").glob("*.bin"))))


def _file(folder: Path, lineage: Path) -> Iterator[tuple[Place, bytes]]:
    output, _, split = lineage.stem.rpartition(".")
    with (folder / output / f"{split}.jsonl").open("rb") as lines, lineage.open("rb") as records:
        for line in lines:
            yield _place(records), line.rstrip(b"\n")


def _place(records: BinaryIO) -> Place:
    record = records.read(_SIZE)
    unit, first, last, ordinal = (int.from_bytes(record[at : at + 4], "little") for at in range(0, _SIZE, 4))
    return unit, first, last, ordinal
