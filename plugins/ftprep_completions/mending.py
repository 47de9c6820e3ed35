"""Transformers that mend prompts and completions: too long, capitals, what all begin with, no space before."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal

from pydantic import Field

from ftprep import Drop, Example, Map, Message, Outcome, StepRun, Text

Part = Literal["prompt", "completion"]


class DropLong(Map):
    """Drops examples whose prompt and completion have more characters than this together."""

    name: ClassVar[str] = "drop_long"
    needs_messages: ClassVar[bool] = True

    characters: int = Field(default=10_000, ge=1)
    """The most that the text of all messages may have together."""

    def apply(self, example: Example) -> Outcome:
        """The example, or a Drop that says how long it is."""
        length = sum(len(message.text) for message in example.messages)
        if length <= self.characters:
            return example
        return Drop(f"longer than {self.characters} characters", f"{length} characters")

    def request(self, example: Example, run: StepRun) -> Example:
        """Nothing is dropped at inference."""
        return example


class LowerCase(Map):
    """Writes prompts or completions in lower case, where most of their letters are capitals."""

    name: ClassVar[str] = "lower_case"
    needs_messages: ClassVar[bool] = True

    of: Part
    """`completion`: the answer; `prompt`: all that stands before it."""
    ending: str = ""
    """An ending that stays as it is, where a text has it: the separator, or the stop sequence."""

    def apply(self, example: Example) -> Example:
        """The example in lower case."""
        return with_part(example, self.of, lambda message: changed(message, self._lower))

    def _lower(self, text: str) -> str:
        if self.ending and text.endswith(self.ending):
            return text.removesuffix(self.ending).lower() + self.ending
        return text.lower()


class StripPrefix(Map):
    """Takes away what all prompts or all completions begin with: it tells the model nothing, and every token costs.

    A text that would be empty without it stays as it is; so does one that does not begin with it.
    """

    name: ClassVar[str] = "strip_prefix"
    needs_messages: ClassVar[bool] = True

    of: Part
    """`completion`: the answer; `prompt`: the first of the messages before it."""
    text: str = Field(min_length=1)
    """What they begin with. Where a completion begins with a space, one is left."""
    ending: str = ""
    """The separator or stop sequence: a text that has only this besides would be empty, too."""

    def apply(self, example: Example) -> Example:
        """The example without it."""
        if self.of == "completion":
            return with_part(example, "completion", lambda message: changed(message, self._bare))
        first = example.messages[:1] if example.answer is None or len(example.messages) > 1 else ()
        made = tuple(changed(message, self._bare) for message in first)
        return example if made == first else example.with_(messages=(*made, *example.messages[1:]))

    def _bare(self, text: str) -> str:
        bare = text.removeprefix(self.text)
        if not bare.removesuffix(self.ending).strip():
            return text
        spaced = self.of == "completion" and self.text.startswith(" ") and bare != text
        return f" {bare.lstrip(' ')}" if spaced else bare


class LeadingSpace(Map):
    """Begins each completion with exactly one space, whatever white space it begins with.

    The tokens of most models begin with a space, so that a completion without one is read in rarer, shorter tokens.
    """

    name: ClassVar[str] = "leading_space"
    needs_messages: ClassVar[bool] = True
    shapes: ClassVar[Literal["completion"] | None] = "completion"

    def apply(self, example: Example) -> Example:
        """The example with its space; an empty completion stays empty."""
        return with_part(example, "completion", lambda message: changed(message, _spaced))


def with_part(example: Example, of: Part, change: Callable[[Message], Message]) -> Example:
    """The example with its answer changed, or with all that stands before it."""
    messages, answer = example.messages, example.answer
    if of == "completion":
        made = (*messages[:-1], change(answer)) if answer is not None else messages
    else:
        ends = len(messages) if answer is None else len(messages) - 1
        made = (*map(change, messages[:ends]), *messages[ends:])
    if made == messages:
        return example
    return Example(  # by its parts: several times as fast as `with_`
        example.fields, made, example.tools, example.rejected, example.group, example.extra, example.source
    )


def changed(message: Message, change: Callable[[str], str]) -> Message:
    """The message with its text changed; of several parts, the first that is text."""
    content = message.content
    if isinstance(content, str):
        made = change(content)
        if made == content:
            return message
        return Message(
            message.role, made, message.name, message.weight, message.reasoning, message.tool_calls,
            message.tool_call_id,
        )  # fmt: skip
    at = next((at for at, part in enumerate(content) if isinstance(part, Text)), None)
    if at is None:
        return message
    return message.with_(content=(*content[:at], Text(change(message.content[at].text)), *content[at + 1 :]))  # type: ignore[union-attr]


def _spaced(text: str) -> str:
    if text[:1] == " " and not text[1:2].isspace() and len(text) > 1:
        return text
    bare = text.lstrip()
    return f" {bare}" if bare else text
