"""Rows of a prompt and its completion: the simplest training format, which many trainers have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import msgspec

from ..example import Drop, Example, Image, Message
from .base import ModelFacts, StepRun
from .ends import Lossy, Writer

_SHAPES = (("user", "assistant"), ("assistant",))
NOT_A_PAIR = "not a prompt and an answer; put 'dialogue' or 'prompt' into the writer's steps"


class _Pair(msgspec.Struct, frozen=True, gc=False):
    prompt: str
    completion: str


class PairWriter(Writer):
    """`{"prompt": ..., "completion": ...}`, from a user message and the answer to it. A subclass has a name, and
    `most_logprobs` where the provider gives log probabilities.

    An answer to nothing has an empty prompt. Longer conversations are made a pair by the steps `dialogue` and `prompt`.
    """

    shape: ClassVar[Literal["chat", "completion"]] = "completion"
    added_tokens: ClassVar[int] = 0
    """What a trainer puts behind each completion, in tokens."""

    allow_empty: bool = False
    """Keep examples whose completion is empty or white space; otherwise they are dropped."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """The encoder: per example, or per batch with `encode_all`."""
        return _Encoder(self.allow_empty)

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        return _Encoder(self.allow_empty)(example)

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether the row has a text as prompt and one as completion."""
        return isinstance(row, Mapping) and all(isinstance(row.get(key), str) for key in ("prompt", "completion"))

    @classmethod
    def decode(cls, row: Any) -> Example:
        """A user message, unless the prompt is empty, and the answer; other keys are the example's own."""
        if not isinstance(row, Mapping):
            raise ValueError(f"a line has to be a JSON object, not {type(row).__name__}")
        for key in ("prompt", "completion"):
            if not isinstance(row.get(key), str):
                raise ValueError(f"'{key}' has to be a text" if key in row else f"it has no '{key}'")
        asked = (Message("user", row["prompt"]),) if row["prompt"] else ()
        extra = {key: value for key, value in row.items() if key not in ("prompt", "completion")}
        return Example(messages=(*asked, Message("assistant", row["completion"])), extra=extra)

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """Prompt and completion as one text: tokens reach over the seam."""
        return ["".join([message.text for message in example.messages])], self.added_tokens

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


class _Encoder:
    """What the engine calls per example, or per batch."""

    def __init__(self, allow_empty: bool):
        self._allow_empty = allow_empty

    def __call__(self, example: Example) -> Any:
        messages = example.messages
        if len(messages) == 2 and not (example.tools or example.extra or example.rejected):
            asked, answer = messages
            prompt, completion = asked.content, answer.content
            if (
                asked.role == "user"
                and answer.role == "assistant"
                and prompt.__class__ is str
                and completion.__class__ is str
                and completion
                and not completion.isspace()
                and not (answer.weight == 0 or answer.tool_calls or answer.reasoning or asked.reasoning)
            ):
                return _Pair(prompt, completion)
        return self._unusual(example)

    def encode_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for a batch."""
        return list(map(self, examples))

    def _unusual(self, example: Example) -> Any:
        messages = example.messages
        if (drop := self._refusal(messages)) is not None:
            return drop
        row = _Pair(messages[0].text if len(messages) == 2 else "", messages[-1].text)
        lost = _lost(example)
        return Lossy(row, lost) if lost else row

    def _refusal(self, messages: tuple[Message, ...]) -> Drop | None:
        if tuple([message.role for message in messages]) not in _SHAPES:
            roles = ", ".join(message.role for message in messages)
            return Drop(NOT_A_PAIR, f"its messages: {roles}") if messages else Drop("no messages")
        answer = messages[-1]
        if answer.weight == 0:
            return Drop("the last answer is not trained", "its weight is 0")
        if answer.tool_calls:
            return Drop("a completion cannot hold tool calls")
        if any(message.content.__class__ is not str and _has_image(message) for message in messages):
            return Drop("a completion cannot hold images")
        return Drop("empty answer") if not self._allow_empty and not answer.text.strip() else None


def _has_image(message: Message) -> bool:
    return any(isinstance(part, Image) for part in message.content)


def _lost(example: Example) -> tuple[str, ...]:
    messages = example.messages
    lost = {
        "tools": example.tools,
        "rejected": example.rejected,
        "reasoning": any(message.reasoning for message in messages),
        "text parts": not all(isinstance(message.content, str) for message in messages),
    }
    return tuple(sorted({what for what, there in lost.items() if there} | set(example.extra)))
