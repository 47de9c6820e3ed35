"""Whether a source has the columns that the recipe asks for, said before its rows are worked on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import Problem, RecipeError, did_you_mean
from ..plan import Plan
from ..planning.broken import guarded
from ..planning.items import Planned
from ..planning.sources import SourcePlan
from ..steps import Step


def check_columns(plan: Plan, source: SourcePlan, columns: Sequence[str], name: str) -> None:
    """Raises RecipeError with every option that names a column which this source has not got."""
    if not source.reader.fixed_columns:
        return
    walk = _Walk(plan, name)
    have = walk.split(walk.steps(plan.before, columns))
    have = walk.steps(plan.steps, have)
    for output in plan.outputs:
        walk.steps((*output.steps, *plan.checks, output.writer), have)
    if walk.problems:
        raise RecipeError(*dict.fromkeys(walk.problems))


class _Walk:
    """Follows the columns through the steps."""

    def __init__(self, plan: Plan, name: str):
        self.plan, self.name = plan, name
        self.problems: list[Problem] = []

    def steps(self, steps: Sequence[Planned[Any]], columns: Sequence[str] | None) -> Sequence[str] | None:
        """The columns after these steps; None where only the data tells them."""
        for planned in steps:
            with guarded(planned.origin, "failed to tell its columns"):
                dotted = _dotted(planned.step, columns or ())
                named = [column for column in planned.step.columns() if column not in dotted]
                after = planned.step.columns_after(columns) if columns is not None else None
            self._look(planned.item.path, f"'{planned.label}'", named, columns)
            columns = after
        return columns

    def split(self, columns: Sequence[str] | None) -> Sequence[str] | None:
        """The split reads columns of roots, before the steps that follow the gather; returns those."""
        gather, rule = self.plan.gather, self.plan.split
        have = columns if gather is None or columns is None else gather.step.columns_after(columns)
        if rule is not None:
            for key, column in (("by", rule.by), ("stratify", rule.stratify), ("from", rule.from_)):
                self._look(("split", key), f"'split: {key}'", [column] if column is not None else [], have)
        return have

    def _look(self, path: tuple[str | int, ...], who: str, named: Sequence[str], have: Sequence[str] | None) -> None:
        if have is None:
            return
        for column in named:
            if column not in have:
                text = f"{who} reads the column '{column}', which {self.name} has not got"
                hint = did_you_mean(column, have, otherwise="its columns")
                self.problems.append(self.plan.recipe.problem(path, text, hint, code="FT124"))


def _dotted(step: Step, columns: Sequence[str]) -> set[str]:
    """What templates seem to read of an object, where a column has that whole name, with its dots."""
    places = {piece[0] for template in step.templates() for piece in template.pieces if not isinstance(piece, str)}
    return {place.split(".")[0] for place in places.intersection(columns) if "." in place}
