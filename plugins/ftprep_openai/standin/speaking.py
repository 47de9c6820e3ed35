"""How a model speaks: which answer, up to where, and how likely each of its tokens was."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from .learned import Reply
from .world import fraction

_TOKEN = re.compile(r" ?[^\W\d_]+| ?\d{1,3}| ?[^\w\s]+|_+|\s+")
END = "<|endoftext|>"
_COMMON = (" the", " a", ".", ",", " and", " of", " to", " I", " is", " in", "\n", " it", " you", " that", " for",
           " on", " with", " as", " was", " at", " be")  # fmt: skip
_SMOOTHING = 0.001
"""Probability that is left for tokens that no answer goes on with."""

Replies = list[tuple[Reply, float]]


@dataclass(frozen=True)
class Token:
    """A token that was said."""

    text: str
    logprob: float
    others: list[tuple[str, float]]
    """The likeliest tokens at its place with their logarithms, itself among them where it is one."""


@dataclass(frozen=True)
class Spoken:
    """An answer as far as it was said."""

    reply: Reply
    text: str
    tokens: list[Token]
    finish: Literal["stop", "length", "tool_calls"]


def tokens_of(text: str) -> list[str]:
    """The text in pieces, words with the space before them. No vocabulary: near enough to count and to score."""
    return _TOKEN.findall(text)


def choose(replies: Replies, number: int, temperature: float, seed: str) -> Reply:
    """The likeliest reply; of several choices the later ones by chance, as likely as each is."""
    if number == 0 or temperature == 0:
        return replies[0][0]
    point = fraction(f"{seed} {number}")
    for reply, share in replies:
        point -= share
        if point < 0:
            return reply
    return replies[-1][0]


def speak(replies: Replies, reply: Reply, *, most: int | None, stop: list[str], top: int) -> Spoken:
    """Says a reply: up to the first stop sequence, and to so many tokens; with the `top` likeliest at each place."""
    text, finish = _stopped(reply.text, stop), "stop"
    pieces = tokens_of(text)
    if most is not None and len(pieces) > most:
        pieces, finish = pieces[:most], "length"
    alternatives = [([*tokens_of(other.text), END], share) for other, share in replies]
    tokens = [_token(alternatives, pieces, at, top) for at in range(len(pieces))]
    if reply.calls:
        finish = "tool_calls"
    return Spoken(reply, "".join(pieces), tokens, finish)  # type: ignore[arg-type]


def _stopped(text: str, stop: list[str]) -> str:
    ends = [at for sequence in stop if sequence and (at := text.find(sequence)) >= 0]
    return text[: min(ends)] if ends else text


def _token(alternatives: list[tuple[list[str], float]], pieces: list[str], at: int, top: int) -> Token:
    shares: defaultdict[str, float] = defaultdict(float)
    for other, share in alternatives:
        if other[:at] == pieces[:at] and len(other) > at:
            shares[other[at]] += share
    total = sum(shares.values())
    if not total:  # a stop sequence cut a token in two
        shares, total = defaultdict(float, {pieces[at]: 1.0}), 1.0
    likely = {piece: (1 - _SMOOTHING) * share / total for piece, share in shares.items()}
    likely.setdefault(pieces[at], _SMOOTHING / 2)
    for rank, filler in enumerate(_COMMON):
        likely.setdefault(filler, _SMOOTHING / 2 ** (rank + 2))
    ordered = sorted(((piece, _log(share)) for piece, share in likely.items()), key=lambda pair: -pair[1])
    return Token(pieces[at], _log(likely[pieces[at]]), ordered[:top])


def _log(share: float) -> float:
    return round(math.log(share), 8)
