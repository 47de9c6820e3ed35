"""`drop_system_lines`: lines of a chat log that nobody wrote."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ftprep import Drop, Example, Map, MissingColumn, Outcome, RecipeError, StepRun

_REASONS = {"system": "system line", "deleted": "deleted message", "media": "attachment without text"}


class DropSystemLines(Map):
    """Drops rows of a chat log by their `kind`, each kind with a reason of its own. It stands before `split_talks`."""

    name: ClassVar[str] = "drop_system_lines"

    kinds: Annotated[list[Literal["system", "deleted", "media"]], Field(min_length=1)] = ["system", "deleted"]
    """What goes. `system`: who joined or left, calls, notices; `deleted`: messages that their authors took back;
    `media`: attachments without a text."""

    def apply(self, example: Example) -> Outcome:
        """The row, or a Drop. Raises MissingColumn, and RecipeError for a conversation, whose messages have no kind."""
        if example.messages:
            raise RecipeError("'drop_system_lines' works on single rows", hint="put it before 'split_talks'")
        if "kind" not in example.fields:
            raise MissingColumn("kind")
        kind = example.fields["kind"]
        return Drop(_REASONS[kind]) if isinstance(kind, str) and kind in self.kinds else example

    def columns(self) -> tuple[str, ...]:
        """`kind`."""
        return ("kind",)

    def request(self, example: Example, run: StepRun) -> Example:
        """As it is."""
        return example
