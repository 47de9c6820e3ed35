"""The transformer `map_values`: other values for those of a column, such as codes for the names of classes."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ftprep import Column, DataError, Drop, Example, Map, MissingColumn, Outcome, StepRun, as_text

Scalar = str | int | float | bool | None


class MapValues(Map):
    """Replaces the values of one column. What is not in the map is a drop, unless `otherwise` says more."""

    name: ClassVar[str] = "map_values"

    column: Column
    """The column whose values are replaced."""
    values: dict[str, Scalar] = Field(min_length=1)
    """Old value -> new value. Old ones are compared as text: 1 and 1.0 are `1`, true is `true`, null is empty."""
    otherwise: Scalar = "drop"
    """For a value that is not in the map: `drop` the row, `keep` the value, `error` stops the run, and anything else is
    the value it gets."""

    def apply(self, example: Example) -> Outcome:
        """The example with the new value, or a Drop. Raises MissingColumn; DataError with `otherwise: error`."""
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        old = as_text(example.fields[self.column])
        if old in self.values:
            return self._with(example, self.values[old])
        if self.otherwise == "keep":
            return example
        if self.otherwise == "drop":
            return Drop("value not in the map", f"{self.column}: '{old[:100]}'")
        if self.otherwise == "error":
            self._stop(example, old)
        return self._with(example, self.otherwise)

    def request(self, example: Example, run: StepRun) -> Example:
        """A label is not known at inference: where the column is absent, nothing is to be done."""
        return example if self.column not in example.fields else super().request(example, run)

    def _with(self, example: Example, value: Scalar) -> Example:
        return example.with_(fields={**example.fields, self.column: value})

    def _stop(self, example: Example, old: str) -> None:
        place = example.source
        raise DataError(
            f"the value '{old[:100]}' of column '{self.column}' is not in the map of 'map_values'",
            hint="add it, or say 'otherwise: drop'",
            file=place.file if place is not None else None,
            line=place.first if place is not None else None,
        )
