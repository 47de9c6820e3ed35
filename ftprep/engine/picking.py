"""Some roots drawn from the whole input, the same ones whenever it is read."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

import xxhash

from .part import Part


def pick(parts: Iterable[Part], wanted: int, seed: int, before: Sequence[int]) -> list[Part]:
    """So many roots, each in a part of its own, in the order of the input: those whose places have the smallest seeded
    hashes. No more than these are held in memory. `before` numbers the steps before the gather."""
    kept: list[tuple[int, int, int, Part]] = []
    for part in parts:
        starts = range(len(part.rows)) if part.ends is None else [0, *part.ends][: len(part.ends)]
        for at, start in enumerate(starts):
            unit, number = part.unit.index, part.numbers[start]
            key = -xxhash.xxh3_64_intdigest(unit.to_bytes(8, "little") + number.to_bytes(8, "little"), seed)
            if len(kept) < wanted:
                heapq.heappush(kept, (key, unit, number, _alone(part, at, before)))
            elif key > kept[0][0]:
                heapq.heapreplace(kept, (key, unit, number, _alone(part, at, before)))
    return [part for _, _, _, part in sorted(kept, key=lambda one: one[1:3])]


def _alone(part: Part, at: int, before: Sequence[int]) -> Part:
    """One root of a part, with the rows that were lost between its own."""
    start, end = (at, at + 1) if part.ends is None else ([0, *part.ends][at], part.ends[at])
    numbers = part.numbers[start:end]
    lost = [] if part.ends is None else [one for one in part.lost if numbers[0] <= one.first <= numbers[-1]]
    made = Part(part.unit, part.rows[start:end], numbers, lost=lost, gather=part.gather, speakers=part.speakers)
    made.ends = None if part.ends is None else [end - start]
    made.given = part.given[start:end] if part.given is not None else None
    made.count(before)
    return made
