"""Shortening one text until it fits, at a border between words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

Keep = Literal["head", "tail", "middle"]
_WORD = re.compile(r"\s*\S+")


def shorten(text: str, keep: Keep, fits: Callable[[str], bool]) -> str:
    """The longest text of whole words that fits (of characters, where not even one word does); empty: nothing does.

    `head` keeps the beginning, `tail` the end, `middle` both ends with ` … ` between them. What fits is asked about
    twenty times for a long text: whether it does grows with its length but for a token at a seam, so the last steps are
    taken one by one.
    """
    for units in (_WORD.findall(text), list(text)):
        made = _longest(units, keep, fits)
        if made:
            return made
    return ""


def _longest(units: list[str], keep: Keep, fits: Callable[[str], bool]) -> str:
    low, high = 0, len(units)
    while low < high:  # the largest number of units that fits
        middle = (low + high + 1) // 2
        if fits(_kept(units, middle, keep)):
            low = middle
        else:
            high = middle - 1
    while low and not fits(_kept(units, low, keep)):
        low -= 1
    return _kept(units, low, keep) if low else ""


def _kept(units: list[str], n: int, keep: Keep) -> str:
    if n >= len(units):
        return "".join(units)
    if keep == "head":
        return "".join(units[:n]).rstrip()
    if keep == "tail":
        return "".join(units[len(units) - n :]).lstrip()
    front = (n + 1) // 2
    return "".join(units[:front]).rstrip() + " … " + "".join(units[len(units) - (n - front) :]).lstrip()
