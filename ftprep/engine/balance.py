"""The counts of a run, and the law they keep: nothing disappears."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from ..errors import PluginError


class StepCount(msgspec.Struct, kw_only=True):
    """What went through one step. `made` is what it added (or, where many rows become one root, took away):
    in + made = out + dropped."""

    step: str
    output: str | None = None
    entered: int = 0
    made: int = 0
    left: int = 0
    dropped: Counter[str] = msgspec.field(default_factory=Counter)
    notes: dict[str, Any] = {}

    @property
    def lost(self) -> int:
        """All its drops."""
        return sum(self.dropped.values())

    def balanced(self) -> bool:
        """Whether the step's own law holds."""
        return self.entered + self.made == self.left + self.lost

    def as_json(self) -> dict[str, Any]:
        """The step in the manifest's words."""
        of = {"output": self.output} if self.output is not None else {}
        counts = {
            "in": self.entered,
            "out": self.left,
            "made": self.made,
            "dropped": dict(sorted(self.dropped.items())),
        }
        return {"step": self.step, **of, **counts, "notes": self.notes}


class Counts(msgspec.Struct):
    """The counts of a whole run. Rows are source rows; header and blank lines are none."""

    read: int = 0
    used: int = 0
    dropped: int = 0
    examples: dict[str, dict[str, int]] = {}
    steps: list[StepCount] = []
    losses: dict[str, dict[str, Any]] = {}
    """Output -> rows written unchanged and changed, what was lost and where first, rows not written by reason."""

    def add_step(self, step: str, output: str | None = None) -> StepCount:
        """The count of one more step, in the order of the recipe."""
        self.steps.append(StepCount(step=step, output=output))
        return self.steps[-1]

    def verify(self) -> None:
        """Raises PluginError where rows or examples are missing; it is a bug of the engine or of the step named."""
        if self.read != self.used + self.dropped:
            raise PluginError(
                f"{self.read} rows were read, but {self.used} used and {self.dropped} dropped; nothing was published",
                hint="please report this with the recipe",
            )
        for step in self.steps:
            if not step.balanced():
                raise PluginError(
                    f"step '{step.step}' got {step.entered} and made {step.made}, but {step.left} left it and "
                    f"{step.lost} were dropped; nothing was published",
                    hint="please report this with the recipe",
                )

    def nothing_left(self) -> str:
        """What is said where no example is left: the most frequent reasons."""
        reasons = [
            f"{count} by '{step.step}' ({reason})"
            for step in self.steps
            for reason, count in sorted(step.dropped.items(), key=lambda found: (-found[1], found[0]))[:3]
        ]
        why = f": {', '.join(reasons[:4])}" if reasons else ""
        return f"no example is left of {self.read} rows{why}; nothing was published"

    def as_json(self) -> dict[str, Any]:
        """The manifest's `counts`."""
        return {
            "read": self.read,
            "used": self.used,
            "dropped": self.dropped,
            "examples": self.examples,
            "losses": self.losses,
            "steps": [step.as_json() for step in self.steps],
        }


def tally_notes(count: StepCount, tallies: Mapping[str, int]) -> None:
    """Puts what a step tallied into its notes."""
    if tallies:
        count.notes = {**count.notes, **{name: tallies[name] for name in sorted(tallies)}}


def another(name: str, names: Collection[str]) -> str:
    """The name, or `name 2`, `name 3` ... where a recipe has a check twice."""
    numbered = (f"{name} {n}" for n in itertools.count(2))
    return name if name not in names else next(other for other in numbered if other not in names)
