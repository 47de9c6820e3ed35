"""A step being tried: what it made of each sample, twice, and what else it did; each is found out once, when asked."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import msgspec

from ..errors import FtprepError
from ..example import Drop, Example, Finding
from ..steps import Check, Gather, Map, Select, Step, StepRun, Writer
from ..template import MissingColumn
from .rules import short
from .watch import Seen, watching

BATCH = {Map: "apply_all", Select: "apply_all", Check: "look_all", Writer: "encode_all"}
"""Shape -> the name of its batch method."""


class Tried(msgspec.Struct, frozen=True):
    """One call: what came back, or the error; `clean` says that the error is one a step may raise."""

    value: Any = None
    error: Exception | None = None

    @property
    def clean(self) -> bool:
        """Whether nothing was raised that a step must not raise."""
        return self.error is None or isinstance(self.error, (FtprepError, MissingColumn))

    def same(self, other: Tried) -> bool:
        """Whether both gave the same, or failed in the same way."""
        if self.error is not None or other.error is not None:
            return (type(self.error), str(self.error)) == (type(other.error), str(other.error))
        return type(self.value) is type(other.value) and bool(self.value == other.value)


def attempt(call: Callable[..., Any], *arguments: Any) -> Tried:
    """Calls it."""
    try:
        return Tried(call(*arguments))
    except Exception as error:
        return Tried(error=error)


class StepCase:
    """A Map, Select, Check, Writer or Gather and the samples it is tried on (for a Gather: the rows of one root)."""

    def __init__(self, step: Step, samples: Sequence[Any], run: StepRun):
        self.step, self.samples, self.run = step, samples, run

    def call(self) -> Callable[[Any], Any]:
        """What is called per sample, freshly started."""
        if isinstance(self.step, (Map, Select, Check, Writer)):
            return self.step.start(self.run)
        assert isinstance(self.step, Gather)
        return self._make

    def _make(self, rows: Sequence[Any]) -> Any:
        assert isinstance(self.step, Gather)
        return self.step.bind(list(rows[0])).make(rows)

    @cached_property
    def _first(self) -> tuple[list[Tried], list[str], Seen]:
        """What it made of each sample, the samples it changed, and what it did beside."""
        made, changed = [], []
        with watching() as seen:
            call = self.call()
            for n, sample in enumerate(self.samples):
                given = copy.deepcopy(sample)
                made.append(attempt(call, given))
                if given != sample:
                    changed.append(f"{self.label(n)} became {short(given)}")
        return made, changed, seen

    @property
    def tried(self) -> list[Tried]:
        """What it made of each sample."""
        return self._first[0]

    @property
    def changed(self) -> list[str]:
        """A line for each sample that it changed."""
        return self._first[1]

    @property
    def seen(self) -> Seen:
        """What it did beside."""
        return self._first[2]

    @cached_property
    def again(self) -> list[Tried]:
        """The same once more, from a fresh start, the samples in the same order."""
        call = self.call()
        return [attempt(call, copy.deepcopy(sample)) for sample in self.samples]

    @cached_property
    def steady(self) -> list[int]:
        """Samples for which both gave the same and no error: the ones that say something about other rules."""
        pairs = enumerate(zip(self.tried, self.again, strict=True))
        return [n for n, (one, two) in pairs if one.error is None and one.same(two)]

    def told(self, value: Any) -> Any:
        """A result as it is compared with another."""
        return value

    def alike(self, one: Any, other: Any) -> bool:
        """Whether two results are the same."""
        one, other = self.told(one), self.told(other)
        return type(one) is type(other) and bool(one == other)

    def batch(self) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
        """Its batch method, freshly started, if it has one."""
        name = next((name for shape, name in BATCH.items() if isinstance(self.step, shape)), "")
        call = self.call()
        own = getattr(call, "__self__", None) is self.step
        found: Any = getattr(call, name, None) or (getattr(self.step, name, None) if own else None)
        return found if name else None

    def results(self) -> list[tuple[int, Any]]:
        """What came back, one by one: the items of a list, or the single result, each with its sample's number."""
        found: list[tuple[int, Any]] = []
        for n, tried in enumerate(self.tried):
            if tried.error is None:
                several = tried.value if isinstance(tried.value, (list, tuple)) else [tried.value]
                found += ((n, item) for item in several)
        return found

    def of_kind(self, kind: type[Drop] | type[Finding] | type[Example]) -> list[tuple[int, Any]]:
        """The results of one kind, each with its sample's number."""
        return [(n, item) for n, item in self.results() if isinstance(item, kind)]

    def label(self, n: int) -> str:
        """How a line names a sample."""
        return f"sample {n + 1}, {short(self.samples[n], 80)},"
