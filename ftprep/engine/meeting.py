"""Keyed checks: written examples of equal keys meet, once every split is known."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from ..example import Finding
from ..planning.broken import broken, guarded, kind_of
from ..split import SPLITS
from ..steps import Met
from .keys import digest
from .outputs import CheckRunner
from .part import Unit, Work, Written

_KEY = 16
_START = itemgetter(0)


class Meeting:
    """The keys of one check in one output: about 32 bytes an example, and each distinct value once."""

    def __init__(self, check: CheckRunner):
        self.check = check
        self._keys = bytearray()
        self._lines: array[int] | None = None
        """For each key its line; None as long as every line has one."""
        self._roots, self._first, self._last = array("I"), array("I"), array("I")
        self._values = array("I")
        self._units: list[tuple[int, int]] = []
        """The line from which on each unit holds."""
        self._distinct: list[Any] = []
        self._codes: dict[Any, int] = {}

    def add(self, work: Work, written: Written, at: int, ordinals: Mapping[int, int]) -> None:
        """Takes the written examples of a part. `at` is the check's place in the output, `ordinals` numbers the used
        roots of the whole run."""
        keys, values = written.keys[at], written.met[at]
        if keys.count(None) == len(keys):
            return
        start, unit = len(self._roots), work.part.unit.index
        if not self._units or self._units[-1][1] != unit:
            self._units.append((start, unit))
        self._add_keys(keys, start)
        roots = written.roots
        self._roots.extend(map(ordinals.__getitem__, roots))
        self._first.extend(map(work.first.__getitem__, roots))
        self._last.extend(map(work.last.__getitem__, roots))
        self._values.extend(map(self._code, values))

    def _add_keys(self, keys: Sequence[Any], start: int) -> None:
        if set(map(type, keys)) == {bytes} and set(map(len, keys)) == {16}:
            self._keys += b"".join(keys)
            if self._lines is not None:
                self._lines.extend(range(start, start + len(keys)))
            return
        if self._lines is None:
            self._lines = array("I", range(start))
        for line, key in enumerate(keys, start):
            for one in self._named(key):
                self._keys += digest(one)
                self._lines.append(line)

    def meet(self, codes: Sequence[int], units: Sequence[Unit]) -> Iterator[Finding]:
        """The check's findings about each key that several examples have; what else it gives goes into its state."""
        check, run = self.check.check, self.check.run
        for lines in self._shared():
            met = [self._met(line, codes, units) for line in lines]
            with guarded(self.check.origin, "failed in meet"):
                said = list(check.meet(met, run))
            values = [item for item in said if not isinstance(item, Finding)]
            if values:
                self.check.add(values)
            for finding in said:
                if isinstance(finding, Finding):
                    yield msgspec.structs.replace(
                        finding, source=finding.source or met[0].source, step=self.check.label
                    )

    def _named(self, key: Any) -> Sequence[bytes | str]:
        if key is None:
            return ()
        if isinstance(key, (bytes, str)):
            return (key,)
        if isinstance(key, (list, tuple)) and all(isinstance(one, (bytes, str)) for one in key):
            return key
        raise broken(self.check.origin, f"gave {kind_of(key)} as a key")

    def _code(self, value: Any) -> int:
        """Values are kept once: labels are few."""
        try:
            code = self._codes.setdefault(value, len(self._distinct))
        except TypeError:  # a value that cannot be a key of a dict
            code = len(self._distinct)
        if code == len(self._distinct):
            self._distinct.append(value)
        return code

    def _shared(self) -> Iterator[list[int]]:
        """The lines of each key that more than one has, in the order in which the first of them came."""
        import numpy as np

        if len(self._keys) < 2 * _KEY:
            return
        pairs = np.frombuffer(self._keys, dtype="<u8").reshape(-1, 2)
        order = np.argsort(pairs[:, 0])
        halves = pairs[order, 0]
        same = halves[1:] == halves[:-1]
        order = np.sort(order[np.r_[same, False] | np.r_[False, same]])  # the few whose first halves are not alone
        if not len(order):
            return
        lines = order if self._lines is None else np.frombuffer(self._lines, dtype=self._lines.typecode)[order]
        pairs = pairs[order]
        order = np.lexsort((lines, pairs[:, 1], pairs[:, 0]))
        sorted_ = pairs[order]
        starts = np.flatnonzero(np.r_[True, (sorted_[1:] != sorted_[:-1]).any(axis=1)])
        ends = np.r_[starts[1:], len(order)]
        several = ends - starts > 1
        starts, ends = starts[several], ends[several]
        for at in np.argsort(lines[order[starts]], kind="stable").tolist():
            yield lines[order[starts[at] : ends[at]]].tolist()

    def _met(self, line: int, codes: Sequence[int], units: Sequence[Unit]) -> Met:
        unit = self._units[bisect_right(self._units, line, key=_START) - 1][1]
        place = units[unit].place(self._first[line], self._last[line])
        return Met(SPLITS[codes[self._roots[line]]], self._distinct[self._values[line]], place)
