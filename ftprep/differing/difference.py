"""What differs between two runs, as data: the terminal, the JSON document and notebooks show the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from ..errors import Level, Problem
from .values import Change

Kind = Literal["added", "removed", "changed", "moved"]
KINDS: tuple[Kind, ...] = ("added", "removed", "changed", "moved")
Rule = Literal["source", "prompt", "turn", "place"]


class Place(msgspec.Struct, frozen=True):
    """A line of a run, and the rows of the input that it was made of."""

    file: str
    """With the run folder, as it was named."""
    line: int
    """From 1."""
    source: str | None = None
    """`data/tweets.csv:12`; None where the run does not tell."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Wording(msgspec.Struct, frozen=True):
    """One value of a row that differs, in words."""

    path: str
    words: str
    """`the [-mood-]{+tone+} of the text`."""


class RowDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One row that is not the same in both runs. An added one has no `a`, a removed one no `b`."""

    a: Place | None = None
    b: Place | None = None
    rule: Rule | None = None
    """What makes two lines one changed row: they come from the same rows of an input that is the same, the model reads
    the same prompt, the last message and the answer are the same, or they come from the same rows of an input that was
    changed, and are alike."""
    wordings: tuple[Wording, ...] = ()
    """Of a changed row, the first values that differ."""


class OutputDifference(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one output. Of the lines of A each is the same, moved, changed or removed; of those of B, each is the
    same, moved, changed or added."""

    name: str
    lines: tuple[int, int]
    splits: Mapping[str, tuple[int, int]]
    """Split -> lines in A, in B."""
    only_in: Literal["a", "b"] | None = None
    """The other run has no such output; then its rows are not compared."""
    same: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    moved: int = 0
    """The same bytes in another split."""
    moves: Mapping[str, int] = {}
    """Of moved rows: `train → validation` -> how many."""
    strayed: int = 0
    """Changed rows that stand in another split, too."""
    rules: Mapping[Rule, int] = {}
    """What made lines changed rows -> how many."""
    reordered: bool = False
    """The rows are the same, in another order."""
    rows: Mapping[Kind, tuple[RowDifference, ...]] = {}
    """The first of each kind."""
    contract: tuple[Change, ...] = ()
    """What inference must send otherwise: facts (stop, separator, …), names of speakers, the model."""

    @property
    def equal(self) -> bool:
        """Nothing in it differs."""
        differs = self.only_in or self.added or self.removed or self.changed or self.moved
        return not (differs or self.reordered or self.contract)


class InputChange(msgspec.Struct, frozen=True):
    """An input, or a side table, that is not the same."""

    file: str
    what: Literal["changed", "added", "removed", "renamed"]
    was: str | None = None
    """Of a renamed one, its name in A."""


class FigureChange(msgspec.Struct, frozen=True):
    """A number, or a short text, that a check gave, or that the run counted of an output."""

    output: str
    check: str
    """`makeup`: what every run counts."""
    name: str
    """`p50`, or of a table the row and the column: `positive: examples`."""
    before: Any = msgspec.UNSET
    after: Any = msgspec.UNSET


class StepChange(msgspec.Struct, frozen=True):
    """The counts of a step that differ: `in`, `out`, `made`, `dropped: REASON`, and its notes."""

    step: str
    output: str | None
    counts: tuple[Change, ...]


class FindingChange(msgspec.Struct, frozen=True):
    """Something that was found in one run, or not as often in one as in the other."""

    code: str
    level: Level
    message: str
    before: int
    """How often in A."""
    after: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between run A and run B."""

    a: str
    b: str
    files: int
    """Data files, and files that writers add, of the same bytes in both."""
    differing: tuple[str, ...]
    """Those that differ, or that one run has not."""
    ok: tuple[bool, bool]
    outputs: tuple[OutputDifference, ...]
    recipe: tuple[Change, ...]
    about: tuple[Change, ...]
    """Seed and limit."""
    versions: tuple[Change, ...]
    inputs: tuple[InputChange, ...]
    figures: tuple[FigureChange, ...]
    steps: tuple[StepChange, ...]
    findings: tuple[FindingChange, ...]
    problems: tuple[Problem, ...] = ()
    """What is to be said of the comparison itself."""

    @property
    def equal(self) -> bool:
        """Nothing differs but the time, and the pages made from the rest."""
        told = (self.differing, self.recipe, self.about, self.versions, self.inputs, self.figures, self.steps)
        same = not any(told) and not self.findings and self.ok[0] == self.ok[1]
        return same and all(output.equal for output in self.outputs)

    def as_json(self) -> dict[str, Any]:
        """All of it but the problems, as JSON values."""
        found: dict[str, Any] = msgspec.to_builtins(self, enc_hook=str)
        del found["problems"]
        return {"equal": self.equal, **found}

    def __repr__(self) -> str:
        told = ", ".join(
            f"{o.name}: {o.added} added, {o.removed} removed, {o.changed} changed, {o.moved} moved"
            for o in self.outputs
        )
        return f"Difference({self.a}, {self.b}; {'equal' if self.equal else told})"

    def _repr_html_(self) -> str:
        from .notebook import difference_html

        return difference_html(self)
