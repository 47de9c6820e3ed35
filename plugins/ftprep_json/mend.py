"""Texts that are nearly JSON, as people and their programs write them: read on request, and always said."""

from __future__ import annotations

import ast
import json
import re
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import msgspec

from ftprep import Finding, Source

from .decoding import decode
from .faults import Fault

_MENDABLE = frozenset(("not JSON", "NaN or Infinity"))
"""Reasons of Faults that may be mended: nothing is lost, and nothing guessed."""
LONGEST = 1 << 22
"""Bytes of a text that is tried: the parser of Python wants many times as much."""
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_COMMA = re.compile(rf"({_STRING})|,(\s*+[\]}}])", re.DOTALL)
_CONSTANT = re.compile(rf"({_STRING})|-?\b(?:NaN|Infinity)\b", re.DOTALL)
_SAID = {
    "FT222": ("a comma too many", "take the comma away before } or ], or at the end of the line; it was left out here"),
    "FT223": ("Python's way of writing, not JSON", "write the file with json.dumps, not with str or print"),
    "FT224": ("NaN or Infinity, which JSON has not got", "write null, as was read here"),
}
_QUIET = threading.Lock()


def mended(raw: bytes, fault: Fault, decoder: msgspec.json.Decoder[Any]) -> tuple[Any, str] | None:
    """The value of a text that is nearly JSON, and the code of what is wrong with it; None: it is beyond that."""
    if len(raw) > LONGEST or fault.reason not in _MENDABLE:
        return None
    for code, text in _attempts(raw.decode("utf-8", "replace").strip()):
        value = decode(text.encode("utf-8", "surrogatepass"), decoder)
        if not isinstance(value, Fault):
            return value, code
    return None


def said(code: str, place: Source) -> Finding:
    """What was mended in a row."""
    message, hint = _SAID[code]
    return Finding(code, message, hint, "error", source=place)


def _attempts(text: str) -> Iterator[tuple[str, str]]:
    text, whole = text.rstrip(" \t\r\n,"), text
    plain = _COMMA.sub(lambda found: found[1] or found[2], text)
    if plain != whole:
        yield "FT222", plain
    nulls = _CONSTANT.sub(lambda found: found[1] or "null", plain)
    if nulls != plain:
        yield "FT224", nulls
    if (value := _literal(text)) is not None:
        yield "FT223", value


def _literal(text: str) -> str | None:
    """The JSON of what Python wrote; the lock is for `catch_warnings`, which keeps what it restores in one place."""
    try:
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text, mode="eval")
        if any(isinstance(node, ast.Dict) and _twice(node) for node in ast.walk(tree)):
            return None
        return json.dumps(ast.literal_eval(tree), ensure_ascii=False)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _twice(node: ast.Dict) -> bool:
    """A key stands twice, or is no text."""
    keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
    return len(set(keys)) < len(keys) or not all(isinstance(key, str) for key in keys)
