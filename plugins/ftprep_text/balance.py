"""The transformer `balance`: classes of like size."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ftprep import Column, Example, MissingColumn, Select, as_text


class Balance(Select):
    """Keeps at most so many examples of each class, drawn by the seeded hash of their content.

    A class that has fewer keeps all it has: nothing is written twice. `only: train` leaves the held-out splits as they
    are, so that they show the world's own shares.
    """

    name: ClassVar[str] = "balance"

    column: Column | None = None
    """The column of the class; without, it is the answer."""
    at_most: int = Field(alias="most", ge=1)
    """Examples of one class that stay, at least 1."""

    def key(self, example: Example) -> str:
        """The class. Raises MissingColumn."""
        if self.column is None:
            return example.answer.text if example.answer is not None else ""
        try:
            return as_text(example.fields[self.column])
        except KeyError:
            raise MissingColumn(self.column) from None

    def most(self) -> int:
        """How many of a class stay."""
        return self.at_most

    def by_hash(self) -> bool:
        """Chance decides, not the order of the input."""
        return True

    def reason(self) -> str:
        """What the Drop of the others says."""
        return f"over {self.at_most} of its class"
