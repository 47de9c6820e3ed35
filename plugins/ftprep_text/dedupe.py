"""The transformer `dedupe`: of examples that say the same, the first one stays."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import Annotated, Any, ClassVar

import msgspec
import xxhash
from pydantic import Field

from ftprep import Column, Example, Message, MissingColumn, Select, StepRun, Text, as_text

Change = Callable[[str], str]
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_pack = msgspec.msgpack.Encoder().encode
_digest = xxhash.xxh3_128_digest
_MESSAGES, _TOOLS, _REJECTED = attrgetter("messages"), attrgetter("tools"), attrgetter("rejected")
_ROLE, _CONTENT = attrgetter("role"), attrgetter("content")
_CALLS, _REASONING = attrgetter("tool_calls"), attrgetter("reasoning")


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
            return _ContentKey(change)
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


class _ContentKey:
    """The key of an example's content."""

    def __init__(self, change: Change | None):
        self._change = change

    def __call__(self, example: Example) -> bytes:
        messages, change = example.messages, self._change
        if not messages:
            fields = example.fields
            return _hash(fields if change is None else {name: change(as_text(value)) for name, value in fields.items()})
        if change is None and _usual([example]):
            return _hash((tuple(map(_ROLE, messages)), tuple(map(_CONTENT, messages))))
        said = [_parts(message, change) for message in messages]
        if not (example.tools or example.rejected):
            return _hash(said)
        return _hash([said, {"tools": example.tools, "rejected": [_parts(m, change) for m in example.rejected]}])

    def apply_all(self, examples: Sequence[Example]) -> list[bytes]:
        """The keys of a batch; most of the work for the usual example is done in C."""
        if self._change is not None or not _usual(examples):
            return list(map(self, examples))
        every = map(_MESSAGES, examples)
        try:
            return [_digest(_pack((tuple(map(_ROLE, said)), tuple(map(_CONTENT, said))))) for said in every]
        except (OverflowError, ValueError):
            return list(map(self, examples))


def _usual(examples: Sequence[Example]) -> bool:
    """Whether there are messages, and role and content are all there is to them."""
    said = list(chain.from_iterable(map(_MESSAGES, examples)))
    more = chain(map(_CALLS, said), map(_REASONING, said), map(_TOOLS, examples), map(_REJECTED, examples))
    return all(map(_MESSAGES, examples)) and not any(more)


def _column_key(names: tuple[str, ...], change: Change | None, example: Example) -> bytes | None:
    try:
        values = [example.fields[name] for name in names]
    except KeyError as error:
        raise MissingColumn(error.args[0]) from None
    texts = list(map(as_text, values))
    if not any(text.strip() for text in texts):
        return None
    return _hash(texts if change is None else list(map(change, texts)))


def _parts(message: Message, change: Change | None) -> list[Any]:
    """Role, content and reasoning of a message, and its calls where it has some."""
    content = message.content
    calls = [[(call.name, call.arguments) for call in message.tool_calls]] if message.tool_calls else []
    return [message.role, content if change is None else _changed(content, change), message.reasoning, *calls]


def _changed(content: Any, change: Change) -> Any:
    if isinstance(content, str):
        return change(content)
    return [change(part.text) if isinstance(part, Text) else part for part in content]


def _hash(parts: Any) -> bytes:
    try:
        return _digest(_encode(parts))
    except (OverflowError, ValueError):  # integers above 64 bits; half surrogates in a frame's text
        return _digest(json.dumps(msgspec.to_builtins(parts), sort_keys=True).encode())
