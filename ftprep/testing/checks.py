"""Rules of a Check: its values add up in any order, and it judges them all."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import msgspec

from ..example import Drop, Finding
from ..steps import Check, Verdict
from .options import faults_of_code, is_json
from .rules import rule, short
from .trying import StepCase, Tried, attempt


class CheckCase(StepCase):
    """A Check and the examples it looks at."""

    @property
    def check(self) -> Check:
        """The step, as what it is."""
        assert isinstance(self.step, Check)
        return self.step

    @cached_property
    def values(self) -> list[Any]:
        """What it gave for the samples, without Drops and Findings."""
        skipped = (Drop, Finding, type(None))
        return [item for _, item in self.results() if not isinstance(item, skipped)]

    def state(self, *parts: Sequence[Any]) -> Any:
        """A state of the values in these parts, each added on its own and then merged."""
        whole = self.check.state()
        for part in parts:
            state = self.check.state()
            self.check.add(state, list(part))
            self.check.merge(whole, state)
        return whole

    def judged(self, state: Any) -> Tried:
        """What it makes of a state, as plain values that can be compared."""
        verdict = attempt(self.check.judge, state, self.run)
        if verdict.error is not None or not isinstance(verdict.value, Verdict):
            return verdict
        return Tried(msgspec.to_builtins(verdict.value))


@rule("check")
def judges(case: CheckCase) -> Iterator[str]:
    """judge gives a Verdict, also where nothing was seen; its figures are plain JSON."""
    for what, values in (("nothing", []), ("the samples", case.values)):
        verdict = attempt(lambda values=values: case.check.judge(case.state(values), case.run))
        if not verdict.clean:
            yield f"of {what} judge made {short(verdict.error)}"
        elif verdict.error is None and not isinstance(verdict.value, Verdict):
            yield f"of {what} judge made {short(verdict.value)}"
        elif verdict.error is None and not is_json(verdict.value.figures):
            yield f"of {what} judge made the figures {short(verdict.value.figures)}"


@rule("check")
def judgements_have_codes(case: CheckCase) -> Iterator[str]:
    """The findings of judge have codes that stand in the step's `problem_codes`."""
    verdict = attempt(lambda: case.check.judge(case.state(case.values), case.run)).value
    if isinstance(verdict, Verdict):
        for finding in verdict.findings:
            yield from (f"judge gave {why}" for why in faults_of_code(case.step, finding))


@rule("check")
def merges(case: CheckCase) -> Iterator[str]:
    """States merge in any order: adding all values at once, or in parts, gives the same verdict."""
    values, half = case.values, len(case.values) // 2
    whole = case.judged(case.state(values))
    if not whole.clean:
        return
    ways = {"two parts": (values[:half], values[half:]), "the second part first": (values[half:], values[:half])}
    for way, parts in ways.items():
        given = case.judged(case.state(*parts))
        if not given.same(whole):
            yield f"at once: {short(whole.value)}; {way}: {short(given.value or given.error)}"


@rule("check")
def values_pickle(case: CheckCase) -> Iterator[str]:
    """The value of an example can be sent to another process: it pickles."""
    for value in case.values:
        packed = attempt(pickle.dumps, value)
        if packed.error is not None:
            yield f"{short(value)}: {short(packed.error)}"
