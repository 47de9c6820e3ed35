"""`roles`: who of the speakers is the assistant; all others are users."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from ftprep import Drop, Example, Map, Message, Outcome, StepRun, Text

from .joining import merged
from .names import plain_name

ANSWERS = "answers"


class Roles(Map):
    """Says which speakers are the assistant; all others are users. User and assistant then take turns, the user first.

    What the assistant says before anybody asked, and what nobody answered at the end, is left out and counted.
    Messages keep their speakers' names. Inference gives roles itself, so its requests pass through the steps after it.
    """

    name: ClassVar[str] = "roles"
    needs_messages: ClassVar[bool] = True
    unpacks: ClassVar[bool] = True

    assistant: (
        Annotated[str, Field(min_length=1)] | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    )
    """The assistant's name, or several; capitals, and marks that cannot be seen, make no difference. `answers`: whoever
    did not open the conversation."""
    repeats: Literal["merge", "drop"] = "merge"
    """Where one role speaks twice in a row, as in a group. `merge`: its messages become one; `drop`: the conversation
    goes."""
    joint: str = "\n"
    """With `merge`: the text between two of them."""
    named: bool = False
    """Users' messages begin with `NAME: `, so that a group can be told apart. Do the same at inference."""

    @field_validator("assistant")
    @classmethod
    def _some_name(cls, value: str | list[str]) -> str | list[str]:
        if not all(map(plain_name, [value] if isinstance(value, str) else value)):
            raise ValueError("a name is empty; give the assistant's name as the log has it, or 'answers'")
        return value

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What gives roles, and counts what is merged or left out."""
        return lambda example: self._turned(example, run.tally)

    def apply(self, example: Example) -> Outcome:
        """One conversation with roles, or a Drop."""
        return self._turned(example, _untold)

    def request(self, example: Example, run: StepRun) -> Example:
        """As it is."""
        return example

    @cached_property
    def _names(self) -> frozenset[str] | None:
        if self.assistant == ANSWERS:
            return None
        return frozenset(map(plain_name, [self.assistant] if isinstance(self.assistant, str) else self.assistant))

    def _turned(self, example: Example, tally: Callable[[str, int], None]) -> Outcome:
        messages = self._with_roles(example.messages)
        said = {message.role for message in messages}
        if "assistant" not in said:
            return Drop("the assistant says nothing")
        if "user" not in said:
            return Drop("nobody but the assistant speaks")
        turns = merged(messages, _one_role, self.joint)
        if len(turns) < len(messages):
            if self.repeats == "drop":
                return Drop("one role speaks twice in a row")
            tally("merged with a message of the same role", len(messages) - len(turns))
        kept, early, late = _asked_and_answered(turns)
        for what, count in (("said by the assistant before anybody asked", early), ("answered by nobody", late)):
            if count:
                tally(what, count)
        return example.with_(messages=kept) if kept else Drop("the assistant answers nobody")

    def _with_roles(self, messages: Sequence[Message]) -> list[Message]:
        opened = next((message.name for message in messages if message.role in ("user", "assistant")), None)
        made = []
        for message in messages:
            if message.role not in ("user", "assistant"):
                made.append(message)
                continue
            if self._names is None:
                answers = plain_name(message.name or "") != plain_name(opened or "")
            else:
                answers = plain_name(message.name or "") in self._names
            made.append(self._role(message, answers))
        return made

    def _role(self, message: Message, answers: bool) -> Message:
        if answers:
            return message.with_(role="assistant")
        if self.named and message.name:
            content = message.content
            name = f"{message.name}: "
            message = message.with_(content=name + content if isinstance(content, str) else (Text(name), *content))
        return message.with_(role="user")


def _one_role(one: Message, other: Message) -> bool:
    return one.role == other.role


def _untold(_: str, __: int = 1) -> None:
    """Nobody counts."""


def _asked_and_answered(messages: Sequence[Message]) -> tuple[tuple[Message, ...], int, int]:
    """From the first user's message to the last answer, and how many before and after it are left out. Messages of
    other roles (system, tool) stay where they are."""
    roles = [message.role for message in messages]
    first = roles.index("user")
    if "assistant" not in roles[first:]:
        return (), 0, 0
    last = len(roles) - 1 - roles[::-1].index("assistant")
    early = [n for n in range(first) if roles[n] == "assistant"]
    late = [n for n in range(last + 1, len(roles)) if roles[n] == "user"]
    gone = {*early, *late}
    return tuple(message for n, message in enumerate(messages) if n not in gone), len(early), len(late)
