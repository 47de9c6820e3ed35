r"""Decoding that hides nothing: what msgspec accepts without a word (duplicate keys, deep nesting) is found too.

The fast way decodes a block with msgspec and proves with three counts in C that no key was lost and no line is deep;
only where a count differs, or msgspec refuses, is each value looked at alone and the fault named with its place.

*Duplicate keys.* The rows are encoded again, and the colons compared. JSON text has a colon for each key and those
inside its strings; encoding writes the same ones, but none for a key that was lost. No other way of writing changes
the number, except a colon written as an escape (`\u003a`): such text is always looked at alone. So equal numbers
prove that no key stood twice.

*Depth.* A value nested deeper than `DEEPEST` has more openers than that. Every object has at least one, so a block
whose openers do not exceed its rows by so many has no such value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from .faults import DEEPEST, explain, wrong_kind

OBJECT: msgspec.json.Decoder[Any] = msgspec.json.Decoder(dict[str, Any])
ARRAY: msgspec.json.Decoder[Any] = msgspec.json.Decoder(list[Any])
ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
_encoder = msgspec.json.Encoder()


def decode(raw: bytes, decoder: msgspec.json.Decoder[Any]) -> Any:
    """The value of one JSON text, or the Fault in it."""
    try:
        value = decoder.decode(raw)
    except (ValueError, RecursionError):  # msgspec's errors and UnicodeDecodeError are ValueErrors
        kind = "array" if decoder.type == list[Any] else "object"
        return explain(raw) or wrong_kind(raw, kind)
    return value if _sound([raw], [value]) else explain(raw) or value


def decode_all(raws: Sequence[bytes], decoder: msgspec.json.Decoder[Any]) -> list[Any] | None:
    """The values of many; None where one of them has a fault."""
    try:
        values = list(map(decoder.decode, raws))
    except (ValueError, RecursionError):
        return None
    return values if _sound(raws, values) else None


def _sound(raws: Sequence[bytes], values: Sequence[Any]) -> bool:
    text = b"".join(raws)
    many = text.count(b"{") + text.count(b"[") >= len(raws) + DEEPEST
    if many and any(raw.count(b"{") + raw.count(b"[") > DEEPEST and _is_deep(raw) for raw in raws):
        return False
    escaped = b"\\u003" in text and (b"\\u003a" in text or b"\\u003A" in text)
    return not escaped and _encoder.encode_lines(values).count(b":") == text.count(b":")


def _is_deep(raw: bytes) -> bool:
    """Whether well-formed JSON is nested too deeply: of its brackets alone, the innermost pairs go at each turn."""
    brackets = _STRING.sub(b"", raw).translate(_BRACKETS, _OTHERS)
    for _ in range(DEEPEST):
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
