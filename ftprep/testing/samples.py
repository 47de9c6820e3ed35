"""Samples of everything a step may meet: examples of every kind, hostile ones among them, files, and a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from ..example import Example, Image, Message, Source, Text, ToolCall
from ..steps import ModelFacts, StepRun, Writer

_TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def _talk(*texts: str, **more: Any) -> Example:
    roles: tuple[Literal["user"], Literal["assistant"]] = ("user", "assistant")
    return Example(messages=tuple(Message(roles[n % 2], text) for n, text in enumerate(texts)), **more)


def _examples() -> Sequence[Example]:
    call = ToolCall("call_1", "weather", '{"city": "Bern"}')
    told = (
        Message("user", "What is the weather in Bern?"),
        Message("assistant", "", tool_calls=(call,)),
        Message("tool", "4 degrees", tool_call_id="call_1"),
        Message("assistant", "It is 4 degrees in Bern."),
    )
    picture = (Text("What is this?"), Image("https://example.org/cat.png", "low"))
    return [
        _talk("Hello", "Hi! How can I help?", fields={"text": "Hello", "label": "greeting"}),
        _talk("Hello", "Hi!", "And who are you?", "A bot.", fields={"text": "Hello", "label": "greeting"}),
        Example(messages=(Message("system", "Be brief."), *_talk("Why?", "Because.").messages)),
        Example(messages=(Message("developer", "Be brief."), *_talk("Why?", "Because.").messages)),
        Example(messages=told, tools=(_TOOL,), fields={"city": "Bern"}),
        Example(messages=(Message("user", picture), Message("assistant", "A cat."))),
        _talk("Which one?", "The good one.", rejected=(Message("assistant", "The bad one."),)),
        Example(messages=(Message("user", "1"), Message("assistant", "2", weight=0), *_talk("3", "4").messages)),
        Example(messages=(Message("user", "1", name="Ann"), Message("assistant", "2", reasoning="1 + 1", weight=1))),
        _talk("Grüße \N{DIGIT ONE}\ufe0f\u20e3 \U0001f469\u200d\U0001f52c", "שלום \u200f\u202eabc\u202c e\u0301"),
        _talk("tabs\tand\r\nlines\n\n", " leading and trailing "),
        _talk("NUL \x00 and ### and \\n and {braces} and <|endoftext|>", "\"quotes\", commas; and 'more'"),
        _talk("no answer", ""),
        _talk("only space", " \n\t"),
        _talk("it ends with the user", "yes", "really?"),
        Example(messages=(Message("system", "nothing was said"),)),
        Example(messages=(Message("assistant", "an answer to nothing"),)),
        _talk("long " * 2000, "text " * 2000),
        _talk("same", "same", group="g", extra={"parallel_tool_calls": False, "note": [1, {"a": None}]}),
        Example(fields={"text": "no messages yet", "label": "none", "n": 7, "x": 1.5, "yes": True, "none": None}),
        Example(fields={"text": "", "label": "", "list": [1, "two", None], "object": {"a": {"b": []}}}),
        Example(fields={" odd name ": "\ufeff", "": "a column without a name", "Ä{}": "x"}),
        Example(),
    ]


EXAMPLES: tuple[Example, ...] = tuple(
    example.with_(source=Source("samples.txt", n, n)) for n, example in enumerate(_examples(), 2)
)
"""Examples of every kind: plain, with tools, images, weights, a rejected answer; empty, odd and long ones."""

HEADS: dict[str, bytes] = {
    "an empty file": b"",
    "one newline": b"\n",
    "NUL bytes": b"\x00" * 4096,
    "bytes that are no text": bytes(range(256)) * 16,
    "text that is not UTF-8": "Grüße;Größe\n".encode("cp1252") * 50,
    "UTF-16 text": "a;b\n1;2\n".encode("utf-16"),
    "half a zip archive": b"PK\x03\x04" + b"\x14\x00" * 200,
    "one long line": b"a" * 1_000_000,
    "an open quote": b'a;b\n"1;2\n' + b"3;4\n" * 1000,
    "an open bracket": b'[{"a": [' * 2000,
    "carriage returns": b"a;b\r1;2\r",
}
"""Files that no reader is glad of: it may read them or refuse them with a DataError, and nothing else."""


class Plain(Writer):
    """A format as plain as can be, for checks that ask what is written: a list of roles and texts."""

    name: ClassVar[str] = "plain"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    most_logprobs: ClassVar[int] = 20

    def encode(self, example: Example) -> Any:
        """The roles and texts."""
        return [[message.role, message.text] for message in example.messages]

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """The text of each message."""
        return [message.text for message in example.messages], facts.message_tokens * len(example.messages)


def _pieces(texts: Sequence[str]) -> list[list[bytes]]:
    return [[word.encode() for word in re.findall(r"\s*\S+|\s+", text)] for text in texts]


def sample_run(writer: Writer | None = None) -> StepRun:
    """A run to try steps in: a model whose tokens are words, and a writer (default: a plain chat format)."""
    facts = ModelFacts(name="sample", tokenizer="words", context=1000, training_limit=1000)
    return StepRun(
        model=facts,
        writer=writer or Plain(),
        count=lambda texts: [len(pieces) for pieces in _pieces(texts)],
        pieces=_pieces,
        split_of=lambda example: "train",
        speakers={"user": "User", "assistant": "Assistant"},
    )
