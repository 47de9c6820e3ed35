"""The transformer `labels`: short codes for the names of classes; the contract keeps the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from ftprep import Column, Drop, Example, Map, MissingColumn, Outcome, StepRun, as_text, did_you_mean


class Codebook(Map):
    """Writes the code of a class for its name: `labels: {column: category, codes: {refund: 1, billing: 2}}`.

    The contract keeps the legend, so that `Contract.decode` gives the name for a code that the model answers.
    """

    name: ClassVar[str] = "labels"

    column: Column
    """The column of the class."""
    codes: dict[str, str | int] = Field(min_length=1)
    """Name -> code, each code once. A code that is one token makes training and answers cheap: the check `labels`
    looks, and proposes some."""
    normalise: bool = False
    """Case and white space of the names make no difference."""
    otherwise: Literal["drop", "keep"] = "drop"
    """For a name that is not in the codebook: drop the row, or keep the name."""

    @field_validator("codes")
    @classmethod
    def _clear(cls, codes: dict[str, str | int]) -> dict[str, str | int]:
        twice = [code for code, n in Counter(map(str, codes.values())).items() if n > 1]
        if twice:
            names = [name for name, code in codes.items() if str(code) == twice[0]]
            raise ValueError(f"the code '{twice[0]}' stands for {' and '.join(names)}; give each a code of its own")
        if any(not str(code).strip() for code in codes.values()):
            raise ValueError("a code is empty; give each class a code")
        return codes

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What looks codes up."""
        form = _normal if self.normalise else str.strip
        book = {form(name): str(code) for name, code in self.codes.items()}
        return lambda example: self._coded(example, book, form)

    def apply(self, example: Example) -> Outcome:
        """The example with its code, or a Drop for an empty or unknown name. Raises MissingColumn."""
        return self.start(StepRun())(example)

    def request(self, example: Example, run: StepRun) -> Example:
        """As it is: the class is what is asked for."""
        return example

    def contract(self, run: StepRun) -> dict[str, Any]:
        """The legend: code -> name."""
        return {"codes": {str(code): name for name, code in self.codes.items()}}

    def _coded(self, example: Example, book: Mapping[str, str], form: Callable[[str], str]) -> Outcome:
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        name = as_text(example.fields[self.column])
        code = book.get(form(name))
        if code is None:
            if not name.strip():
                return Drop("empty label", f"column '{self.column}'")
            if self.otherwise == "keep":
                return example
            return Drop("label not in the codebook", f"'{name[:100]}'; {did_you_mean(name, list(self.codes))}")
        return example.with_(fields={**example.fields, self.column: code})


def _normal(name: str) -> str:
    return " ".join(name.casefold().split())
