"""`openai_reinforcement`: a question a line, with what graders need to judge the answers that the model will give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import msgspec

from ftprep import DataError, Drop, Example, Lossy, Message, ModelFacts, Writer

from . import decode
from .chat import OpenAIChat
from .encode import parallel_tool_calls
from .wire import Refused, WireMessage, plain, wire

REFERENCE = "reference_answer"
"""The key of an answer that is told as text. The API has no name of its own for it; its guides take this one."""
_RESERVED = ("messages", "tools")
_INPUT = (*_RESERVED, "parallel_tool_calls")


class OpenAIReinforcement(Writer):
    """`{"messages": [...], "reference_answer": …}`: messages that end with the user's, then what graders read as
    `{{ item.KEY }}`.

    The keys of an example (option `extra` of `messages`) stand beside its messages. The last answer, where there is
    one, is not part of them: its text becomes `reference_answer`. The role `system` is written as `developer`, the only
    one that this format has, and reported. Source: `FineTuneReinforcementRequestInput` of OpenAI's API description.
    """

    name: ClassVar[str] = "openai_reinforcement"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    kinds: ClassVar[tuple[str, ...]] = ("reinforcement",)
    ends_in_answer: ClassVar[bool] = False
    most_logprobs: ClassVar[int] = 20
    """Source: "top_logprobs" of chat completions in OpenAI's API description."""
    carries: ClassVar[frozenset[str]] = frozenset({"tools", "images", "system", "extra"})

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        asked = _asked(example)
        if (drop := _refusal(example, asked)) is not None:
            return drop
        try:
            made = [wire(message, names=False, weights=False) for message in asked]
        except Refused as refused:
            return Drop(refused.reason, refused.detail)
        row: dict[str, Any] = {"messages": [_named(message, one[0]) for message, one in zip(asked, made, strict=True)]}
        if example.tools:
            row["tools"] = example.tools
        row |= {key: value for key, value in example.extra.items() if key not in _RESERVED}
        lost = {what for _, losses in made for what in losses} - {"developer role"}
        lost |= _lost(example, asked) | _with_reference(row, example.answer)
        return Lossy(row, tuple(sorted(lost))) if lost else row

    def as_written(self, examples: Sequence[Example]) -> Sequence[Sequence[Message]]:
        """The questions: answers stand beside the messages, if at all."""
        return list(map(_asked, examples))

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether a row has messages, of which the last is the user's."""
        return decode.matches(row) and row["messages"][-1]["role"] == "user"

    @classmethod
    def decode(cls, row: Any) -> Example:
        """The example a row says; a `reference_answer` that is a text is its answer. Raises ValueError."""
        if not cls.matches(row):
            raise ValueError("a line has to be an object with messages, the last of them the user's")
        reference = row.get(REFERENCE)
        if not isinstance(reference, str):
            return decode.decode(row)
        made = decode.decode({key: value for key, value in row.items() if key != REFERENCE})
        return made.with_(messages=(*made.messages, Message("assistant", reference)))

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """The texts of the question as a chat: the answer is not sent."""
        return OpenAIChat(weights=False).texts(example.with_(messages=tuple(_asked(example)), rejected=()), facts)

    def request(self, example: Example) -> dict[str, Any]:
        """Arguments of `chat.completions.create`, but for the model. Raises DataError for what cannot be sent."""
        asked = _asked(example)
        try:
            messages = [_named(message, wire(message, names=False, weights=False)[0]) for message in asked]
        except Refused as refused:
            raise DataError(f"the request cannot be sent: {refused}", hint=refused.detail) from None
        row = {"messages": messages, "tools": example.tools, "parallel_tool_calls": parallel_tool_calls(example)}
        return self.prompt_of({key: value for key, value in row.items() if value is not msgspec.UNSET})

    def arguments(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """As for a chat."""
        return OpenAIChat().arguments(facts)

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """The messages and the tools."""
        said = plain(row)
        return {key: said[key] for key in _INPUT if said.get(key) not in (None, [])}


def _asked(example: Example) -> Sequence[Message]:
    """The messages before the last answer."""
    return example.messages if example.answer is None else example.messages[:-1]


def _named(message: Message, made: WireMessage) -> WireMessage:
    """A message with a role of this format."""
    system = message.role in ("system", "developer")
    return msgspec.structs.replace(made, role="developer") if system else made


def _refusal(example: Example, asked: Sequence[Message]) -> Drop | None:
    if not example.messages:
        return Drop("no messages")
    if not asked or asked[-1].role != "user":
        return Drop("no question", "the last message before the answer has to be the user's")
    answer = example.answer
    if answer is not None and not answer.text.strip():
        return Drop("empty answer", "give what graders compare with as its text, or as keys of the example")
    return None


def _lost(example: Example, asked: Sequence[Message]) -> set[str]:
    """What this format has no place for."""
    lost = {key for key in example.extra if key in _RESERVED}
    lost |= {"system role"} if any(message.role == "system" for message in asked) else set()
    return lost | ({"rejected"} if example.rejected else set())


def _with_reference(row: dict[str, Any], answer: Message | None) -> set[str]:
    """Puts the answer into the row, and tells what is lost of it."""
    if answer is None:
        return set()
    lost = {"reasoning": bool(answer.reasoning), "tool calls": bool(answer.tool_calls), "name": bool(answer.name)}
    lost["weight"] = answer.weight is not None
    lost["answer"] = REFERENCE in row
    lost["images"] = not isinstance(answer.content, str)
    row.setdefault(REFERENCE, answer.text)
    return {what for what, is_lost in lost.items() if is_lost}
