"""What differs between two texts, in words: `the [-mood-]{+tone+} of the text`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_AROUND = 6
"""Words, spaces and marks that are shown on each side of what differs."""
_MOST = 400
"""Of each text, the words in which differences are looked for, from the first that differs."""
_LONGEST = 240
"""Characters of all that is told of two texts."""
_LONGEST_PART = 80
"""Characters of one piece that went or came."""


def word_diff(before: str, after: str) -> str:
    """What went stands in `[-…-]`, what came in `{+…+}`, with a few words around; `…` stands for what is left out."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    head, tail = old[:start], old[len(old) - end :]
    middle = "".join(_pieces(old[start : len(old) - end], new[start : len(new) - end]))
    left = ("…" if len(head) > _AROUND else "") + "".join(head[-_AROUND:])
    right = "".join(tail[:_AROUND]) + ("…" if len(tail) > _AROUND else "")
    return f"{left}{middle}{right}"


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    n = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        n += 1
    return n


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """What differs, and what stands between, until it gets long."""
    more = len(old) > _MOST or len(new) > _MOST
    told = 0
    old, new = old[:_MOST], new[:_MOST]
    for same, gone, come in _runs(old, new):
        if told > _LONGEST:
            more = True
            break
        text = _between(gone) if same else _gone(gone) + _come(come)
        told += len(text)
        yield text
    if more:
        yield " …"


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """What is the same and what differs in turn; a space between two words that differ is a part of both."""
    gone: list[str] = []
    come: list[str] = []
    space: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal" and (gone or come) and "".join(old[a:b]).isspace():
            space = list(old[a:b])
        elif what == "equal":
            yield from [(False, gone, come)] if gone or come else []
            yield True, old[a:b], ()
            gone, come = [], []
        else:
            gone, come, space = [*gone, *space, *old[a:b]], [*come, *space, *new[c:d]], []
    if gone or come:
        yield False, gone, come


def _between(words: Sequence[str]) -> str:
    if len(words) <= 3 * _AROUND:
        return "".join(words)
    return f"{''.join(words[:_AROUND])}…{''.join(words[-_AROUND:])}"


def _gone(words: Sequence[str]) -> str:
    return f"[-{_cut(''.join(words))}-]" if words else ""


def _come(words: Sequence[str]) -> str:
    return f"{{+{_cut(''.join(words))}+}}" if words else ""


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_PART else f"{text[: _LONGEST_PART - 1]}…"
