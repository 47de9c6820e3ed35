"""Figures of a distribution, exact, from how often each count occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

TOOLS = "tools "
IMAGES = "images "
"""Values of the check beside the counts: these words and a number, for examples that have some."""


def figures(seen: Mapping[int | str, int], limit: int | None) -> dict[str, Any]:
    """The check's figures; percentiles are by nearest rank. `seen`: value of the check -> examples that have it."""
    counts = {value: times for value, times in seen.items() if isinstance(value, int)}
    examples, total = sum(counts.values()), sum(value * times for value, times in counts.items())
    made: dict[str, Any] = {"examples": examples, "total": total}
    if examples:
        made |= {"min": min(counts), "p50": rank(counts, 50), "p95": rank(counts, 95), "max": max(counts)}
        made["mean"] = round(total / examples, 2)
    if limit is not None:
        made |= {"over": sum(times for value, times in counts.items() if value > limit), "limit": limit}
    sums: Counter[str] = Counter()
    for value, times in seen.items():
        if isinstance(value, str):
            word, _, number = value.rpartition(" ")
            sums[word] += int(number) * times
    names = {"approximate_tool_tokens": TOOLS, "images": IMAGES}
    return made | {name: sums[word.strip()] for name, word in names.items() if sums[word.strip()]}


def rank(counts: Mapping[int, int], percent: int) -> int:
    """The smallest value that at least so many percent of the examples do not exceed."""
    ordered = sorted(counts)
    upto = accumulate(counts[value] for value in ordered)
    needed = sum(counts.values()) * percent
    return next(value for value, below in zip(ordered, upto, strict=True) if below * 100 >= needed)
