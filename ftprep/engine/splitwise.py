"""Values of checks counted for each split, which of some examples is known only when all were seen."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from ..planning.broken import broken, guarded, kind_of
from ..registry import Registered
from ..split import SPLITS
from ..steps import Check, Split
from .part import SplitValues


def split_values(check: Check, origin: Registered, seen: Sequence[Sequence[Any]]) -> SplitValues:
    """What a check counts of a part by split, from the values of each line. Raises PluginError where that cannot be
    counted."""
    found = seen
    if type(check).of_split is not Check.of_split:
        with guarded(origin, "failed in of_split"):
            found = [_items(map(check.of_split, values)) for values in seen]
    flat = list(chain.from_iterable(found))
    try:
        places = {value: i for i, value in enumerate(dict.fromkeys(flat))}
    except TypeError:
        raise broken(origin, f"gave {kind_of(next(filter(_no_key, flat)))} to be counted by split") from None
    codes = array("I", map(places.__getitem__, flat))
    numbers = list(map(len, found))
    lines = None
    if numbers.count(1) < len(numbers):
        lines = array("I", chain.from_iterable([i] * n for i, n in enumerate(numbers)))
    return SplitValues(list(places), codes, lines)


class Splitwise:
    """The values of one check in one output: each different one once, and 8 bytes for each that an example has."""

    def __init__(self, most: int | None = None):
        """`most`: beyond so many different values nothing is counted."""
        self._most = most
        self._places: dict[Any, int] | None = {}
        self._codes, self._roots = array("I"), array("I")

    def add(self, values: SplitValues, roots: Sequence[int]) -> None:
        """Takes a part. `roots`: for each line, its root's number over the whole run."""
        places = self._places
        if places is None:
            return
        codes = [places.setdefault(value, len(places)) for value in values.distinct]
        self._codes.extend(map(codes.__getitem__, values.codes))
        self._roots.extend(roots if values.lines is None else map(roots.__getitem__, values.lines))
        if self._most is not None and len(places) > self._most:
            self._places, self._codes, self._roots = None, array("I"), array("I")

    def counted(self, codes: bytearray, splits: Iterable[Split]) -> Mapping[Split, Counter[Any]]:
        """How often each value occurs in each of these splits. `codes`: for each root, its place in SPLITS."""
        import numpy as np

        if self._places is None:
            return {}
        if not self._codes:
            return {split: Counter() for split in splits}
        values = np.frombuffer(self._codes, dtype=self._codes.typecode)
        of = np.frombuffer(codes, dtype=np.uint8)[np.frombuffer(self._roots, dtype=self._roots.typecode)]
        distinct = list(self._places)
        counted: dict[Split, Counter[Any]] = {}
        for split in splits:
            times = np.bincount(values[of == SPLITS.index(split)])
            occur = np.flatnonzero(times)
            counted[split] = Counter(dict(zip(map(distinct.__getitem__, occur), times[occur].tolist(), strict=True)))
        return counted


def _items(values: Iterable[Any]) -> list[Any]:
    """A list stands for its items, None for nothing."""
    found: list[Any] = []
    for value in values:
        if isinstance(value, list):
            found += value
        elif value is not None:
            found.append(value)
    return found


def _no_key(value: Any) -> bool:
    try:
        hash(value)
    except TypeError:
        return True
    return False
