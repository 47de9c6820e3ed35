"""The four shapes of step: many rows to one, one to any, some per key, all to a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import msgspec

from ..errors import RecipeError
from ..example import Drop, Example, Finding, Outcome, Row, Source
from .base import Split, Step, StepRun
from .showing import Shown, Topic, plainly


class Gather(Step):
    """Many rows become one root. Rows of a root are neighbours (`same`), or found by `key` where `scattered()`."""

    makes_messages: ClassVar[bool] = True

    def bind(self, columns: Sequence[str]) -> Gather:
        """The step with the options that depend on the header filled in (columns in the file's order); called once
        for each source, before its first row. Raises RecipeError where the columns do not do."""
        return self

    def same(self, previous: Row, row: Row) -> bool:
        """Whether `row` belongs to the root of the row before it. Default: they have the same key."""
        return self.key(previous) == self.key(row)

    def ends(self, rows: Sequence[Row]) -> list[int]:
        """Where each root but the last ends; by `same`, unless a step knows how to say it faster."""
        return [i for i, same in enumerate(map(self.same, rows, rows[1:]), 1) if not same]

    def key(self, row: Row) -> Hashable | None:
        """What all rows of one root share; None: roots have no keys. A key that comes back later is an error,
        unless `scattered()`."""
        return None

    def scattered(self) -> bool:
        """Rows of one root may stand anywhere: the engine groups them by `key` through the disk."""
        return False

    def most_rows(self) -> int:
        """Rows a root may have; more is an error that names the place, before memory is full."""
        return 100_000

    def make(self, rows: Sequence[Row]) -> Outcome:
        """One Example, or a Drop; with it Findings and Drops for single rows (`row=` says which)."""
        raise NotImplementedError

    def make_all(self, rows: list[Row], ends: Sequence[int]) -> list[Outcome]:
        """`make` for many roots at once, root i ending at `ends[i]`; a step may do it faster, with the same results."""
        return [self.make(rows[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


class Map(Step):
    """One example becomes one, none (a Drop says why), or several.

    A step may also have `apply_all(examples) -> list of outcomes`, for speed: the same results, in order.
    """

    makes_messages: ClassVar[bool] = False
    """It makes messages out of fields."""
    needs_messages: ClassVar[bool] = False
    """It works on messages, so a step that makes them must stand before it."""
    many: ClassVar[bool] = False
    """It may make several examples of one."""
    unpacks: ClassVar[bool] = False
    """It makes several examples of one row's fields (a list in a cell, pieces of a text), or says which messages are
    answers. Inference is about one of them, so the contract begins after it; it cannot stand in a writer's steps."""
    shapes: ClassVar[Literal["completion"] | None] = None
    """`completion`: it shapes text for prompt/completion data, and cannot stand before a chat writer."""

    rules_of: ClassVar[str | None] = None
    """It only looks at rows as they were read, and gives each back with Findings of what a service would refuse:
    `ftprep check` puts it first, for `--format` of this name, or where its `propose` is the surest of such steps."""

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """Called once in each process; returns what is called per example (which may have an `apply_all` too)."""
        return self.apply

    def apply(self, example: Example) -> Outcome:
        """What becomes of one example."""
        raise NotImplementedError

    def request(self, example: Example, run: StepRun) -> Example:
        """The same at inference, for an example whose answer is empty. Steps that select or only touch the answer
        return the example as it is."""
        outcome = self.start(run)(example)
        results = [outcome] if isinstance(outcome, (Example, Drop)) else outcome
        made = [result for result in results if isinstance(result, Example)]
        if len(made) != 1:
            why = next((str(drop.reason) for drop in results if isinstance(drop, Drop)), f"it makes {len(made)} of it")
            raise RecipeError(f"step '{self.name}' makes no request of this input: {why}")
        return made[0]


class Select(Step):
    """At most so many examples per key: the first ones, or those of smallest seeded hash."""

    needs_messages: ClassVar[bool] = False

    only: Split | None = None
    """Select among the examples of this split only, and leave the others alone. It needs a split that can be told at
    once: `stable`, `from`, or one given by the sources."""

    def start(self, run: StepRun) -> Callable[[Example], bytes | str | None]:
        """Called once in each process; returns what is called per example (which may have an `apply_all` too)."""
        return self.key

    def key(self, example: Example) -> bytes | str | None:
        """Examples of one key compete; None: this one is kept in any case."""
        raise NotImplementedError

    def most(self) -> int:
        """How many of each key are kept."""
        return 1

    def by_hash(self) -> bool:
        """Keep those of smallest seeded hash of their content, instead of the first in the input."""
        return False

    def reason(self) -> str:
        """What the Drop of the others says."""
        return self.name


class Verdict(msgspec.Struct, frozen=True):
    """What a check makes of all it saw: findings, and figures for the manifest and the report."""

    findings: Sequence[Finding] = ()
    figures: Mapping[str, Any] = {}
    contract: Mapping[str, Any] = {}
    """Facts that inference needs and only the whole data tells (`max_tokens`, `logprobs`, `labels`)."""


class Met(msgspec.Struct, frozen=True):
    """One of several written examples that a keyed check gave the same key."""

    split: Split
    value: Any
    """What `look` gave for it (None: nothing)."""
    source: Source


class Check(Step):
    """Looks at every example of each output, as the writer is about to write it, and judges them all."""

    asks_model: ClassVar[bool] = False
    """It counts tokens, so the recipe needs a model."""
    for_any_data: ClassVar[bool] = True
    """It says something of any data, so `ftprep check FILE` runs it unasked."""
    by_split: ClassVar[bool] = False
    """Its values are counted for each split, too: `judge` finds the counts in `run.splits`."""
    topic: ClassVar[Topic] = "other"
    """The section of the report in which its figures stand."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """Called once in each process and output; returns what is called per example (which may have a `look_all`)."""
        return self.look

    def look(self, example: Example) -> Any:
        """A small value (None: nothing to add), a Drop, a Finding, or a list of values and Findings."""
        raise NotImplementedError

    def state(self) -> Any:
        """An empty state. Default: a Counter of the values."""
        return Counter()

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Adds the values of examples that are kept."""
        state.update(values)

    def merge(self, state: Any, other: Any) -> None:
        """Adds another state; order must not matter."""
        state.update(other)

    def key(self, example: Example) -> bytes | str | Sequence[bytes] | None:
        """For a keyed check: written examples of equal keys meet, once all splits are known. A list of keys lets an
        example meet others in several ways. None: it meets nobody."""
        return None

    def meet(self, met: Sequence[Met], run: StepRun) -> Iterable[Finding | Any]:
        """Findings about examples of one key (two or more, in the order of the input), and values for the state. It is
        called for every such key before `judge`."""
        return ()

    def of_split(self, value: Any) -> Hashable | None:
        """For a check that is `by_split`: what is counted for a value of `look`; of a list, each of its items. None:
        nothing. Each different one is kept, so they should be few."""
        found: Hashable | None = value
        return found

    def most_values(self) -> int | None:
        """With more different values than this, nothing is counted by split, and `run.splits` is empty; None: however
        many there are."""
        return None

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """Findings and figures; it only reports, it drops nothing."""
        return Verdict()

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """What a person sees of its figures, as `judge` gave them, on the page and in the terminal; never empty text.
        Default: numbers as a list, lists of mappings as tables."""
        return plainly(figures)
