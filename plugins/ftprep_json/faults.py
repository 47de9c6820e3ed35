"""What is wrong with a JSON text: found slowly and exactly, for the few texts that are suspicious."""

from __future__ import annotations

import json
import re

import msgspec

DEEPEST = 100
"""Levels of nesting that are read; what works on the rows later may recurse, and Python's limit is 1000 frames."""
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(rf"({_STRING})(\s*+:)?+|[\[\]{{}}]", re.DOTALL)
_CONSTANT = re.compile(rf"{_STRING}|(NaN|-?Infinity)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
_KINDS = {list: "an array", str: "a text", bool: "true or false", int: "a number", float: "a number", dict: "an object"}


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a value: a short reason, where in its text (characters from 0), and the particulars."""

    reason: str
    offset: int
    what: str


def explain(raw: bytes) -> Fault | None:
    """The Fault in a text; None where there is none, or it is only of the wrong kind or has too large a number."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        column = len(raw[: error.start].decode())
        return Fault("not UTF-8", column, f"byte 0x{raw[error.start]:02X}; if the whole file is so, give 'encoding:'")
    return _too_deep(text) or _malformed(text) or _lone_surrogate(text) or _duplicate(text)


def wrong_kind(raw: bytes, wanted: str) -> Fault:
    """The Fault in a text that is sound (`explain` finds nothing) and yet no `wanted` (object, array) for msgspec."""
    is_kind = _KINDS.get(type(json.loads(raw.decode())), "null")
    if is_kind != f"an {wanted}":
        return Fault(f"not a JSON {wanted}", 0, f"it is {is_kind}")
    return Fault("number out of range", 0, "a number is larger than 64-bit floats go (1.8e308)")


def _too_deep(text: str) -> Fault | None:
    """Without recursion, and of any text: before the parser that recurses."""
    depth = 0
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > DEEPEST:
                return Fault("nested too deeply", token.start(), f"more than {DEEPEST} levels")
        elif first in "]}":
            depth -= 1
    return None


def _malformed(text: str) -> Fault | None:
    """Checked by the standard library, which says better than msgspec what it misses; `text` is not deep."""
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return Fault("not JSON", error.pos, error.msg[0].lower() + error.msg[1:])
    except _ConstantError as constant:
        found = next((m for m in _CONSTANT.finditer(text) if m[1]), None)
        return Fault("NaN or Infinity", found.start() if found else 0, f"{constant} is no JSON; write null")
    except ValueError:  # Python's bound on the digits of an integer
        return Fault("number out of range", 0, "an integer of more digits than Python reads")
    return None


def _lone_surrogate(text: str) -> Fault | None:
    if (alone := next((m for m in _ESCAPE.finditer(text) if m[1]), None)) is not None:
        return Fault("lone surrogate", alone.start(), f"{alone[0]} is half of a character; the other half is missing")
    return None


def _duplicate(text: str) -> Fault | None:
    open_objects: list[set[str] | None] = []
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first in "[{":
            open_objects.append(set() if first == "{" else None)
        elif first in "]}":
            open_objects.pop()
        elif token[2] and (keys := open_objects[-1]) is not None:
            key = json.loads(token[1])
            if key in keys:
                return Fault("duplicate key", token.start(), f"the key '{key}' stands twice")
            keys.add(key)
    return None


class _ConstantError(Exception):
    pass


def _refuse_constant(name: str) -> None:
    raise _ConstantError(name)
