"""`together_completion`: a prompt and its completion as texts, as Together's fine-tuning takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import msgspec

from ftprep import Drop, Example, Image, Lossy, Message, ModelFacts, Writer

_SHAPES = (("user", "assistant"), ("assistant",))
NOT_A_PAIR = "not a prompt and an answer; put 'dialogue' or 'prompt' into the writer's steps"
_COLUMNS = ("prompt", "completion")


class TogetherCompletion(Writer):
    """`{"prompt": "...", "completion": "..."}`, called instruction data there.

    An answer to nothing has an empty prompt. Longer conversations are made a pair by the steps `dialogue` and `prompt`.
    The completion alone is trained by default. Source: "Data preparation" of Together's documentation, read on
    2026-11-21.
    """

    name: ClassVar[str] = "together_completion"
    shape: ClassVar[Literal["chat", "completion"]] = "completion"
    most_logprobs: ClassVar[int] = 20
    """Source: "logprobs" of completions in together 3.1.1."""

    allow_empty: bool = False
    """Keep examples whose completion is empty or white space; otherwise they are dropped."""

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        messages = example.messages
        if (drop := _refusal(messages, self.allow_empty)) is not None:
            return drop
        row = {"prompt": messages[0].text if len(messages) == 2 else "", "completion": messages[-1].text}
        lost = _lost(example)
        return Lossy(row, lost) if lost else row

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether the row has a text as prompt and one as completion."""
        return isinstance(row, Mapping) and all(isinstance(row.get(key), str) for key in _COLUMNS)

    @classmethod
    def decode(cls, row: Any) -> Example:
        """A user message, unless the prompt is empty, and the answer. Raises ValueError."""
        if not cls.matches(row):
            raise ValueError("a line has to be an object with the texts prompt and completion")
        asked = (Message("user", row["prompt"]),) if row["prompt"] else ()
        extra = {key: value for key, value in row.items() if key not in _COLUMNS}
        return Example(messages=(*asked, Message("assistant", row["completion"])), extra=extra)

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """Prompt and completion as one text: tokens reach over the seam."""
        return ["".join([message.text for message in example.messages])], 0

    def request(self, example: Example) -> dict[str, Any]:
        """Arguments of `completions.create`, but for the model."""
        history = example.messages[:-1] if example.answer is not None else example.messages
        return {"prompt": "".join(message.text for message in history)}

    def arguments(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Where to stop, how many tokens, and how many log probabilities of each."""
        made = super().arguments(facts)
        return made | {key: facts[key] for key in ("max_tokens", "logprobs") if facts.get(key)}

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """The prompt."""
        return {"prompt": msgspec.to_builtins(row)["prompt"]}

    def answer(self, text: str, facts: Mapping[str, Any]) -> str:
        """The text up to the first stop sequence (`stop` of the contract), without the one space it starts with."""
        stops = facts.get("stop") or ()
        ends = [text.find(stop) for stop in ([stops] if isinstance(stops, str) else stops) if stop and stop in text]
        return (text[: min(ends)] if ends else text).removeprefix(" ")


def _refusal(messages: tuple[Message, ...], allow_empty: bool) -> Drop | None:
    roles = tuple([message.role for message in messages])
    if roles not in _SHAPES:
        return Drop(NOT_A_PAIR, f"its messages: {', '.join(roles)}") if messages else Drop("no messages")
    answer = messages[-1]
    if answer.weight == 0:
        return Drop("the last answer is not trained", "its weight is 0")
    if answer.tool_calls:
        return Drop("a completion cannot hold tool calls")
    if any(isinstance(part, Image) for message in messages for part in message.content):
        return Drop("a completion cannot hold images")
    return Drop("empty answer") if not allow_empty and not answer.text.strip() else None


def _lost(example: Example) -> tuple[str, ...]:
    messages = example.messages
    lost = {
        "tools": bool(example.tools),
        "rejected": bool(example.rejected),
        "reasoning": any(message.reasoning for message in messages),
        "text parts": not all(isinstance(message.content, str) for message in messages),
        "weight 1": any(message.weight == 1 for message in messages),
    }
    return tuple(sorted({what for what, is_lost in lost.items() if is_lost} | set(example.extra)))
