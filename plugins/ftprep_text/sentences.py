"""The transformer `sentences`: attributes as natural sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from ftprep import Column, Drop, Example, Map, Outcome, Template, as_text


class Sentences(Map):
    """Makes a sentence of each attribute that a row has: `Item is a handbag. Colour is army green.`

    An empty attribute, or one that a row has not got, is left out; a row without any attribute is a drop.
    """

    name: ClassVar[str] = "sentences"
    shorthand: ClassVar[str | None] = "columns"

    wordings: Annotated[list[Column], Field(min_length=1)] | Annotated[dict[Column, Template], Field(min_length=1)] = (
        Field(alias="columns")
    )
    """The columns of the attributes, in the order of their sentences, each said as `Column is value.`; or column ->
    wording, such as `item: "Item is a {value}."`, in which `{value}` is the attribute and other columns may stand."""
    into: str = Field(default="text", min_length=1)
    """The column that gets the sentences."""
    join: str = " "
    """What stands between two sentences."""

    @field_validator("wordings", mode="before")
    @classmethod
    def _some(cls, value: object) -> object:
        if value in ([], {}):
            raise ValueError("name at least one column")
        return value

    def columns(self) -> tuple[str, ...]:
        """The attributes, and the other columns of their wordings."""
        return tuple(name for name in super().columns() if name != "value" or name in self.wordings)

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns, and the new one."""
        return columns if self.into in columns else [*columns, self.into]

    def apply(self, example: Example) -> Outcome:
        """The example with its sentences, or a Drop. Raises MissingColumn for another column that a wording names."""
        attributes = {name: as_text(example.fields.get(name)).strip() for name in self.wordings}
        said = [self._say(name, value, example) for name, value in attributes.items() if value]
        if not said:
            return Drop("no attributes", f"empty or not there: {', '.join(attributes)}")
        return example.with_(fields={**example.fields, self.into: self.join.join(said)})

    def _say(self, column: Column, value: str, example: Example) -> str:
        if isinstance(self.wordings, dict):
            wording = self.wordings[column]
            return wording.render(example.with_(fields={**example.fields, "value": value}))
        return f"{_titled(column)} is {value}."


def _titled(column: str) -> str:
    name = column.replace("_", " ").strip()
    return name[:1].upper() + name[1:]
