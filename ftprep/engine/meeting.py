"""Keyed checks: written examples of equal keys meet, once every split is known."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ..example import Finding
from ..planning.broken import broken, guarded, kind_of
from ..split import SPLITS
from ..steps import Met
from .keys import digest
from .outputs import CheckRunner
from .part import Unit, Work, Written


class Meeting:
    """The keys of one check in one output: about 60 bytes an example, and each distinct value once."""

    def __init__(self, check: CheckRunner):
        self.check = check
        self._keys, self._lines = bytearray(), array("Q")
        self._roots, self._units = array("Q"), array("I")
        self._first, self._last, self._values = array("Q"), array("Q"), array("Q")
        self._distinct: list[Any] = []
        self._codes: dict[Any, int] = {}

    def add(self, work: Work, written: Written, at: int, ordinals: Mapping[int, int]) -> None:
        """Takes the written examples of a part. `at` is the check's place in the output, `ordinals` numbers the used
        roots of the whole run."""
        keys, values = written.keys[at], written.met[at]
        unit = work.part.unit.index
        for root, key, value in zip(written.roots, keys, values, strict=True):
            for one in self._named(key):
                self._keys += digest(one)
                self._lines.append(len(self._roots))
            self._roots.append(ordinals[root])
            self._units.append(unit)
            self._first.append(work.first[root])
            self._last.append(work.last[root])
            self._values.append(self._code(value))

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

        if len(self._lines) < 2:
            return
        pairs = np.frombuffer(self._keys, dtype="<u8").reshape(-1, 2)
        lines = np.frombuffer(self._lines, dtype="<u8")
        order = np.lexsort((lines, pairs[:, 1], pairs[:, 0]))
        sorted_ = pairs[order]
        starts = np.flatnonzero(np.r_[True, (sorted_[1:] != sorted_[:-1]).any(axis=1)])
        ends = np.r_[starts[1:], len(order)]
        several = ends - starts > 1
        starts, ends = starts[several], ends[several]
        for at in np.argsort(lines[order[starts]], kind="stable").tolist():
            yield lines[order[starts[at] : ends[at]]].tolist()

    def _met(self, line: int, codes: Sequence[int], units: Sequence[Unit]) -> Met:
        place = units[self._units[line]].place(self._first[line], self._last[line])
        return Met(SPLITS[codes[self._roots[line]]], self._distinct[self._values[line]], place)
