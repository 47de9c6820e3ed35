"""Seeing to it that steps leave alone what they are given: the first examples, or rows, of each step are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..example import Example
from ..planning.broken import broken
from ..registry import Registered

FIRST = 50
"""Examples of each step that are compared: to copy all of them would take longer than the steps."""
_PARTS = ("fields", "messages", "tools", "rejected", "extra", "group", "source")


class Unchanged:
    """Watches the first inputs of one step."""

    def __init__(self, origin: Registered):
        self.origin, self.left = origin, FIRST

    def watch(self, given: Sequence[Any]) -> list[Any]:
        """Copies of what is looked at; none, once enough was."""
        kept = list(map(_copy, given[: self.left])) if self.left else []
        self.left -= len(kept)
        return kept

    def look(self, kept: Sequence[Any], given: Sequence[Any], *places: str) -> None:
        """Raises PluginError where the step changed one of them; `places` is where each came from."""
        for before, after, place in zip(kept, given, places, strict=False):
            if part := _changed(before, _copy(after)):
                what = f"changed the {part} of {place}, which it was given"
                raise broken(self.origin, what, hint=_hint(part))


def _hint(part: str) -> str:
    copy = f"example.with_({part}=…)" if part in _PARTS else "{**row, …}"
    return f"please report this to its maintainer (what is changed has to be a copy: {copy}), or leave the step out"


def _copy(given: Any) -> Any:
    """A copy of what can be changed, the containers. The values stay the same objects: one that is not equal to its
    own copy (not-a-number, an object from Python) is no change."""
    if isinstance(given, Example):
        return [_copy(getattr(given, part)) for part in _PARTS]
    if isinstance(given, dict):
        return {key: _copy(value) for key, value in given.items()}
    if isinstance(given, (list, tuple)):
        return list(map(_copy, given))
    return given


def _changed(before: Any, after: Any) -> str:
    """The part of an example that is another one now, or that a row is; empty where nothing changed."""
    if isinstance(before, dict):
        return "" if before == after else "columns"
    return next((part for part, was, is_ in zip(_PARTS, before, after, strict=True) if [was] != [is_]), "")
