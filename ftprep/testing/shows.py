"""Rules of what a Check shows: data that can be drawn, of figures that come out of a manifest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, get_args

import msgspec

from ..steps import Bars, Check, Histogram, Note, Numbers, Shown, StepRun, Table, Topic, Verdict
from .checks import CheckCase
from .rules import rule, short
from .trying import Tried, attempt

_MOST_BINS = 60


def _runs(case: CheckCase) -> Iterator[StepRun]:
    """The run as it is; for a check that counts by split also one that tells all was in train, and that nothing was."""
    for values in (case.values, []) if case.check.by_split else ():
        counted = attempt(lambda values=values: Counter(_counted(case.check, values)))
        if counted.error is None:
            run, before = case.run, case.run.splits
            run.splits = {"train": counted.value, "validation": Counter()}
            yield run
            run.splits = before
    yield case.run


def _counted(check: Check, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        of = check.of_split(value)
        yield from of if isinstance(of, list) else [] if of is None else [of]


def _figures(case: CheckCase) -> Iterator[tuple[str, Any]]:
    """Its figures, with what they are of, as they come out of a manifest; what `judges` tells of is left out."""
    for values in ([], case.values):
        for run in _runs(case):
            verdict = attempt(lambda values=values, run=run: case.check.judge(case.state(values), run)).value
            if isinstance(verdict, Verdict):
                packed = attempt(lambda found=verdict.figures: msgspec.json.decode(msgspec.json.encode(dict(found))))
                if packed.error is None:
                    yield "the samples" if values else "nothing", packed.value


def _shown(case: CheckCase) -> Iterator[tuple[str, Tried]]:
    for what, figures in _figures(case):
        yield what, attempt(lambda figures=figures: list(case.check.show(figures)))


@rule("check")
def counts_by_split(case: CheckCase) -> Iterator[str]:
    """What a `by_split` check counts for a value can be a key of a dict: of_split gives that, a list of such, or
    None."""
    for value in case.values if case.check.by_split else ():
        counted = attempt(lambda value=value: Counter(_counted(case.check, [value])))
        if counted.error is not None:
            yield f"{short(value)}: {short(counted.error)}"


@rule("check")
def judges_splits(case: CheckCase) -> Iterator[str]:
    """judge of a `by_split` check gives a Verdict whatever `run.splits` holds; there may be no split in it."""
    for run in _runs(case) if case.check.by_split else ():
        verdict = attempt(lambda run=run: case.check.judge(case.state(case.values), run))
        if not isinstance(verdict.value, Verdict):
            yield f"with the splits {short(dict(run.splits))} judge made {short(verdict.error or verdict.value)}"


@rule("check")
def shows(case: CheckCase) -> Iterator[str]:
    """show gives a list of Histogram, Bars, Table, Numbers and Note of its own figures, as JSON has them, and the
    topic is one of those there are."""
    if case.check.topic not in get_args(Topic):
        yield f"its topic is {short(case.check.topic)}"
    for what, shown in _shown(case):
        if shown.error is not None:
            yield f"of {what} show made {short(shown.error)}"
        else:
            yield from (f"of {what} it shows {short(one)}" for one in shown.value if not isinstance(one, Shown))


@rule("check")
def can_be_drawn(case: CheckCase) -> Iterator[str]:
    """What it shows can be drawn: bins are in order, without gaps, 60 at most; numbers are finite; rows are as long as
    their head; no text is empty."""
    for what, shown in _shown(case):
        for one in shown.value or ():
            yield from (f"of {what}: {why}" for why in _faults(one))


def _faults(shown: Any) -> Iterator[str]:
    if isinstance(shown, Histogram):
        yield from _faults_of_bins(shown.bins)
    if isinstance(shown, Table):
        for row in shown.rows:
            if len(row) != len(shown.head):
                yield f"a row of {len(row)} below a head of {len(shown.head)}: {short(list(row))}"
    if isinstance(shown, Note) and not shown.text.strip():
        yield "a Note says nothing"
    if isinstance(shown, (Histogram, Bars)) and not (shown.title.strip() and shown.x.strip()):
        yield f"a {type(shown).__name__} has no title, or does not say what is measured"
    for number in _numbers(shown):
        if not math.isfinite(number):
            yield f"a {type(shown).__name__} has the number {number}"


def _faults_of_bins(bins: Sequence[tuple[float, float, int]]) -> Iterator[str]:
    if len(bins) > _MOST_BINS:
        yield f"{len(bins)} bins"
    for start, end, examples in bins:
        if not start < end or examples < 0:
            yield f"the bin {(start, end, examples)}"
    for before, after in pairwise(bins):
        if before[1] != after[0]:
            yield f"a bin ends at {before[1]}, and the next one begins at {after[0]}"


def _numbers(value: Any) -> Iterator[float]:
    """All numbers in it, however deep."""
    if isinstance(value, (Histogram, Bars, Table, Numbers)):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _numbers(item)
    elif isinstance(value, (int, float)):
        yield float(value)
