"""Where roots that are followed stand, and to which of them a lost row belongs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from .part import Lost, Unit, Work

_Key = tuple[int, int]


class Places:
    """Numbers, from 1 and in the order of the input, for roots and for rows that were lost before they came to one."""

    def __init__(self, works: Sequence[Work], *, scattered: bool):
        """Where roots are `scattered`, a lost row between the rows of one is not taken for its own."""
        self._roots: dict[_Key, tuple[Unit, int]] = {
            (work.part.unit.index, first): (work.part.unit, last)
            for work in works
            for first, last in zip(work.first, work.last, strict=True)
        }
        self._owners = {key: owner for work in works for key, owner in _owners(work)}
        self._starts = [] if scattered else sorted(self._roots)
        spots = dict(self._roots)
        for work in works:
            for lost in seen(work):
                spots.setdefault(self._key(work.part.unit, lost.first), (work.part.unit, lost.last))
        ordered = sorted(spots)
        self.names = [str(spots[key][0].place(key[1], spots[key][1])) for key in ordered]
        self._numbers = {key: number for number, key in enumerate(ordered, 1)}

    def of(self, unit: Unit, first: int) -> int:
        """The number of the root that a row begins or belongs to, or of the row itself."""
        return self._numbers[self._key(unit, first)]

    def _key(self, unit: Unit, first: int) -> _Key:
        key = (unit.index, first)
        key = self._owners.get(key, key)
        if key in self._roots or not (at := bisect_right(self._starts, key)):
            return key
        begun = self._starts[at - 1]
        return begun if begun[0] == unit.index and first <= self._roots[begun][1] else key


def _owners(work: Work) -> Iterator[tuple[_Key, _Key]]:
    """Each row that was gathered, with the first one of its root."""
    unit, numbers, start = work.part.unit.index, work.part.numbers, 0
    for end in work.part.ends or ():
        for number in numbers[start:end]:
            yield (unit, number), (unit, numbers[start])
        start = end


def seen(work: Work, losses: Sequence[Lost] | None = None) -> Iterable[Lost]:
    """What was lost of a work (default: all of it); rows that were read in the same block, but behind all that is
    followed, are not of interest."""
    last = max(work.part.numbers, default=0)
    return [lost for lost in (work.lost if losses is None else losses) if not last or lost.first <= last]
