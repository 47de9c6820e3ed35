"""The transformer `cut`: a column, or the oldest turns, shortened to a number of tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import Field, model_validator

from ftprep import Column, Drop, Example, Map, Message, MissingColumn, Outcome, StepRun, Template, as_text

from .shorten import Keep, shorten

_SYSTEM = ("system", "developer")


class Cut(Map):
    """Shortens what is too long for the model, in the same way for training and for inference.

    With `column` that column is cut, so that `within` fits; without, the oldest turns of a conversation go, so that
    what stands before the answer fits: system messages and the last question stay, and a tool's result goes with its
    call. A question that is too long by itself is cut. `reserve` is left for separator and answer, whose length is not
    known when the model is asked.
    """

    name: ClassVar[str] = "cut"

    tokens: int = Field(ge=1)
    """Tokens the whole may have, counted as the recipe's model does (messages as plain text)."""
    reserve: int = Field(default=0, ge=0)
    """Tokens left for what comes after: the separator and the answer."""
    column: Column | None = None
    """The column to cut; without, the conversation is cut."""
    within: Template | None = None
    """With `column`: the text that has to fit, such as the whole prompt; without, it is the column alone."""
    keep: Keep = "head"
    """What is kept of a text: its beginning, its end, or both with ` … ` between."""

    @model_validator(mode="after")
    def _fits(self) -> Cut:
        if self.reserve >= self.tokens:
            raise ValueError(f"reserve ({self.reserve}) leaves nothing of {self.tokens} tokens; lower it")
        if self.within is not None and self.column is None:
            raise ValueError("within goes with column: say which column of it may be cut")
        if self.within is not None and self.column not in self.within.columns:
            raise ValueError(f"within does not have {{{self.column}}} in it, so cutting it would not help")
        return self

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What cuts. Raises RecipeError where the recipe names no model."""
        run.count([])
        if self.column is not None:
            return lambda example: self._cut_column(example, run)
        return lambda example: self._cut_turns(example, run)

    @property
    def _room(self) -> int:
        return self.tokens - self.reserve

    def _fits_in(self, text: str, run: StepRun) -> bool:
        """Whether it fits; a token is one byte at least, so short texts are not counted."""
        return (
            len(text) * 4 <= self._room
            or len(text.encode("utf-8", "replace")) <= self._room
            or (run.count([text])[0] <= self._room)
        )

    def _cut_column(self, example: Example, run: StepRun) -> Outcome:
        column = str(self.column)
        if column not in example.fields:
            raise MissingColumn(column)

        def whole(text: str) -> str:
            changed = example.with_(fields={**example.fields, column: text})
            return self.within.render(changed) if self.within is not None else text

        text = as_text(example.fields[column])
        if self._fits_in(whole(text), run):
            return example
        made = shorten(text, self.keep, lambda shorter: self._fits_in(whole(shorter), run))
        if not made and not self._fits_in(whole(""), run):
            return Drop("too long even without the column that may be cut", f"more than {self._room} tokens")
        run.tally("cut")
        run.tally("characters cut", len(text) - len(made))
        return example.with_(fields={**example.fields, column: made})

    def _cut_turns(self, example: Example, run: StepRun) -> Outcome:
        messages = example.messages
        ends = len(messages) - 1 if example.answer is not None else len(messages)
        before, answer = messages[:ends], messages[ends:]
        lead = next((i for i, message in enumerate(before) if message.role not in _SYSTEM), len(before))
        system, turns = before[:lead], before[lead:]
        asked = max((i for i, message in enumerate(turns) if message.role == "user"), default=len(turns))
        starts = [i for i, message in enumerate(turns[: asked + 1]) if message.role != "tool"] or [0]
        for start in starts:
            if self._fits_in(_text((*system, *turns[start:])), run):
                break
        if start:
            run.tally("messages cut", start)
        kept = (*system, *turns[start:])
        if not self._fits_in(_text(kept), run):
            shorter = self._cut_question(kept, run)
            if shorter is None:
                return Drop("too long even without earlier messages", f"more than {self._room} tokens")
            kept = shorter
        return example if kept == before else example.with_(messages=(*kept, *answer))

    def _cut_question(self, messages: tuple[Message, ...], run: StepRun) -> tuple[Message, ...] | None:
        """The messages with the last question cut; None where that does not do."""
        at = next((i for i in reversed(range(len(messages))) if messages[i].role == "user"), None)
        if at is None or not isinstance(messages[at].content, str):
            return None

        def changed(text: str) -> tuple[Message, ...]:
            return (*messages[:at], messages[at].with_(content=text), *messages[at + 1 :])

        text = messages[at].text
        made = shorten(text, self.keep, lambda shorter: self._fits_in(_text(changed(shorter)), run))
        run.tally("cut")
        run.tally("characters cut", len(text) - len(made))
        return changed(made) if made else None


def _text(messages: tuple[Message, ...]) -> str:
    return "\n".join(message.text for message in messages)
