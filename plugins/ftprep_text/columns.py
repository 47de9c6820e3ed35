"""The transformers `rename` and `select`: which columns there are, and what they are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, field_validator, model_validator

from ftprep import Column, Drop, Example, Map, Outcome, StepRun


class Rename(Map):
    """Gives columns other names: `rename: {old: new}`. All at once, so two names can be exchanged.

    A table without the column is a mistake that is told before the run. Where rows differ (JSON), one without it is
    left as it is, and counted; whoever needs the new name drops it.
    """

    name: ClassVar[str] = "rename"
    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, Column] = Field(init=False)

    @model_validator(mode="after")
    def _clear(self) -> Rename:
        if not self.names():
            raise ValueError("no column is named; write rename: {old: new}")
        if twice := [new for new, n in Counter(self.names().values()).items() if n > 1]:
            raise ValueError(f"two columns would be called '{twice[0]}'; give each a name of its own")
        return self

    def names(self) -> dict[str, Column]:
        """Old name -> new name."""
        return self.__pydantic_extra__

    def columns(self) -> tuple[str, ...]:
        """The old names."""
        return tuple(self.names())

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns with their new names."""
        return [self.names().get(column, column) for column in columns]

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """Renames, and counts what is missing."""
        return lambda example: self._renamed(example, run)

    def apply(self, example: Example) -> Outcome:
        """The example with new names of columns, or a Drop where a column of a new name is there already."""
        return self._renamed(example, StepRun())

    def _renamed(self, example: Example, run: StepRun) -> Outcome:
        names = self.names()
        fields = {names.get(column, column): value for column, value in example.fields.items()}
        for column in names:
            if column not in example.fields:
                run.tally(f"no column '{column}'")
        if len(fields) < len(example.fields):
            there = next(new for old, new in names.items() if old in example.fields and new in example.fields)
            return Drop("the new name is taken", f"there is a column '{there}' already")
        return example.with_(fields=fields)


class SelectColumns(Map):
    """Keeps these columns and no others. A row that lacks one keeps the rest, and is counted."""

    name: ClassVar[str] = "select"
    shorthand: ClassVar[str | None] = "columns"

    column_names: Column | Annotated[list[Column], Field(min_length=1)] = Field(alias="columns")
    """The columns that stay."""

    @field_validator("column_names")
    @classmethod
    def _once(cls, names: Column | list[Column]) -> Column | list[Column]:
        if twice := [name for name, n in Counter(_listed(names)).items() if n > 1]:
            raise ValueError(f"'{twice[0]}' is named twice; name each column once")
        return names

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """Those of them that there are."""
        return [name for name in _listed(self.column_names) if name in columns]

    def start(self, run: StepRun) -> Callable[[Example], Example]:
        """Selects, and counts what is missing."""
        return lambda example: self._selected(example, run)

    def apply(self, example: Example) -> Example:
        """The example with fewer fields."""
        return self._selected(example, StepRun())

    def _selected(self, example: Example, run: StepRun) -> Example:
        found: dict[str, Any] = {}
        for name in _listed(self.column_names):
            if name in example.fields:
                found[name] = example.fields[name]
            else:
                run.tally(f"no column '{name}'")
        return example.with_(fields=found)


def _listed(names: Column | list[Column]) -> list[Column]:
    return [names] if isinstance(names, Column) else names
