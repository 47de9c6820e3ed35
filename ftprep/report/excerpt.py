"""What is shown of a row that is too long to be shown: the middle of its context goes first."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, chain, zip_longest

import msgspec

from ..trained import Segment, Token

_MOST_SEGMENTS = 40
_MOST_TRAINED = 30
"""Of the segments shown, those that are no context."""
_CONTEXT = 0.15
"""Of the characters, the share that context gets however long the rest is."""


class Stretch(msgspec.Struct, frozen=True):
    """A text of a segment that is shown as it is."""

    text: str
    tokens: Sequence[Token] = ()
    first: int = 0
    """Number of its first token, so that neighbours can be told apart."""


class Excerpt(msgspec.Struct, frozen=True):
    """What is shown of a segment: the whole, or its beginning and its end."""

    segment: Segment
    stretches: tuple[Stretch, ...]
    left_out: int = 0
    """Characters between them."""
    skipped: int = 0
    """Segments before it that are not shown."""


def excerpts(found: Sequence[Segment], cut: Sequence[Sequence[Token]], most: int) -> list[Excerpt]:
    """At most about so many characters of a row. `cut` holds the tokens of each segment, or nothing."""
    shown = _chosen(found)
    room = _rooms([found[at] for at in shown], most)
    numbers = _numbers(found, cut)
    made, before = [], -1
    for at, most_of_it in zip(shown, room, strict=True):
        whole = Stretch(found[at].text, cut[at], numbers[at])
        stretches = _ends(whole, most_of_it)
        left_out = len(whole.text) - sum(len(stretch.text) for stretch in stretches)
        made.append(Excerpt(found[at], stretches, left_out, at - before - 1))
        before = at
    return made


def _chosen(found: Sequence[Segment]) -> list[int]:
    """The segments that are shown: those at both ends before those in the middle."""
    if len(found) <= _MOST_SEGMENTS:
        return list(range(len(found)))
    context = [at for at, segment in enumerate(found) if segment.kind == "context"]
    others = [at for at, segment in enumerate(found) if segment.kind != "context"]
    kept = _inwards(others)[:_MOST_TRAINED]
    return sorted([*kept, *_inwards(context)[: _MOST_SEGMENTS - len(kept)]])


def _inwards(places: Sequence[int]) -> list[int]:
    """The last, the first, the last but one, the second, …"""
    half = (len(places) + 1) // 2
    ends = zip_longest(places[: half - 1 : -1] if half < len(places) else (), places[:half])
    return [at for at in chain.from_iterable(ends) if at is not None]


def _rooms(found: Sequence[Segment], most: int) -> list[int]:
    """How many characters of each segment are shown."""
    context = [len(segment.text) for segment in found if segment.kind == "context"]
    others = [len(segment.text) for segment in found if segment.kind != "context"]
    for_others = most - min(sum(context), int(most * _CONTEXT))
    other_rooms = iter(_filled(others, for_others))
    context_rooms = iter(_filled(context, most - min(sum(others), for_others)))
    return [next(context_rooms if segment.kind == "context" else other_rooms) for segment in found]


def _filled(sizes: Sequence[int], most: int) -> list[int]:
    """As much for each as the others leave it: the short ones whole, the long ones equally much."""
    left, rooms = most, [0] * len(sizes)
    order = sorted(range(len(sizes)), key=lambda at: sizes[at])
    for done, at in enumerate(order):
        rooms[at] = min(sizes[at], left // (len(sizes) - done))
        left -= rooms[at]
    return rooms


def _numbers(found: Sequence[Segment], cut: Sequence[Sequence[Token]]) -> list[int]:
    """Number of each segment's first token; one that goes on over a seam keeps its number."""
    numbers, following = [], 0
    for segment, tokens in zip(found, cut, strict=True):
        start = following if segment.joined else 0
        numbers.append(start)
        following = start + len(tokens) - (1 if tokens and tokens[-1].count == 0 else 0)
    return numbers


def _ends(whole: Stretch, room: int) -> tuple[Stretch, ...]:
    """The beginning and the end of a text, cut where tokens end."""
    if len(whole.text) <= room:
        return (whole,)
    borders = [0, *accumulate(len(token.text) for token in whole.tokens)]
    first = _border(borders, room // 2)
    last = len(whole.text) - _border([len(whole.text) - at for at in reversed(borders)], room - room // 2)
    head = _part(whole, borders, 0, first)
    return (head, _part(whole, borders, last, len(whole.text)))


def _border(borders: Sequence[int], at: int) -> int:
    """The last border before a place; the place itself where there is none."""
    return borders[bisect_right(borders, at) - 1] or at


def _part(whole: Stretch, borders: Sequence[int], start: int, stop: int) -> Stretch:
    """The text between two places, with the tokens that lie in it."""
    first = max(bisect_right(borders, start) - 1, 0)
    tokens = []
    for at in range(first, min(bisect_left(borders, stop), len(whole.tokens))):
        token = whole.tokens[at]
        text = token.text[max(start - borders[at], 0) : stop - borders[at]]
        tokens.append(Token(text, token.count))
    return Stretch(whole.text[start:stop], tokens, whole.first + first)
