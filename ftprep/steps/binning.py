"""Distributions of whole numbers: percentiles, and bins with round borders."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

MOST_BINS = 60
_STEPS = (1, 2, 5)


def percentile(counts: Mapping[int, int], percent: int) -> int:
    """The smallest number that at least so many percent do not exceed (nearest rank). `counts`: number -> how often
    it occurs, once at least."""
    ordered = sorted(counts)
    needed = sum(counts.values()) * percent
    upto = accumulate(counts[value] for value in ordered)
    return next(value for value, below in zip(ordered, upto, strict=True) if below * 100 >= needed)


def binned(counts: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """At most 60 bins of equal width, in order and without gaps, from the least number to the largest: from, up to
    (not included), how many. Their width is 1, 2 or 5, or ten, a hundred… times that, and each border a multiple of
    it. `counts`: number -> how often it occurs; nothing where there is none."""
    if not counts:
        return []
    least, most = min(counts), max(counts)
    width = _width(least, most)
    start = least // width
    heights = [0] * (most // width - start + 1)
    for value, times in counts.items():
        heights[value // width - start] += times
    return [((start + i) * width, (start + i + 1) * width, times) for i, times in enumerate(heights)]


def _width(least: int, most: int) -> int:
    """The least width with which they are few enough."""
    power = 1
    while True:
        for step in _STEPS:
            if most // (step * power) - least // (step * power) < MOST_BINS:
                return step * power
        power *= 10
