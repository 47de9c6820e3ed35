"""Characters that nobody sees, made visible; the borders of tokens and the ends of prompts and answers told beside
them. Plain data, for the page and for the terminal."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, Literal

import msgspec

from ..trained import Segment, Token

Sort = Literal["text", "space", "newline", "tab", "hidden"]

_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u070f\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
"""Controls, marks of direction, spaces of other widths and of none, fillers, halves of characters, private ones."""
_MARK = re.compile(f"(?P<space> +)|(?P<newline>\n)|(?P<tab>\t)|(?P<hidden>[{_HIDDEN}])")
_NAMES = {0x00: "null", 0x08: "backspace", 0x0D: "carriage return", 0x1B: "escape", 0x7F: "delete",
          0xFEFF: "byte order mark"}  # fmt: skip
MARKS = {"·": "space", "↵": "end of line", "→": "tab", "U+200B": "any other character that is not seen, by its number"}
"""What the marks mean, for a legend."""


class Run(msgspec.Struct, frozen=True):
    """A stretch of text that is shown in one way."""

    text: str
    """As it is."""
    shown: str
    """To print: no control character but the line end of a newline."""
    kind: Sort = "text"
    name: str = ""
    """What a mark stands for, e.g. `zero width space`."""
    end: str = ""
    """`separator` or `stop sequence`, where it is of one."""
    token: int = -1
    """Number (from 0) of the token it belongs to; -1 where tokens are not known."""


def runs(text: str, tokens: Sequence[Token] = (), ends: Mapping[str, str] | None = None) -> list[Run]:
    """The text in runs, which end where tokens do. `ends` names texts to be told apart, as `ends_of` gives them."""
    borders = list(accumulate(len(token.text) for token in tokens))
    spans = list(_spans(text, ends or {}))
    starts = [start for start, _, _ in spans]
    cuts = sorted({0, len(text), *borders, *starts, *(stop for _, stop, _ in spans)})
    made = []
    for start, stop in pairwise(cuts):
        span = spans[bisect_right(starts, start) - 1] if starts and starts[0] <= start else (0, 0, "")
        end = span[2] if start < span[1] else ""
        token = bisect_right(borders, start) if tokens else -1
        made += [Run(*one, end, token) for one in _marked(text[start:stop])]
    return made


def ends_of(facts: Mapping[str, Any], segment: Segment) -> dict[str, str]:
    """Text -> what it is: the separator that a prompt ends with, the stop sequences of a completion, as the contract's
    facts tell them."""
    key, name = {"prompt": ("separator", "separator"), "completion": ("stop", "stop sequence")}.get(
        segment.role, ("", "")
    )
    said = facts.get(key) or ()
    return {text: name for text in ([said] if isinstance(said, str) else said) if isinstance(text, str) and text}


@cache
def named(character: str) -> str:
    """What a character that is not seen is called."""
    code = ord(character)
    by_range = "half of a character" if 0xD800 <= code < 0xE000 else "character without a name"
    fallback = "control character" if unicodedata.category(character) == "Cc" else by_range
    return _NAMES.get(code) or unicodedata.name(character, fallback).lower()


def _spans(text: str, ends: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    if ends:
        longest = sorted(ends, key=len, reverse=True)
        for match in re.finditer("|".join(map(re.escape, longest)), text):
            yield match.start(), match.end(), ends[match[0]]


def _marked(text: str) -> Iterator[tuple[str, str, Sort, str]]:
    at = 0
    for match in _MARK.finditer(text):
        if at < match.start():
            plain = text[at : match.start()]
            yield plain, plain, "text", ""
        yield _mark(match[0], match.lastgroup)
        at = match.end()
    if at < len(text):
        yield text[at:], text[at:], "text", ""


def _mark(found: str, kind: str | None) -> tuple[str, str, Sort, str]:
    if kind == "space":
        return found, "·" * len(found), "space", ""
    if kind == "newline":
        return found, "↵\n", "newline", ""
    if kind == "tab":
        return found, "→", "tab", ""
    return found, f"U+{ord(found):04X}", "hidden", named(found)
