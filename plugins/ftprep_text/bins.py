"""The transformer `bins`: a word for a range of numbers."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from ftprep import Column, Drop, Example, Map, MissingColumn, Outcome, StepRun, as_text

_MONEY = r"(?:[A-Z]{0,3}[$¢£¤¥₠-⃀]|[A-Z]{3}|kr\.?|zł|Kč|Ft|Rs\.?)"
_CURRENCY = re.compile(rf"^([+-]?){_MONEY}\s?|\s?{_MONEY}$")
_NUMBER = {
    mark: re.compile(
        rf"(?=[+-]?{mark}?[0-9])[+-]?(?:[0-9]{{1,3}}(?P<group>[{grouping}'’\s])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*|[0-9]*)"
        rf"(?:{mark}[0-9]*)?(?:[eE][+-]?[0-9]+)?"
    )
    for mark, grouping in ((r"\.", ","), (",", "."))
}


class Bins(Map):
    """Replaces a number by the word for its range: `bins: {column: price, edges: [20, 100], names: [low, mid, high]}`.

    A number at an edge belongs to the range above it. An empty cell stays empty.
    """

    name: ClassVar[str] = "bins"

    column: Column
    """The column of numbers."""
    edges: list[float] = Field(min_length=1)
    """Where one range ends and the next begins, rising."""
    names: list[str] = Field(min_length=2)
    """The words, one more than there are edges, from the lowest range to the highest."""
    into: str | None = Field(default=None, min_length=1)
    """The column that gets the word; without, it takes the number's place."""
    decimal: Literal[".", ","] = "."
    """What parts whole from fraction. The other one, spaces and apostrophes may part groups of three digits, and a
    currency may stand at either end: `$1,234.50`, `12 EUR`. Any other text beside the number makes it none."""
    otherwise: Literal["drop", "keep"] = "drop"
    """For a value that is no number: drop the row, or keep the value as it is."""

    @model_validator(mode="after")
    def _fits(self) -> Bins:
        if any(not a < b for a, b in pairwise(self.edges)) or not all(map(math.isfinite, self.edges)):
            raise ValueError("the edges have to rise, e.g. edges: [20, 100]")
        if len(self.names) != len(self.edges) + 1:
            needed = len(self.edges) + 1
            raise ValueError(f"{len(self.edges)} edges make {needed} ranges, so give {needed} names")
        return self

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns, and the new one."""
        return columns if self.into is None or self.into in columns else [*columns, self.into]

    def apply(self, example: Example) -> Outcome:
        """The example with the word, or a Drop. Raises MissingColumn."""
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        value = example.fields[self.column]
        word: Any = value
        if as_text(value).strip():
            number = self._number(value)
            if number is None and self.otherwise == "drop":
                return Drop("not a number", f"{self.column}: '{as_text(value)[:100]}'")
            word = value if number is None else self.names[bisect_right(self.edges, number)]
        return example.with_(fields={**example.fields, self.into or self.column: word})

    def request(self, example: Example, run: StepRun) -> Example:
        """As in training; where the column is not given, or holds the word already, nothing is to be done."""
        value = example.fields.get(self.column)
        if value is None or (value in self.names and self._number(value) is None):
            return example
        return super().request(example, run)

    def _number(self, value: Any) -> float | None:
        """The number that a value is, or that a text says; integers may be of any size."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        text = _CURRENCY.sub(r"\1", as_text(value).strip().replace("\u2212", "-"))
        found = _NUMBER[re.escape(self.decimal)].fullmatch(text)
        if found is None:
            return None
        digits = text.replace(found["group"], "") if found["group"] else text
        return float(digits.replace(self.decimal, "."))
