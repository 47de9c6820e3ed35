"""`separator` and `stop`: what a prompt and a completion end with, so that the model sees where they do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic import Field, model_validator

from ftprep import Example, Map, Message, StepRun, Text

from .copies import with_messages, with_text


class Separator(Map):
    """Ends each prompt (the last user message) with a text that says: now comes the completion."""

    name = "separator"
    needs_messages = True
    shapes = "completion"

    text: str = Field(default="\n\n###\n\n", min_length=1)
    """The ending. It is not doubled where the prompt has it, and completed where only its last white space is
    missing. It should occur nowhere else; the check `separator` looks."""

    def apply(self, example: Example) -> Example:
        """The example with its prompt ended."""
        messages = example.messages
        if len(messages) == 2 and messages[0].role == "user" and messages[1].role == "assistant":  # as most are
            return with_messages(example, (end_message(messages[0], self.text), messages[1]))
        last = len(messages) if example.answer is None else len(messages) - 1
        at = next((at for at in reversed(range(last)) if messages[at].role == "user"), None)
        if at is None:
            return with_messages(example, (*messages[:last], Message("user", self.text), *messages[last:]))
        ended = end_message(messages[at], self.text)
        return with_messages(example, (*messages[:at], ended, *messages[at + 1 :]))

    def contract(self, run: StepRun) -> dict[str, Any]:
        """The separator."""
        return {"separator": self.text}


class Stop(Map):
    r"""Ends each completion with the text at which inference stops; the model learns to write it when it is done.

    Give `text`, or `turn: user`: the beginning of that speaker's turn, `\nHuman: `, in which the name is the one that
    `conversations` or `dialogue` give to the role. An empty completion stays empty.
    """

    name = "stop"
    needs_messages = True
    shapes = "completion"

    text: str | None = Field(default=None, min_length=1)
    """The ending. It is not doubled where the completion has it, and completed where only its last white space is
    missing."""
    turn: Literal["user"] | None = None
    """Instead of `text`: a line break, the name of this role's speaker, a colon and a space. Where the names come from
    a column (`conversations: {by: …}`) it is `User`, unless `user:` there or `names:` in `dialogue` say another."""
    add: bool = True
    """`false`: completions stay as they are, and inference is told to stop at this text all the same."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Stop:
        if (self.text is None) == (self.turn is None):
            raise ValueError("give either text, the ending itself, or turn: user, the beginning of the user's turn")
        return self

    def start(self, run: StepRun) -> Callable[[Example], Example]:
        """What ends the completions."""
        if not self.add:
            return _unchanged

        def one(example: Example) -> Example:
            answer = example.answer
            if answer is None or not answer.text.strip():
                return example
            ending = self.text or _turn(run.speakers.get("user") or _user_name(example))
            return with_messages(example, (*example.messages[:-1], end_message(answer, ending)))

        return one

    def request(self, example: Example, run: StepRun) -> Example:
        """As it is: only the answer has the ending."""
        return example

    def contract(self, run: StepRun) -> dict[str, Any]:
        """The stop sequence."""
        return {"stop": [self.text or _turn(run.speakers.get("user"))]}


def end_with(text: str, ending: str) -> str:
    """The text with this ending once; where the text lacks only white space at the ending's end, that is added."""
    if text.endswith(ending):
        return text
    core, bare = ending.rstrip(), text.rstrip()
    return bare + ending[len(core) :] if core and bare.endswith(core) else text + ending


def end_message(message: Message, ending: str) -> Message:
    """The message with this ending."""
    content = message.content
    if isinstance(content, str):
        return with_text(message, end_with(content, ending))
    if content and isinstance(last := content[-1], Text):
        return message.with_(content=(*content[:-1], Text(end_with(last.text, ending))))
    return message.with_(content=(*content, Text(ending)))


def _turn(name: str | None) -> str:
    return f"\n{name or 'User'}: "


def _user_name(example: Example) -> str | None:
    return next((m.name for m in reversed(example.messages) if m.role == "user" and m.name), None)


def _unchanged(example: Example) -> Example:
    return example
