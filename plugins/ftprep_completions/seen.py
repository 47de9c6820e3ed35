"""What was seen of all prompts, or of all completions: in any order, in any parts, without keeping the texts."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat

import xxhash

_ASCII = bytes(range(128))
_DEEPEST = 64
"""Characters of a common ending that are looked for inside the texts; separators are shorter."""
_CLASSES = 5000
"""More different completions than this are no classes."""
_LONGEST = 200
"""Characters of a class; of what is longer, only a hash is kept."""


class Side:
    """The prompts of all examples, or the completions."""

    def __init__(self, candidates: Sequence[str]):
        self.n = 0
        self.upper = self.lower = 0
        """Letters that lower-casing would change, and small letters."""
        self.prefix = self.suffix = ""
        """What all begin and end with."""
        self.longest = 0
        """Characters of the longest."""
        self.shortest = 0
        """Characters of the shortest, without white space at its end."""
        self.lines = False
        """Whether one has a line break."""
        self.spaced = 0
        """How many begin with a space."""
        self.ends = dict.fromkeys(candidates, 0)
        """For each candidate, how many end with it."""
        self.holds: set[str] = set()
        """The candidates that stand in one before its end."""
        self._again: Counter[int] = Counter()
        """Length of a part of the common ending -> how often it stands before the end of a text."""

    def add(self, texts: Sequence[str]) -> None:
        """Adds the texts of a part; there is one at least."""
        every = "\0".join([*texts, ""])
        if every.count("\0") > len(texts):
            every = "\0".join([*(text.replace("\0", " ") for text in texts), ""])
        suffix = texts[0] if self.n == 0 else self.suffix
        if suffix and every.count(f"{suffix}\0") < len(texts):
            suffix = common_suffix([suffix, *texts])
        self._join(len(texts), *cases(every), common_prefix(min(texts), max(texts)), suffix, max(map(len, texts)))
        if self.prefix:
            shortest = min(map(len, map(str.rstrip, texts)))
            self.shortest = shortest if self.n == len(texts) else min(self.shortest, shortest)
        self.lines = self.lines or "\n" in every
        self.spaced += len(texts) if self.prefix.startswith(" ") else sum(text.startswith(" ") for text in texts)
        for candidate in self.ends:
            if all(map(every.__contains__, _rarest(candidate))) and (at := every.find(candidate)) >= 0:
                self._candidate(candidate, at, every, texts)
        self._again.update(_again(suffix, every, len(texts)))

    def merge(self, other: Side) -> None:
        """Adds what another one saw."""
        if other.n == 0:
            return
        suffix = other.suffix if self.n == 0 else common_suffix([self.suffix, other.suffix])
        shortest = other.shortest if self.n == 0 else min(self.shortest, other.shortest)
        self._join(other.n, other.upper, other.lower, other.prefix, suffix, other.longest)
        self.shortest = shortest
        self.lines = self.lines or other.lines
        self.spaced += other.spaced
        for candidate, n in other.ends.items():
            self.ends[candidate] += n
        self.holds |= other.holds
        self._again.update(other._again)

    @property
    def same(self) -> bool:
        """Whether all are the same text."""
        return len(self.prefix) == self.longest

    def inside(self, ending: str) -> int:
        """How often this part of the common ending stands before the end of a text."""
        return self._again[min(len(ending), _DEEPEST)]

    def _join(self, n: int, upper: int, lower: int, prefix: str, suffix: str, longest: int) -> None:
        first = self.n == 0
        self.n += n
        self.upper += upper
        self.lower += lower
        self.prefix = prefix if first else common_prefix(self.prefix, prefix)
        self.suffix = suffix
        self.longest = max(self.longest, longest)

    def _candidate(self, candidate: str, at: int, every: str, texts: Sequence[str]) -> None:
        """A candidate that stands in one of the texts, for the first time at `at` in all of them."""
        at_end = sum(map(str.endswith, texts, repeat(candidate)))
        self.ends[candidate] += at_end
        within = not every.startswith("\0", at + len(candidate))
        if candidate not in self.holds and (within or every.count(candidate) > at_end):
            self.holds.add(candidate)


class Classes:
    """The different completions, and how often there is each; as long as they are few enough to be classes."""

    def __init__(self) -> None:
        self._counts: Counter[str | bytes] | None = Counter()

    def add(self, texts: Iterable[str], longest: int) -> None:
        """Counts completions, of which none has more characters than this; white space around them does not count."""
        if self._counts is not None:
            self._counts.update(map(str.strip if longest <= _LONGEST else _class, texts))
            self._limit()

    def merge(self, other: Classes) -> None:
        """Adds the counts of another one."""
        if self._counts is None or other._counts is None:
            self._counts = None
        else:
            self._counts.update(other._counts)
            self._limit()

    def __len__(self) -> int:
        return len(self._counts or ())

    def among(self, n: int) -> bool:
        """Whether n completions with so many different ones are classes: fewer than a third of them differ."""
        return self._counts is not None and len(self._counts) * 3 < n

    @property
    def largest(self) -> str:
        """The most frequent class; of several, the first by its letters. Empty: it is too long to be a name."""
        counts = {name: n for name, n in (self._counts or {}).items() if isinstance(name, str)}
        return min(counts, key=lambda name: (-counts[name], name), default="")

    def _limit(self) -> None:
        if self._counts is not None and len(self._counts) > _CLASSES:
            self._counts = None


@cache
def _rarest(candidate: str) -> frozenset[str]:
    """Its characters that stand in few texts: to look for one takes a tenth of the time."""
    return frozenset(candidate) - set(string.ascii_letters + string.whitespace + ".-")


def common_prefix(one: str, other: str) -> str:
    """What both texts begin with."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one.startswith(other[least:middle], least):
            least = middle
        else:
            most = middle - 1
    return one[:least]


def common_suffix(texts: Sequence[str]) -> str:
    """What all texts end with."""
    suffix = texts[0]
    for text in texts:
        if not suffix:
            break
        if not text.endswith(suffix):
            suffix = common_prefix(suffix[::-1], text[: -len(suffix) - 1 : -1])[::-1]
    return suffix


def cases(text: str) -> tuple[int, int]:
    """How many letters lower-casing would change, and how many small letters there are."""
    import numpy as np

    raw = text.encode("utf-8", "surrogatepass")
    codes = np.frombuffer(raw, dtype=np.uint8)
    upper = int(np.count_nonzero(codes - np.uint8(ord("A")) < len(string.ascii_uppercase)))
    lower = int(np.count_nonzero(codes - np.uint8(ord("a")) < len(string.ascii_lowercase)))
    if len(raw) > len(text):
        for letter, n in Counter(raw.translate(None, _ASCII).decode("utf-8", "surrogatepass")).items():
            upper += n * (letter.isupper() and letter.lower() != letter)
            lower += n * letter.islower()
    return upper, lower


def _again(suffix: str, every: str, n: int) -> dict[int, int]:
    """For each length of the common ending, how often that much of it stands before the end of one of n texts. What
    does not stand there does not in longer form."""
    found: dict[int, int] = {}
    for length in range(1, min(len(suffix), _DEEPEST) + 1):
        if (more := every.count(suffix[-length:]) - n) <= 0:
            break
        found[length] = more
    return found


def _class(text: str) -> str | bytes:
    name = text.strip()
    return name if len(name) <= _LONGEST else xxhash.xxh3_128_digest(name.encode("utf-8", "surrogatepass"))
