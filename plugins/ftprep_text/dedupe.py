"""The transformer `dedupe`: of examples that say the same, the first one stays."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Any, ClassVar

import msgspec
import xxhash
from pydantic import Field

from ftprep import Column, Example, Message, MissingColumn, Select, StepRun, Text, as_text

Change = Callable[[str], str]
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_digest = xxhash.xxh3_128_digest


class Dedupe(Select):
    """Of examples with the same content only the first stays; the others are drops.

    The content is what is trained: role, text, reasoning and tool calls of all messages, the tools, the rejected
    answer; not names, weights and the ids of calls. Without messages it is all fields. Equal means equal 128-bit hashes
    (xxh3).
    """

    name: ClassVar[str] = "dedupe"

    on: Column | Annotated[list[Column], Field(min_length=1)] | None = None
    """The column or columns that must be equal, instead of the content. Examples with nothing in any of them stay."""
    normalise: bool = False
    """Case, white space and compatibility variants of characters (Unicode NFKC: `ﬁ` is `fi`) make no difference."""

    def start(self, run: StepRun) -> Callable[[Example], bytes | None]:
        """What gives the key of an example; it raises MissingColumn for a column of `on` that is not there."""
        change = normal if self.normalise else None
        if self.on is None:
            return partial(_content_key, change)
        return partial(_column_key, (self.on,) if isinstance(self.on, str) else tuple(self.on), change)

    def key(self, example: Example) -> bytes | None:
        """The key of one example."""
        return self.start(StepRun())(example)

    def reason(self) -> str:
        """One name for all duplicates."""
        return "duplicate"


def normal(text: str) -> str:
    """The text without differences of case, white space and compatibility variants (after Unicode's NFKC_Casefold)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(text.lower().split())


def _content_key(change: Change | None, example: Example) -> bytes:
    if not example.messages:
        fields = example.fields
        return _hash(fields if change is None else {name: change(as_text(value)) for name, value in fields.items()})
    parts = _parts(example.messages, change)
    if example.tools or example.rejected:
        parts.append({"tools": example.tools, "rejected": _parts(example.rejected, change)})
    return _hash(parts)


def _column_key(names: tuple[str, ...], change: Change | None, example: Example) -> bytes | None:
    try:
        values = [example.fields[name] for name in names]
    except KeyError as error:
        raise MissingColumn(error.args[0]) from None
    texts = list(map(as_text, values))
    if not any(text.strip() for text in texts):
        return None
    return _hash(texts if change is None else list(map(change, texts)))


def _parts(messages: Iterable[Message], change: Change | None) -> list[Any]:
    """Role and content of each message in turn, and a list more where it reasons or calls."""
    parts: list[Any] = []
    for message in messages:
        content = message.content
        parts.append(message.role)
        parts.append(content if change is None else _changed(content, change))
        if message.tool_calls or message.reasoning:
            parts.append([message.reasoning, [(call.name, call.arguments) for call in message.tool_calls]])
    return parts


def _changed(content: Any, change: Change) -> Any:
    if isinstance(content, str):
        return change(content)
    return [change(part.text) if isinstance(part, Text) else part for part in content]


def _hash(parts: Any) -> bytes:
    try:
        return _digest(_encode(parts))
    except (OverflowError, ValueError):  # integers above 64 bits; half surrogates in a frame's text
        return _digest(json.dumps(msgspec.to_builtins(parts), sort_keys=True).encode())
