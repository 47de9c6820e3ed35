"""Figures of a distribution, exact, from how often each count occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ftprep import Split, binned, percentile

TOOLS = "tools "
IMAGES = "images "
"""Values of the check beside the counts: these words and a number, for examples that have some."""


def figures(seen: Mapping[int | str, int], limit: int | None) -> dict[str, Any]:
    """The check's figures; percentiles are by nearest rank. `seen`: value of the check -> examples that have it."""
    counts = {value: times for value, times in seen.items() if isinstance(value, int)}
    examples, total = sum(counts.values()), sum(value * times for value, times in counts.items())
    made: dict[str, Any] = {"examples": examples, "total": total}
    if examples:
        made |= {"min": min(counts), "p50": percentile(counts, 50), "p95": percentile(counts, 95), "max": max(counts)}
        made["mean"] = round(total / examples, 2)
        made["histogram"] = binned(counts)
    if limit is not None:
        made |= {"over": sum(times for value, times in counts.items() if value > limit), "limit": limit}
    sums: Counter[str] = Counter()
    for value, times in seen.items():
        if isinstance(value, str):
            word, _, number = value.rpartition(" ")
            sums[word] += int(number) * times
    names = {"approximate_tool_tokens": TOOLS, "images": IMAGES}
    return made | {name: sums[word.strip()] for name, word in names.items() if sums[word.strip()]}


def of_splits(splits: Mapping[Split, Mapping[Any, int]]) -> dict[str, dict[str, Any]]:
    """The same of each split, in short; other values than numbers of tokens do not count."""
    return {split: _short({value: n for value, n in seen.items() if value.__class__ is int})
            for split, seen in splits.items()}  # fmt: skip


def _short(counts: Mapping[int, int]) -> dict[str, int]:
    made = {"examples": sum(counts.values()), "tokens": sum(value * times for value, times in counts.items())}
    if not counts:
        return made
    return made | {"p50": percentile(counts, 50), "p95": percentile(counts, 95), "max": max(counts)}
