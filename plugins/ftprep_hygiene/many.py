"""The texts of many examples at once: most have nothing to find, and are not looked at one by one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain
from operator import attrgetter, is_
from typing import Any

from ftprep import Example

from .texts import texts

_SAID, _CONTENT = attrgetter("messages"), attrgetter("content")
_ASIDE = (attrgetter("name"), attrgetter("reasoning"), attrgetter("tool_calls"))
_ALSO = (attrgetter("rejected"), attrgetter("tools"))
_FEW = 16
_Contents = tuple[list[str], list[int]] | None
_latest: tuple[Sequence[Example], _Contents] = ((), ([], []))
"""The block looked at last: several checks ask for the contents of the same one."""


def contents(examples: Sequence[Example]) -> _Contents:
    """The contents of all messages, and how many there are up to the end of each example; None where one of the
    examples has more to it: parts, names, reasoning, calls, tools, rejected answers."""
    global _latest
    block, found = _latest
    if len(examples) < _FEW or len(block) != len(examples) or not all(map(is_, block, examples)):
        found = _contents(examples)
        _latest = (tuple(examples), found) if len(examples) >= _FEW else _latest
    return found


def _contents(examples: Sequence[Example]) -> _Contents:
    said = list(map(_SAID, examples))
    flat = list(chain.from_iterable(said))
    found: list[Any] = list(map(_CONTENT, flat))
    aside = any(any(map(part, flat)) for part in _ASIDE) or any(any(map(part, examples)) for part in _ALSO)
    if aside or not set(map(type, found)) <= {str}:
        return None
    return found, list(accumulate(map(len, said)))


def texts_of(examples: Sequence[Example]) -> tuple[list[str], list[int]]:
    """The `texts` of all examples, and how many there are up to the end of each."""
    plain = contents(examples)
    if plain is not None:
        return plain
    lists = list(map(texts, examples))
    return list(chain.from_iterable(lists)), list(accumulate(map(len, lists)))


def looked(
    examples: Sequence[Example], ends: Sequence[int], doubtful: Iterable[int], look: Callable[[Example], Any]
) -> list[Any]:
    """What `look` gives for the examples that have doubtful texts, and None for all others."""
    looks: list[Any] = [None] * len(examples)
    for at in {bisect_right(ends, place) for place in doubtful}:
        looks[at] = look(examples[at])
    return looks
