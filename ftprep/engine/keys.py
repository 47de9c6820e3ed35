"""Sixteen-byte keys in a compact table: which were seen before, at about 25 bytes a key.

A Python set of digests takes 113 bytes a key (measured); this is an open-addressing table of two columns of
integers that grows by half, filled and asked a batch at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import xxhash

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST_SIZE = 4099
_MOST_FULL = 0.7
_GROWTH = 1.5
_CHUNK = 65536


def digest(key: bytes | str) -> bytes:
    """The 16 bytes that stand for a key; a key of 16 bytes is taken for a digest already."""
    if isinstance(key, bytes) and len(key) == 16:
        return key
    return xxhash.xxh3_128_digest(key if isinstance(key, bytes) else key.encode("utf-8", "surrogatepass"))


def digests(keys: Sequence[bytes | str]) -> Sequence[bytes]:
    """The digests of many keys; most steps give digests already."""
    if set(map(type, keys)) == {bytes} and set(map(len, keys)) == {16}:
        return keys  # type: ignore[return-value]
    return list(map(digest, keys))


class KeyTable:
    """A set of 16-byte keys that can count how often each was added."""

    def __init__(self, *, counting: bool = False):
        import numpy as np

        self._np = np
        self._counting = counting
        self._filled = 0
        self._make(_FIRST_SIZE)

    def __len__(self) -> int:
        return self._filled

    def seen(self, keys: Sequence[bytes]) -> Sequence[bool | int]:
        """Adds the keys; for each, whether it was there before (earlier in the batch counts)."""
        return self.times(keys)

    def times(self, keys: Sequence[bytes]) -> Sequence[bool | int]:
        """Adds the keys; for each, how often it had been added before (or only whether, if it does not count)."""
        distinct: dict[bytes, bool | int] = dict.fromkeys(keys, 0)
        before = self._add(b"".join(distinct))
        if len(distinct) == len(keys) and not self._counting:
            return before
        distinct.update(zip(distinct, before, strict=True))
        return self._in_order(keys, distinct)

    def _in_order(self, keys: Sequence[bytes], before: dict[bytes, bool | int]) -> list[bool | int]:
        result = []
        for key in keys:
            times = before[key]
            result.append(times)
            before[key] = times + 1 if self._counting else 1
        if self._counting:
            columns = self._columns(b"".join(before))
            self._counts[self._find(*columns)[0]] = list(before.values())
        return result

    def _columns(self, keys: bytes) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        pairs = self._np.frombuffer(keys, dtype="<u8").reshape(-1, 2)
        low = pairs[:, 0].copy()
        low[(low == 0) & (pairs[:, 1] == 0)] = 1  # zero marks a free slot
        return low, pairs[:, 1].copy()

    def _add(self, keys: bytes) -> list[bool | int]:
        low, high = self._columns(keys)
        while self._filled + len(low) > self._size * _MOST_FULL:
            self._grow()
        slots, new = self._find(low, high)
        self._filled += int(new.sum())
        before: list[bool | int] = (self._counts[slots] if self._counting else ~new).tolist()
        return before

    def _find(self, low: NDArray[np.uint64], high: NDArray[np.uint64]) -> tuple[Any, Any]:
        """The slot of each distinct key, and whether it was put there now. A round settles all keys whose slot is
        free or their own; where two want one free slot, the later write wins and the other moves on, by a step of its
        own (double hashing: the longest way of a batch is about twenty rounds)."""
        np = self._np
        slots = (low % np.uint64(self._size)).astype(np.int64)
        steps = (high % np.uint64(self._size - 1)).astype(np.int64) + 1
        new = np.zeros(len(low), dtype=bool)
        left = np.arange(len(low))
        while len(left):
            at, want_low, want_high = slots[left], low[left], high[left]
            free = (self._low[at] == 0) & (self._high[at] == 0)
            self._low[at[free]], self._high[at[free]] = want_low[free], want_high[free]
            mine = (self._low[at] == want_low) & (self._high[at] == want_high)
            new[left[free & mine]] = True
            left = left[~mine]
            slots[left] = (slots[left] + steps[left]) % self._size
        return slots, new

    def _make(self, size: int) -> None:
        np = self._np
        self._size = size
        self._low, self._high = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.uint64)
        self._counts: Any = np.zeros(size if self._counting else 0, dtype=np.uint32)

    def _grow(self) -> None:
        low, high, counts = self._low, self._high, self._counts
        self._make(_prime(int(self._size * _GROWTH)))
        for start in range(0, len(low), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            used = (low[chunk] != 0) | (high[chunk] != 0)
            slots, _ = self._find(low[chunk][used], high[chunk][used])
            if self._counting:
                self._counts[slots] = counts[chunk][used]


def _prime(least: int) -> int:
    """The first prime from here on: every step then leads through the whole table."""
    size = least | 1
    while any(size % factor == 0 for factor in range(3, math.isqrt(size) + 1, 2)):
        size += 2
    return size
