"""The transformer `relabel`: answers that are labels, written in one way."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ftprep import Example, Map, Outcome, StepRun


class Relabel(Map):
    """Writes answers in another way: `relabel: {SPAM: spam, Spam: spam}`. Other answers, and all prompts, stay.

    Only whole answers are compared, without the white space at their ends; the text that is written may have some.
    """

    name: ClassVar[str] = "relabel"
    needs_messages: ClassVar[bool] = True

    values: dict[str, str] = Field(min_length=1)
    """Answer -> the text that is written for it, in each message of the assistant."""

    def apply(self, example: Example) -> Outcome:
        """The example with its answers written so."""
        messages = []
        for message in example.messages:
            written = self.values.get(message.content.strip()) if isinstance(message.content, str) else None
            changes = message.role == "assistant" and written is not None and written != message.content
            messages.append(message.with_(content=written) if changes else message)
        return example.with_(messages=tuple(messages))

    def request(self, example: Example, run: StepRun) -> Example:
        """As it is: the answer is what is asked for."""
        return example
