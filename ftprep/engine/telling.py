"""The split of a root, as far as it can be told before all roots have been seen."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import DataError, did_you_mean
from ..split import SPLITS, SplitRule, named_split, number, stable_split
from .part import Work

UNKNOWN = 255
"""The code of a split that is drawn at the end."""


class Teller:
    """Gives codes, places in SPLITS: of a split that is given, or told from the group's name, or not known yet."""

    def __init__(self, rule: SplitRule | None, seed: int):
        self.rule, self.seed = rule, seed

    def codes(self, work: Work, roots: Sequence[int]) -> Sequence[int]:
        """The code of each of these roots. Raises DataError, with its place, for a column that names no split."""
        if work.given is not None:
            return [self._given(work, root) for root in roots]
        if self.rule is None or work.groups is None:
            return bytes(len(roots))
        if self.rule.stable:
            rule, seed, groups = self.rule, self.seed, work.groups
            return [SPLITS.index(stable_split(number(groups[root], seed), rule)) for root in roots]
        return bytes([UNKNOWN]) * len(roots)

    def _given(self, work: Work, root: int) -> int:
        assert work.given is not None
        name = str(work.given[root])
        split = named_split(name)
        if split is None:
            place = work.part.unit.place(work.first[root], work.last[root])
            column = self.rule.from_ if self.rule is not None else ""
            hint = did_you_mean(name, SPLITS, otherwise="it must be one of")
            raise DataError(f"{place}: column '{column}' names no split: '{name}'", hint=hint)
        return SPLITS.index(split)
