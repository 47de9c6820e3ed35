"""Rules that all steps which are called per example keep: Map, Select, Check, Writer, and Gather per root."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator, Sequence
from typing import Any

from ..example import Drop, Example, Finding
from ..steps import Map, Select
from .options import faults_of_code
from .rules import rule, short
from .trying import StepCase, attempt

CALLED = ("gather", "map", "select", "check", "writer")


@rule(*CALLED)
def raises(case: StepCase) -> Iterator[str]:
    """A step raises MissingColumn or an FtprepError, and nothing else, whatever a row holds."""
    for n, tried in enumerate(case.tried):
        if not tried.clean:
            yield f"{case.label(n)} raised {short(tried.error)}"


@rule(*CALLED)
def gets_through(case: StepCase) -> Iterator[str]:
    """A sample gets through: pass samples that the step can work on, for the others prove little."""
    if all(tried.error is not None for tried in case.tried):
        yield f"of {len(case.tried)} samples none; the first raised {short(case.tried[0].error)}"


@rule("map", "gather")
def returns(case: StepCase) -> Iterator[str]:
    """apply and make return an Example, a Drop, or a list of those and Findings."""
    for n, tried in enumerate(case.tried):
        if tried.error is None and not _is_outcome(tried.value):
            yield f"{case.label(n)} gave {short(tried.value)}"


def _is_outcome(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(isinstance(item, (Example, Drop, Finding)) for item in value)
    return isinstance(value, (Example, Drop))


@rule("map", "gather")
def nothing_vanishes(case: StepCase) -> Iterator[str]:
    """Where no Example is left there is a Drop: return Drop("short reason")."""
    for n, tried in enumerate(case.tried):
        value = tried.value
        several = tried.error is None and isinstance(value, (list, tuple)) and _is_outcome(value)
        if several and not any(isinstance(item, (Example, Drop)) for item in value):
            yield f"{case.label(n)} gave {short(value)}"


@rule(*CALLED)
def drops_have_reasons(case: StepCase) -> Iterator[str]:
    """A Drop's reason is a short line that is counted; what differs from row to row goes into its detail."""
    for n, drop in case.of_kind(Drop):
        yield from (f"{case.label(n)} gave {why}" for why in drop_faults(drop))


def drop_faults(drop: Drop) -> Iterator[str]:
    """What is wrong with the reason of a Drop."""
    reason = drop.reason
    if not isinstance(reason, str) or not reason.strip():
        yield f"a Drop without a reason: {short(drop)}"
    elif len(reason) > 80 or "\n" in reason:
        yield f"a reason of {len(reason)} characters or several lines: {short(reason)}"


@rule(*CALLED)
def findings_have_codes(case: StepCase) -> Iterator[str]:
    """A Finding's code stands in the step's `problem_codes`, under a prefix of the plugin's own."""
    for n, finding in case.of_kind(Finding):
        yield from (f"{case.label(n)} gave {why}" for why in faults_of_code(case.step, finding))


@rule(*CALLED)
def input_unchanged(case: StepCase) -> Iterator[str]:
    """A step never changes what it is given: example.with_(…) makes a changed copy."""
    yield from case.changed


@rule(*CALLED)
def same_twice(case: StepCase) -> Iterator[str]:
    """The same input gives the same result: chance comes from run.seed alone, and no clock is read."""
    for n, (one, two) in enumerate(zip(case.tried, case.again, strict=True)):
        if one.clean and not one.same(two):
            yield f"{case.label(n)} gave {short(one.value or one.error)}, then {short(two.value or two.error)}"


@rule(*CALLED)
def one_by_one(case: StepCase) -> Iterator[str]:
    """What a step makes of an example does not depend on those before it, nor on where a batch ends."""
    call = case.call()
    for n in reversed(case.steady):
        tried = attempt(call, copy.deepcopy(case.samples[n]))
        if not tried.same(case.tried[n]):
            yield f"{case.label(n)} gave {short(case.tried[n].value)}, and in another order {short(tried.value)}"


@rule("map", "select", "check", "writer")
def batch_equals_single(case: StepCase) -> Iterator[str]:
    """apply_all, look_all and encode_all give what single calls give, in order."""
    batch = case.batch()
    if batch is None:
        return
    for numbers in (case.steady, case.steady[: len(case.steady) // 2]):
        yield from _compared(case, batch, numbers)


def _compared(case: StepCase, batch: Any, numbers: Sequence[int]) -> Iterator[str]:
    given = attempt(lambda: list(batch([copy.deepcopy(case.samples[n]) for n in numbers])))
    if given.error is not None:
        yield f"a batch of {len(numbers)} samples raised {short(given.error)}"
    elif len(given.value) != len(numbers):
        yield f"a batch of {len(numbers)} samples gave {len(given.value)} results"
    else:
        for n, value in zip(numbers, given.value, strict=True):
            if not case.alike(value, case.tried[n].value):
                yield f"{case.label(n)} gave {short(case.tried[n].value)}, and in a batch {short(value)}"


@rule("map")
def source_kept(case: StepCase) -> Iterator[str]:
    """Examples keep their source: change a copy with example.with_(…) instead of making a new one."""
    for n, example in case.of_kind(Example):
        if example.source != case.samples[n].source:
            yield f"{case.label(n)} gave an example with source {example.source}"


@rule("map")
def says_how_many(case: StepCase) -> Iterator[str]:
    """A Map that makes several examples of one says `many = True`."""
    step = case.step
    if isinstance(step, Map) and not step.many:
        for n, tried in enumerate(case.tried):
            count = sum(isinstance(item, Example) for item in tried.value) if isinstance(tried.value, list) else 0
            if count > 1:
                yield f"{case.label(n)} gave {count} examples"


@rule("map")
def says_columns(case: StepCase) -> Iterator[str]:
    """columns_after names every column that a Map adds to `fields`, or gives None."""
    step = case.step
    assert isinstance(step, Map)
    for n, example in case.of_kind(Example):
        before = list(case.samples[n].fields)
        after = step.columns_after(before)
        if after is not None and (new := [name for name in example.fields if name not in after]):
            yield f"{case.label(n)} gave the column {short(new[0])}; columns_after says {short(list(after))}"


@rule(*CALLED)
def lets_others_alone(case: StepCase) -> Iterator[str]:
    """A step prints nothing, writes no file and opens no connection; what it has to say is a Finding or a tally."""
    if case.seen.printed:
        yield f"it printed {short(case.seen.printed)}"
    yield from (f"it wrote or removed the file {path}" for path in case.seen.files)
    yield from (f"it opened a connection to {address}" for address in case.seen.connections)


@rule(*CALLED, "reader", "uploader")
def pickles(case: Any) -> Iterator[str]:
    """A step can be sent to another process: it pickles, and so does what it made."""
    back = attempt(lambda: pickle.loads(pickle.dumps(case.step)))
    if back.error is not None:
        yield f"the step: {short(back.error)}"
    elif back.value != case.step:
        yield f"the step came back as {short(back.value)}"


@rule("select")
def keys(case: StepCase) -> Iterator[str]:
    """A Select's key is bytes, text, or None for an example that is kept in any case; most() is a number from 1."""
    for n, tried in enumerate(case.tried):
        if tried.error is None and not isinstance(tried.value, (bytes, str, Drop, type(None))):
            yield f"{case.label(n)} has the key {short(tried.value)}"
    assert isinstance(case.step, Select)
    most = case.step.most()
    if not isinstance(most, int) or most < 1:
        yield f"most() gives {short(most)}"
