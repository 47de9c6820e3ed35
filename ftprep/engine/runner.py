"""Calling plugins: what they return is held to the contract, what they raise names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, repeat
from typing import Any

from msgspec import structs

from ..errors import FtprepError
from ..example import Drop, Example, Finding, Outcome
from ..planning.broken import FAULTS, broken, guarded, kind_of
from ..planning.items import Planned
from ..split import SPLITS
from ..steps import Map, Select, StepRun
from ..template import MissingColumn, surprises
from .part import Work, content_of
from .telling import Teller
from .unchanged import Unchanged
from .wellmade import WellMade, wrong_in

_FIRST_ROWS = 20
"""Of each file, the rows whose values are looked at before a template prints them."""


class Runner:
    """A started step. `order` numbers all steps of the run; counts and drops are sorted by it."""

    def __init__(self, planned: Planned[Any], run: StepRun, order: int, output: str | None = None):
        self.planned, self.run, self.order, self.output = planned, run, order, output
        self.label = planned.label
        self.origin = planned.origin
        self.unchanged = Unchanged(self.origin)

    def start(self) -> Any:
        """What the step's own `start` gives."""
        with guarded(self.origin, "failed to start"):
            return self.planned.step.start(self.run)

    def guard(self, call: Callable[[Example], Any], example: Example) -> Any:
        """The call's result; a missing column is a Drop, any other exception names the plugin."""
        try:
            return call(example)
        except FAULTS as error:
            return self._failed(error, example)

    def _failed(self, error: BaseException, example: Example) -> Drop:
        if isinstance(error, MissingColumn):
            return Drop(f"no column '{error.column}'")
        if isinstance(error, FtprepError):
            raise error
        place = f"{example.source}: " if example.source is not None else ""
        raise broken(self.origin, f"failed on {place or 'a row'}".rstrip(": "), error) from error

    def each(self, one: Callable[[Example], Any], examples: Sequence[Example], batch: str) -> list[Any]:
        """The results for a batch, through the step's own batch method where it has one."""
        kept = self.unchanged.watch(examples) if self.unchanged.left else ()
        results = self._results(one, examples, batch)
        if kept:
            self.unchanged.look(kept, examples, *(str(example.source or "a row") for example in examples[: len(kept)]))
        return results

    def _results(self, one: Callable[[Example], Any], examples: Sequence[Example], batch: str) -> list[Any]:
        many = getattr(one, batch, None) or _own(self.planned.step, one, batch)
        if many is not None and examples:
            try:
                results = list(many(examples))
            except FAULTS:
                results = []  # one of them fails: called singly, it is found and named
            if len(results) == len(examples):
                return results
        results = []
        left = iter(examples)
        while True:
            try:
                for example in left:
                    results.append(one(example))
                return results
            except FAULTS as error:
                results.append(self._failed(error, examples[len(results)]))


