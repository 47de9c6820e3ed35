"""From tags to entities: B/I/O, B/I/E/S/O, B/I/L/U/O and I-only tags (the CoNLL-2003 way, IOB1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_BEGINS = frozenset("BSU")
_ENDS = frozenset("ESLU")


def joined(tokens: Sequence[str]) -> tuple[str, list[int]]:
    """The tokens as a sentence, one space between them; and where each begins. White space that the file does not tell
    is not guessed."""
    starts, at = [], 0
    for token in tokens:
        starts.append(at)
        at += len(token) + 1
    return " ".join(tokens), starts


def entities(tokens: Sequence[str], tags: Sequence[str]) -> list[dict[str, Any]]:
    """The entities, with their type and place in the sentence, in characters."""
    text, starts = joined(tokens)
    found: list[dict[str, Any]] = []
    begin: int | None = None
    kind = ""
    for i, tag in enumerate([*tags, "O"]):
        mark, type_ = _parts(tag)
        goes_on = begin is not None and mark not in _BEGINS and mark != "O" and type_ == kind
        if begin is not None and not goes_on:
            end = starts[i - 1] + len(tokens[i - 1])
            found.append({"text": text[starts[begin] : end], "type": kind, "start": starts[begin], "end": end})
            begin = None
        if begin is None and mark != "O":
            begin, kind = i, type_
        if begin is not None and mark in _ENDS:
            end = starts[i] + len(tokens[i])
            found.append({"text": text[starts[begin] : end], "type": kind, "start": starts[begin], "end": end})
            begin = None
    return found


def _parts(tag: str) -> tuple[str, str]:
    """The mark and the type of a tag; a tag without a mark is a type by itself."""
    if tag in ("O", "_", ""):
        return "O", ""
    mark, dash, type_ = tag.partition("-")
    return (mark, type_) if dash and mark in ("B", "I", "E", "S", "L", "U", "M") else ("I", tag)
