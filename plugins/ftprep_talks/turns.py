"""`merge_turns` and `min_turns`: what one speaker says in a row is one message, and short talks go."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from pydantic import Field

from ftprep import Drop, Example, Map, Message, Outcome, StepRun

from .joining import merged


class MergeTurns(Map):
    """What one speaker writes in several messages, one after the other, becomes one message."""

    name: ClassVar[str] = "merge_turns"
    needs_messages: ClassVar[bool] = True

    joint: str = "\n"
    """The text between two of them."""

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What merges, and counts the messages that are no longer there of their own."""

        def apply(example: Example) -> Example:
            made = self.apply(example)
            if less := len(example.messages) - len(made.messages):
                run.tally("merged into the message before", less)
            return made

        return apply

    def apply(self, example: Example) -> Example:
        """The example with neighbours of one speaker and role joined."""
        messages = merged(example.messages, _one_speaker, self.joint)
        return example if len(messages) == len(example.messages) else example.with_(messages=messages)


class MinTurns(Map):
    """Drops conversations of fewer messages, system messages not counted."""

    name: ClassVar[str] = "min_turns"
    needs_messages: ClassVar[bool] = True

    turns: int = Field(default=2, ge=1)
    """Messages there must be at least."""

    def apply(self, example: Example) -> Outcome:
        """The example, or a Drop."""
        turns = sum(message.role not in ("system", "developer") for message in example.messages)
        return example if turns >= self.turns else Drop("too few turns", f"{turns} of at least {self.turns}")

    def request(self, example: Example, run: StepRun) -> Example:
        """As it is: a conversation begins with one message."""
        return example


def _one_speaker(one: Message, other: Message) -> bool:
    return (one.role, one.name, one.weight) == (other.role, other.name, other.weight)
