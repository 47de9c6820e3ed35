"""The check `tokens`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from ftprep import Check, Code, Example, Finding, ModelFacts, RecipeError, Shown, StepRun, Topic, Verdict, Writer

from .codes import CODES
from .figures import figures, of_splits
from .look import Look
from .shown import of_tokens


class Tokens(Check):
    """Counts the tokens of every example as its writer writes it, and compares them with what the model takes.

    Figures: `examples`, `total`, `min`, `p50`, `p95`, `max`, `mean`, `histogram`, `over`, `limit`, all exact, and some
    of them for each of the `splits`. Tool definitions, tool calls and images are tokenised by rules that are not
    published: tools and calls are counted as their JSON text under `approximate_tool_tokens`, images under `images`,
    and neither is in the other figures.
    """

    name: ClassVar[str] = "tokens"
    problem_codes: ClassVar[tuple[Code, ...]] = CODES
    asks_model = True
    by_split = True
    topic: ClassVar[Topic] = "lengths"
    for_any_data = False  # `cost` does it too

    on_fail: Literal["drop", "warning", "error"] = "warning"
    """What an example over the limit is: dropped, or reported at this level."""
    limit: int | None = Field(default=None, ge=1)
    """Tokens an example may have. Default: what the model takes in training, or in a request, whichever is less; where
    neither is known the check only counts."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """Counts an example, or a batch with `look_all`. Raises RecipeError where the tokens cannot be counted."""
        model, writer = self.counted(run)
        return Look(run, model, writer, limit=self.limit_of(run), on_fail=self.on_fail)

    def counted(self, run: StepRun) -> tuple[ModelFacts, Writer]:
        """Whose tokens are counted, and in which format. Raises RecipeError where they cannot be counted."""
        run.count([])
        if run.model is None or run.writer is None:
            raise RecipeError(f"the check '{self.name}' needs a model and a writer", hint="add 'model:' to the recipe")
        return run.model, run.writer

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """The figures, and what is not in them."""
        limit = self.limit_of(run)
        made = figures(state, limit)
        if run.splits:
            made["splits"] = of_splits(run.splits)
        unsure = {key: made[key] for key in ("approximate_tool_tokens", "images") if key in made}
        if not unsure:
            return Verdict(figures=made)
        what = ", ".join(f"{key.replace('_', ' ')}: {n}" for key, n in unsure.items())
        hint = "leave room for them below the limit"
        return Verdict([Finding("FT331", f"not in the token counts: {what}", hint, "advice")], made)

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """The distribution with the limit across, and each split."""
        return of_tokens(figures)

    def limit_of(self, run: StepRun) -> int | None:
        """Tokens an example may have; None: nobody knows."""
        if self.limit is not None or run.model is None:
            return self.limit
        known = [limit for limit in (run.model.training_limit, run.model.context) if limit is not None]
        return min(known, default=None)
