"""What an unquoted word is: the strict part of YAML 1.2, so that `no`, `010`, `12:30` and dates stay text."""

from __future__ import annotations

import math
import re

_INT = re.compile(r"0|-?[1-9][0-9]{0,17}")
_FLOAT = re.compile(r"-?(?:(?:0|[1-9][0-9]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?|(?:0|[1-9][0-9]*)[eE][-+]?[0-9]+)")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar.

    Booleans are `true` and `false` only; nothing, `~` and `null` are null; integers have no leading zero and at most
    18 digits (longer ones are ids rather than numbers, and JSON readers would round them); floats may be `1e3`.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
