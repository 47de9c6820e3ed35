"""The transformer `explode`: one example for each item of a list in a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from ftprep import Drop, Example, Map, MissingColumn, Outcome, StepRun

from .walk import End, Keys, parse, walk


class Explode(Map):
    """Makes an example of each innermost item: `explode: paragraphs[].qas[]`.

    The keys of an item become columns; the columns of all that it lies in are kept, and where two have one name the
    inner one holds. An item that is no object becomes the column `into`. A cell may hold its list as JSON text. A row
    with no item is a drop; where others of the row have some, lists without an item are counted in the run's notes.
    """

    name: ClassVar[str] = "explode"
    many: ClassVar[bool] = True
    unpacks: ClassVar[bool] = True

    path: str
    """Keys with a point between them, `[]` after each that is a list, the first one a column."""
    into: str | None = Field(default=None, min_length=1)
    """The column of items that are no objects; without, it is the path's last key."""
    on_empty: Literal["drop", "keep"] = "drop"
    """What becomes of a last list that has no item: `keep` makes one example of it, with the column `into` empty."""

    @field_validator("path")
    @classmethod
    def _a_path(cls, path: str) -> str:
        if not any(many for _, many in parse(path)):
            raise ValueError(f"'{path}' has no list to explode; put [] after a key, as in {path}[]")
        return path

    def columns(self) -> tuple[str, ...]:
        """The column it begins with."""
        return (parse(self.path)[0][0],)

    def columns_after(self, columns: Sequence[str]) -> None:
        """Only the data tells the keys of items."""
        return

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What makes an example for each item, or a Drop. Raises MissingColumn."""
        keys = parse(self.path)
        return lambda example: self._exploded(example, keys, run)

    def apply(self, example: Example) -> Outcome:
        """An example for each item, or a Drop. Raises MissingColumn."""
        return self.start(StepRun())(example)

    def _exploded(self, example: Example, keys: Keys, run: StepRun) -> Outcome:
        if keys[0][0] not in example.fields:
            raise MissingColumn(keys[0][0])
        name, made, ends = self.into or keys[-1][0], [], 0
        for above, item in walk(example.fields, keys, {}):
            if isinstance(item, End) and (item is End.ASTRAY or self.on_empty == "drop"):
                ends += 1
                continue
            own = dict(item) if isinstance(item, Mapping) else {name: None if item is End.EMPTY else item}
            made.append(example.with_(fields={**above, **own}))
        if made and ends:
            run.tally("lists without an item", ends)
        return made or Drop("nothing to explode", f"'{self.path}' leads to no item")
