"""A recipe given from Python becomes the same tree as one from a file; its nodes have no lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from .build import MAX_DEPTH, MAX_NODES
from .node import IN_PYTHON, Entry, Keys, Node, Notes, Place, branch, make_problem

_PLACE = Place(IN_PYTHON)


class _TooMuch(Exception):
    pass


def from_mapping(source: Mapping[Any, Any], notes: Notes) -> Node | None:
    """The tree of a mapping; None for one without end. Texts are taken as they are: `"no"` is text, `"5"` too."""
    try:
        return _Taker(notes).node(source, ())
    except _TooMuch:
        limit = f"nested more than {MAX_DEPTH} levels deep, or more than {MAX_NODES:,} values"
        notes.add("FT105", _PLACE, limit, "a recipe holds options, not data; give data by data=")
        return None


class _Taker:
    def __init__(self, notes: Notes):
        self.notes, self.nodes = notes, 0

    def node(self, value: Any, path: Keys) -> Node:
        self.nodes += 1
        if len(path) > MAX_DEPTH or self.nodes > MAX_NODES:
            raise _TooMuch
        if isinstance(value, Mapping):
            entries = {self._key(key, path): self.node(item, (*path, str(key))) for key, item in value.items()}
            return branch({key: Entry(_PLACE, node) for key, node in entries.items()}, _PLACE)
        if isinstance(value, (list, tuple)):
            return branch([self.node(item, (*path, n)) for n, item in enumerate(value)], _PLACE)
        return Node(self._scalar(value, path), _PLACE)

    def _key(self, key: Any, path: Keys) -> str:
        if not isinstance(key, str) and type(key) is not int:
            self._refuse(path, f"the key {key!r} is no text", "keys of a recipe are texts")
        return str(key)

    def _scalar(self, value: Any, path: Keys) -> Any:
        if isinstance(value, PurePath):
            return value.as_posix()
        if value is None or type(value) in (str, bool):
            if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
                self._refuse(path, "a text with half a character (a lone surrogate)", "repair the text")
            return value
        if type(value) is int and abs(value) < 1 << 63:
            return value
        if type(value) is float and math.isfinite(value):
            return value
        hint = "use text, finite numbers (integers of 64 bits), true, false, None, lists and mappings"
        self._refuse(path, f"a value of type {type(value).__name__} cannot stand here", hint)
        return None

    def _refuse(self, path: Keys, message: str, hint: str) -> None:
        self.notes.take(make_problem("FT107", _PLACE, message, hint, path=path))
