"""Lines drawn for the page of a run: which ones, and where in their file they stand."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from ..split import mix, number

_MOST_PLACES = 4096
"""Places of lines that are known in each file; between two of them lines are counted."""
_MOST_HELD_OUT = 5
_BLOCK = 1 << 16


def share_out(samples: int, splits: int) -> list[int]:
    """How many samples each of some splits gets: the first one most, the others up to 5."""
    other = min(_MOST_HELD_OUT, samples // (splits + 1))
    return [samples - other * (splits - 1), *[other] * (splits - 1)] if splits else []


def drawn(lines: int, count: int, seed: int) -> list[int]:
    """The numbers (from 1) of so many of a file's lines, in order: those of smallest seeded hash. It depends on nothing
    else, and of a file that has grown most stay."""
    import numpy as np

    best: list[tuple[int, int]] = []
    start = np.uint64(number(b"samples", seed))
    for first in range(0, lines if count else 0, _BLOCK):
        numbers = np.arange(first, min(first + _BLOCK, lines), dtype=np.uint64)
        hashes = mix(numbers * np.uint64(0x9E3779B97F4A7C15) + start)
        near = np.argsort(hashes, kind="stable")[:count]
        best = sorted([*best, *zip(hashes[near].tolist(), numbers[near].tolist(), strict=True)])[:count]
    return sorted(line + 1 for _, line in best)


class Places:
    """Where the batches of a file begin: numbers, thinned out as the file grows."""

    def __init__(self) -> None:
        self._lines, self._offsets = array("Q"), array("Q")
        self._every = self._next = 0

    def __len__(self) -> int:
        return len(self._lines)

    def note(self, line: int, offset: int) -> None:
        """A line (from 0) stands at this byte. Lines come in order."""
        if line < self._next:
            return
        self._lines.append(line)
        self._offsets.append(offset)
        if len(self._lines) == _MOST_PLACES:
            del self._lines[1::2], self._offsets[1::2]
            self._every = line // (_MOST_PLACES // 2) + 1
        self._next = line + self._every

    def find(self, path: Path, lines: Sequence[int]) -> list[list[int]]:
        """For each of some lines (from 1), in order: the line, its first byte in the file, how many bytes it has
        without its newline. Only what lies between the last known place and the line is read."""
        found, before, offset = [], 0, 0
        with path.open("rb") as file:
            for line in lines:
                known = bisect_right(self._lines, line - 1) - 1
                if self._lines[known] > before:
                    before, offset = self._lines[known], self._offsets[known]
                    file.seek(offset)
                offset += sum(map(len, islice(file, line - 1 - before)))
                text = file.readline()
                found.append([line, offset, len(text.removesuffix(b"\n"))])
                before, offset = line, offset + len(text)
        return found
