"""Seeing to it that steps leave alone what they are given: the first examples, or rows, of each step are compared."""

from __future__ import annotations

import copy
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
        kept = copy.deepcopy(list(given[: self.left])) if self.left else []
        self.left -= len(kept)
        return kept

    def look(self, kept: Sequence[Any], given: Sequence[Any], *places: str) -> None:
        """Raises PluginError where the step changed one of them; `places` is where each came from."""
        for before, after, place in zip(kept, given, places, strict=False):
            if before != after:
                raise broken(self.origin, f"changed the {_part(before, after)} of {place}, which it was given")


def _part(before: Any, after: Any) -> str:
    if not isinstance(before, Example):
        return "columns"
    return next(part for part in _PARTS if getattr(before, part) != getattr(after, part))
