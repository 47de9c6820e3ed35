"""Rules of a Gather: how rows become roots, and what it says about single rows."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from ..example import Drop, Finding, Row
from ..steps import Gather, StepRun
from .rules import rule, short
from .trying import StepCase, attempt

_ODD: tuple[Any, ...] = (None, "", " \n", 7, 1.5, True, ["a", None], {"a": {"b": 1}}, "\U0001f469\u200d\x00")
"""Values that cells may have: a root of one row is made of each."""


class GatherCase(StepCase):
    """A Gather and a table; its samples are the roots it cuts the table into."""

    def __init__(self, step: Gather, rows: Sequence[Row], run: StepRun):
        super().__init__(step, (), run)
        self.rows = list(rows)
        self.bound: Gather = step.bind(list(self.rows[0]))
        self.samples = [*self._cut(), *([dict.fromkeys(self.rows[0], value)] for value in _ODD)]

    def _cut(self) -> list[list[Row]]:
        """The roots: rows of one key where they may stand anywhere, else neighbours."""
        if not self.bound.scattered():
            ends = [0, *self.cuts, len(self.rows)]
            return [self.rows[start:end] for start, end in pairwise(ends)]
        roots: dict[Any, list[Row]] = {}
        for n, row in enumerate(self.rows):
            key = self.bound.key(row)
            roots.setdefault((n,) if key is None else key, []).append(row)
        return list(roots.values())

    @cached_property
    def cuts(self) -> list[int]:
        """Where `same` says that a root ends."""
        return [i for i, (before, row) in enumerate(pairwise(self.rows), 1) if not self.bound.same(before, row)]


@rule("gather")
def cuts(case: GatherCase) -> Iterator[str]:
    """ends gives what same says of each pair of neighbours."""
    given = attempt(lambda: list(case.bound.ends(copy.deepcopy(case.rows))))
    if given.error is not None or given.value != case.cuts:
        yield f"same ends roots before the rows {short(case.cuts)}, and ends {short(given.error or given.value)}"


@rule("gather")
def make_all_equals_make(case: GatherCase) -> Iterator[str]:
    """make_all gives what make gives for each root, in order."""
    roots = [case.samples[n] for n in case.steady]
    rows = [copy.deepcopy(row) for root in roots for row in root]
    ends = [sum(map(len, roots[:n])) for n in range(1, len(roots) + 1)]
    given = attempt(lambda: list(case.bound.make_all(rows, ends)))
    if given.error is not None or len(given.value) != len(roots):
        yield f"{len(roots)} roots gave {short(given.error or given.value)}"
        return
    for n, value in zip(case.steady, given.value, strict=True):
        if value != case.tried[n].value:
            yield f"{case.label(n)} gave {short(case.tried[n].value)}, and with others {short(value)}"


@rule("gather")
def rows_are_there(case: GatherCase) -> Iterator[str]:
    """The `row` of a Drop or a Finding is the position, from 0, of a row of that root."""
    for n, item in (*case.of_kind(Drop), *case.of_kind(Finding)):
        if item.row is not None and not 0 <= item.row < len(case.samples[n]):
            yield f"{case.label(n)} gave row {item.row}, and the root has {len(case.samples[n])}"


@rule("gather")
def most_rows(case: GatherCase) -> Iterator[str]:
    """most_rows is a number from 1: a root is in memory at once."""
    most = case.step.most_rows() if isinstance(case.step, Gather) else 0
    if not isinstance(most, int) or most < 1:
        yield f"most_rows() gives {short(most)}"


@rule("gather")
def keys_hash(case: GatherCase) -> Iterator[str]:
    """key gives a value that can be hashed, or None."""
    for row in case.rows:
        key = attempt(lambda row=row: hash(case.bound.key(row)))
        if not key.clean:
            yield f"row {short(row, 80)} has the key {short(attempt(case.bound.key, row).value)}"
