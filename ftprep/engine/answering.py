"""Answers of a model that a recipe cannot do without."""

from __future__ import annotations

from ..errors import RecipeError
from ..steps.answers import UNANSWERED
from .stages import Stages


def need_answers(stages: Stages) -> None:
    """Raises RecipeError where steps missed answers that they need, unless somebody listens to what they miss."""
    recipe = stages.plan.recipe
    problems = []
    for order, planned in stages.answered.items():
        run, file = stages.runs[order], planned.step.answer_file()
        count = run.tallies[UNANSWERED]
        if count and file.needed and run.wanted is None:
            many = "1 example has" if count == 1 else f"{count:,} examples have"
            text = f"'{planned.label}': {many} no answer in {file.path} yet"
            name = recipe.file.as_posix() if recipe.file is not None else "RECIPE"
            hint = f"ask the model with 'ftprep generate {name}'"
            problems.append(recipe.problem(planned.item.path, text, hint, key=True, code="FT640"))
    if problems:
        raise RecipeError(*problems)
