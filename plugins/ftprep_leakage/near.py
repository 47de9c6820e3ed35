"""Near-duplicates: texts that share most of their runs of three words, found through MinHash bands (rensa)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import xxhash

from ftprep import RecipeError

PERMUTATIONS = 128
_SEED = 42


def shingles(text: str) -> list[str]:
    """Runs of three words; the text itself where it has fewer."""
    words = text.split()
    return [" ".join(words[i : i + 3]) for i in range(len(words) - 2)] or [text]


def likeness(one: str, other: str) -> float:
    """The share of runs that two texts have in common (Jaccard), exact."""
    a, b = set(shingles(one)), set(shingles(other))
    return len(a & b) / len(a | b) if a | b else 1.0


def bands(threshold: float) -> Callable[[str], list[bytes]]:
    """A function that gives the keys of a text: two texts as like as the threshold share one of them with a chance of
    more than 98 %. Raises RecipeError where rensa is not installed."""
    try:
        from rensa import RMinHash
    except ImportError:
        hint = "install it with: pip install 'ftprep[near-dup]'"
        raise RecipeError("'near' needs the package rensa", hint=hint) from None
    rows = _rows(threshold)

    def keys(text: str) -> list[bytes]:
        made: Any = RMinHash(PERMUTATIONS, _SEED)
        made.update(shingles(text))
        digest = made.digest()
        parts = (digest[start : start + rows] for start in range(0, PERMUTATIONS - rows + 1, rows))
        return [xxhash.xxh3_128_digest(repr((n, list(part))).encode()) for n, part in enumerate(parts)]

    return keys


@lru_cache
def _rows(threshold: float) -> int:
    """The most rows a band may have: 1 - (1 - t^r)^(n/r) >= 0.98 (Leskovec, Rajaraman, Ullman, ch. 3.4)."""
    fits = [r for r in range(1, 33) if 1 - (1 - threshold**r) ** (PERMUTATIONS // r) >= 0.98]
    return max(fits, default=1)
