"""Side tables: rows that steps look things up in, read through any installed reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..errors import RecipeError
from ..example import Row
from ..files import Input
from ..plan import Plan
from ..planning.items import Planned
from ..planning.sources import reader_for
from ..steps import Rows


def side_table(plan: Plan, planned: Planned[Any]) -> Callable[[str], Iterator[Row]]:
    """What reads a table for a step; its path is relative to the recipe in which the step stands."""
    folder = plan.recipe.folder(planned.item.path)

    def rows(path: str) -> Iterator[Row]:
        file = Input(folder / path, path)
        registered = reader_for(plan.registry.all("reader"), file)
        if registered is None:
            raise RecipeError(f"{path}: no reader knows what this side table is", hint="give it a known ending")
        for block in registered.cls(path=path).read(file):
            if isinstance(block, Rows):
                yield from block.rows

    return rows


def table_inputs(plan: Plan) -> list[Input]:
    """The side tables that the steps of a plan name, each once."""
    found: dict[str, Input] = {}
    for planned in plan.all_steps():
        folder = plan.recipe.folder(planned.item.path)
        for path in planned.step.in_paths():
            found.setdefault(str(folder / path), Input(folder / path, path))
    return list(found.values())