class MapRunner(Runner):
    """A Map at work."""

    def __init__(self, planned: Planned[Map], run: StepRun, order: int, output: str | None = None):
        super().__init__(planned, run, order, output)
        self.one: Callable[[Example], Outcome] = self.start()
        self.templates = planned.step.templates()
        self.well_made = WellMade(self.origin)

    def one_to_one(self, example: Example) -> Example | Drop:
        """Before the gather: one row in, one row or a Drop out."""
        kept = self.unchanged.watch([example]) if self.unchanged.left else ()
        outcome = self.guard(self.one, example)
        if kept:
            self.unchanged.look(kept, [example], str(example.source))
        if isinstance(outcome, Example):
            if self.well_made.left:
                self.well_made.look([outcome], example.source)
            return outcome
        if not isinstance(outcome, Drop):
            what = f"returned {kind_of(outcome)} for {example.source}, where only one row or a Drop can stand"
            raise broken(self.origin, what)
        if wrong := wrong_in(outcome):
            raise broken(self.origin, f"{wrong}, for {example.source}")
        return outcome

    def __call__(self, work: Work) -> None:
        """Replaces the work's examples by what the step makes of them."""
        if self.templates and work.first and work.first[0] <= _FIRST_ROWS:
            self._advise(work)
        outcomes = self.each(self.one, work.examples, "apply_all")
        delta = work.delta(self.order)
        delta.entered += len(outcomes)
        if set(map(type, outcomes)) <= {Example}:
            work.examples = outcomes
        else:
            self._several(work, outcomes)
        if self.well_made.left:
            self.well_made.look(work.examples)
        delta.left += len(work.examples)
        delta.made = delta.left + sum(delta.dropped.values()) - delta.entered

    def _advise(self, work: Work) -> None:
        """What templates print of the first rows, where people may think otherwise."""
        for root, example in zip(work.roots, work.examples, strict=True):
            first = work.first[root]
            if first > _FIRST_ROWS:
                return
            for template in self.templates:
                for text, hint in surprises(template, example.fields):
                    place = work.part.unit.place(first, work.last[root])
                    found = Finding("FT303", text, hint, "advice", None, place, self.label)
                    work.findings.append((first, self.order, found))

    def _several(self, work: Work, outcomes: Sequence[Any]) -> None:
        if set(map(type, outcomes)) == {list}:
            flat = list(chain.from_iterable(outcomes))
            if set(map(type, flat)) == {Example} and all(outcomes):
                work.roots = list(chain.from_iterable(map(repeat, work.roots, map(len, outcomes))))
                work.examples = flat
                return
        examples: list[Example] = []
        roots: list[int] = []
        for root, before, outcome in zip(work.roots, work.examples, outcomes, strict=True):
            if type(outcome) is Example:
                examples.append(outcome)
                roots.append(root)
            elif type(outcome) is list and set(map(type, outcome)) == {Example}:
                examples += outcome
                roots += [root] * len(outcome)
            else:
                self._mixed(work, root, before, outcome, examples, roots)
        work.examples, work.roots = examples, roots

    def _mixed(
        self, work: Work, root: int, before: Example, outcome: Any, examples: list[Example], roots: list[int]
    ) -> None:
        single = isinstance(outcome, (Example, Drop))
        results = [outcome] if single else outcome
        if not isinstance(results, (list, tuple)) or not any(isinstance(r, (Example, Drop)) for r in results):
            raise broken(
                self.origin, f"returned {kind_of(outcome)} for {before.source}; a Drop with a reason was expected"
            )
        for result in results:
            if isinstance(result, Example):
                examples.append(result)
                roots.append(root)
            else:
                keep(work, self, root, before, result)


class SelectRunner(Runner):
    """A Select at work: it fills the work's keys; deciding is the engine's."""

    def __init__(self, planned: Planned[Select], run: StepRun, order: int, teller: Teller):
        super().__init__(planned, run, order)
        self.one = self.start()
        self.teller = teller

    def __call__(self, work: Work) -> None:
        """Asks for the key of each example; one without the column is dropped."""
        only = self.planned.step.only
        if only is None:
            keys = self.each(self.one, work.examples, "apply_all")
        else:
            wanted = SPLITS.index(only)
            at = [i for i, code in enumerate(self.teller.codes(work, work.roots)) if code == wanted]
            keys = [None] * len(work.examples)
            for i, key in zip(at, self.each(self.one, [work.examples[i] for i in at], "apply_all"), strict=True):
                keys[i] = key
        if not set(map(type, keys)) <= {bytes, str, type(None)}:
            keys = self._sort_out(work, keys)
        work.keys = keys

    def _sort_out(self, work: Work, keys: Sequence[Any]) -> list[Any]:
        kept = []
        for i, (key, example) in enumerate(zip(keys, work.examples, strict=True)):
            if isinstance(key, Drop):
                keep(work, self, work.roots[i], example, key)
            elif key is None or isinstance(key, (bytes, str)):
                kept.append(i)
            else:
                raise broken(self.origin, f"gave {kind_of(key)} as a key for {example.source}")
        work.delta(self.order).entered += len(keys) - len(kept)
        work.examples = [work.examples[i] for i in kept]
        work.roots = [work.roots[i] for i in kept]
        return [keys[i] for i in kept]


def keep(work: Work, runner: Runner, root: int, example: Example, result: Any) -> None:
    """Notes a Drop or a Finding of one example."""
    from .part import Lost

    first, last = work.first[root], work.last[root]
    if isinstance(result, (Drop, Finding)) and (wrong := wrong_in(result)):
        raise broken(runner.origin, f"{wrong}, for {example.source}")
    if isinstance(result, Drop):
        content = content_of(example) if result.content is None else result.content
        lost = Lost(first, last, runner.order, runner.label, result.reason, result.detail, content, runner.output)
        work.lost.append(lost)
        work.delta(runner.order).dropped[result.reason] += 1
    elif isinstance(result, Finding):
        place = result.source or work.part.unit.place(first, last)
        found = structs.replace(result, row=None, source=place, step=runner.label)
        work.findings.append((first, runner.order, found))
    else:
        raise broken(runner.origin, f"returned {kind_of(result)} for {example.source}")


def _own(step: Any, one: Callable[..., Any], batch: str) -> Any:
    """The step's own batch method, if what was started is its plain method."""
    return getattr(step, batch, None) if getattr(one, "__self__", None) is step else None
