"""Side tables: rows that steps look things up in, read through any installed reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..errors import DataError, RecipeError
from ..example import Drop, Row
from ..files import Input
from ..plan import Plan
from ..planning.items import Planned
from ..planning.sources import reader_for
from ..steps import Reader, Rows


def side_table(plan: Plan, planned: Planned[Any]) -> Callable[[str], Iterator[Row]]:
    """What reads a table for a step; its path is relative to the recipe in which the step stands."""
    folder = plan.recipe.folder(planned.item.path)

    def rows(path: str) -> Iterator[Row]:
        file = Input(folder / path, path)
        for block in _reader(plan, file).read(file):
            if isinstance(block, Rows):
                yield from block.rows
            elif isinstance(block, Drop):
                text = f"{block.source or path}: a row of this side table cannot be read: {block.reason}"
                raise DataError(text, hint="mend it; what is looked up must be whole")

    return rows


def _reader(plan: Plan, file: Input) -> Reader:
    """As the recipe itself reads the file, where it does, with the same options; else by its ending or content."""
    for source in plan.sources:
        if any(other.path.resolve() == file.path.resolve() for other in source.inputs):
            return source.reader
    registered = reader_for(plan.registry.all("reader"), file)
    if registered is None:
        raise RecipeError(f"{file.name}: no reader knows what this side table is", hint="give it a known ending")
    reader: Reader = registered.cls(path=file.name)
    return reader


def table_inputs(plan: Plan) -> list[Input]:
    """The side tables that the steps of a plan name, each once; a file of answers only where it is there."""
    found: dict[str, Input] = {}
    for planned in plan.all_steps():
        folder, answers = plan.recipe.folder(planned.item.path), planned.step.answer_file()
        for path in planned.step.in_paths():
            if answers is not None and path == answers.path and not (folder / path).is_file():
                continue
            found.setdefault(str(folder / path), Input(folder / path, path))
    return list(found.values())
