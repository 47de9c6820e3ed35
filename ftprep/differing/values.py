"""What differs between two JSON values, as a list of places with what stood there before and after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

import msgspec
from msgspec import UNSET

_LONGEST = 400
"""Items of a list that are still laid beside each other; longer lists are compared as they stand."""


class Change(msgspec.Struct, frozen=True):
    """One value that differs. What was not there has no `before`, what is no longer there no `after`."""

    path: str
    """`transform[1].window.context`; items count from 0, in what they stand in now, or stood in where they are gone."""
    before: Any = UNSET
    after: Any = UNSET


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """What differs, in the order of `after`; `UNSET` stands for what is not there.

    Items of lists that are equal belong together. Between them, those of one name do, in turn: a step of a recipe is
    named by itself or its only key, a message by its role, another mapping by its keys.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_mappings(before, after, path)
    elif _is_list(before) and _is_list(after):
        yield from _of_lists(before, after, path)
    elif _named(before, after):
        yield from changes(_as_mapping(before), _as_mapping(after), path)
    elif _text(before) != _text(after):
        yield Change(path, before, after)


def _of_mappings(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Change]:
    for key in [*after, *(key for key in before if key not in after)]:
        inner = f"{path}.{key}" if path else str(key)
        yield from changes(before.get(key, UNSET), after.get(key, UNSET), inner)


def _of_lists(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Change]:
    for one, other in _aligned(before, after):
        at = other if other is not None else one
        yield from changes(
            before[one] if one is not None else UNSET, after[other] if other is not None else UNSET, f"{path}[{at}]"
        )


def _aligned(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    """The positions of items that belong together, equal ones left out; None where there is no counterpart."""
    if max(len(before), len(after)) > _LONGEST:
        for i in range(max(len(before), len(after))):
            yield i if i < len(before) else None, i if i < len(after) else None
        return
    for a, b, c, d in _unequal(list(map(_text, before)), list(map(_text, after))):
        yield from _by_name([_name(item) for item in before[a:b]], [_name(item) for item in after[c:d]], a, c)


def _by_name(old: Sequence[str], new: Sequence[str], a: int, c: int) -> Iterator[tuple[int | None, int | None]]:
    i = j = 0
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        yield from ((a + n, None) for n in range(i, block.a))
        yield from ((None, c + n) for n in range(j, block.b))
        yield from ((a + block.a + n, c + block.b + n) for n in range(block.size))
        i, j = block.a + block.size, block.b + block.size


def _unequal(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return ((a, b, c, d) for what, a, b, c, d in matcher.get_opcodes() if what != "equal")


def _name(item: Any) -> str:
    """What an item of a list is called: items of one name may be two states of one thing."""
    if isinstance(item, Mapping):
        return str(item["role"]) if "role" in item else "+".join(item)
    return item if isinstance(item, str) else type(item).__name__


def _named(before: Any, after: Any) -> bool:
    """Whether one is a name, and the other the same name with options: `dedupe`, `dedupe: {normalise: true}`."""
    one, other = (before, after) if isinstance(before, str) else (after, before)
    return isinstance(one, str) and isinstance(other, Mapping) and list(other) == [one]


def _as_mapping(value: Any) -> Any:
    return {value: UNSET} if isinstance(value, str) else value


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _text(value: Any) -> str:
    """The value as text that is equal for equal values only: 1, 1.0 and true are three."""
    return "" if value is UNSET else json.dumps(value, sort_keys=True, ensure_ascii=False)
