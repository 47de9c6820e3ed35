"""The transformer `limit`: at most so many examples of each kind."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from ftprep import Column, Example, MissingColumn, Select, as_text


class Limit(Select):
    """At most `n` examples, of each value of a column where one is named; the others are drops."""

    name: ClassVar[str] = "limit"

    n: int = Field(ge=1)
    """How many stay, of all or of each value; at least 1."""
    per: Column | None = None
    """The column whose values are counted apart, e.g. the label; empty cells are a value of their own."""
    pick: Literal["first", "hash"] = "first"
    """`first` keeps those that stand first in the input; `hash` those of smallest seeded hash, so that order counts for
    nothing."""

    def key(self, example: Example) -> str:
        """The value of the column. Raises MissingColumn."""
        if self.per is None:
            return ""
        try:
            return as_text(example.fields[self.per])
        except KeyError:
            raise MissingColumn(self.per) from None

    def most(self) -> int:
        """`n`."""
        return self.n

    def by_hash(self) -> bool:
        """Whether chance decides."""
        return self.pick == "hash"

    def reason(self) -> str:
        """The limit in words."""
        return f"over the limit of {self.n}" + (f" per {self.per}" if self.per is not None else "")
