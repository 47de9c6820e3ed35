"""Rows of one root that stand anywhere in a file: grouped in bounded memory through the disk."""

from __future__ import annotations

import heapq
import itertools
import pickle
import tempfile
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

import xxhash

from ..example import Row

_BUCKETS = 64
_MOST_IN_MEMORY = 200_000
"""Rows of one bucket that are grouped in memory; a fuller bucket is parted again."""
_DEEPEST = 3
_PART = 2000
_CHUNK = 32
"""Rows of a sorted bucket that are in memory while all buckets are merged."""

Entry = tuple[int, Row]
"""A row with its number."""
Root = list[Entry]
_Numbered = tuple[list[Row], list[int], list[int]]
_Span = tuple[int, int]


class Scattered:
    """Takes rows in any order; gives the roots in the order of their first rows, rows in the order of the file."""

    def __init__(self, key: Callable[[Row], Hashable | None], depth: int = 0, *, most: int = _MOST_IN_MEMORY):
        self.key, self.depth, self.most = key, depth, most
        self._pile = Pile()
        self._spans: list[list[_Span]] = [[] for _ in range(_BUCKETS)]
        self._counts = [0] * _BUCKETS

    def add(self, rows: Sequence[Row], numbers: Sequence[int]) -> None:
        """Puts rows into the bucket of their key; rows without a key are roots of their own."""
        buckets: dict[int, list[Entry]] = {}
        for row, number in zip(rows, numbers, strict=True):
            name = self.key(row)
            buckets.setdefault(self._bucket(number if name is None else name), []).append((number, row))
        for bucket, entries in buckets.items():
            self._spans[bucket].append(self._pile.put(entries))
            self._counts[bucket] += len(entries)

    def roots(self) -> Iterator[_Numbered]:
        """Parts of about two thousand rows: rows, their numbers, and where each root ends."""
        rows: list[Row] = []
        numbers: list[int] = []
        ends: list[int] = []
        with Pile() as sorted_:
            for root in heapq.merge(*self.runs(sorted_), key=_first):
                rows += [row for _, row in root]
                numbers += [number for number, _ in root]
                ends.append(len(rows))
                if len(rows) >= _PART:
                    yield rows, numbers, ends
                    rows, numbers, ends = [], [], []
        if ends:
            yield rows, numbers, ends

    def runs(self, sorted_: Pile) -> list[Iterator[Root]]:
        """One stream for each bucket, its roots in the order of their first rows; they wait in `sorted_`."""
        runs: list[Iterator[Root]] = []
        for spans, count in zip(self._spans, self._counts, strict=True):
            entries = itertools.chain.from_iterable(map(self._pile.get, spans))
            if count > self.most and self.depth < _DEEPEST:
                runs += self._deeper(entries).runs(sorted_)
            elif count:
                runs.append(_stream(sorted_, [sorted_.put(chunk) for chunk in _chunks(self._together(entries))]))
        self.close()
        return runs

    def close(self) -> None:
        """Gives the disk space back."""
        self._pile.close()

    def _bucket(self, name: Hashable) -> int:
        """Python's own hash, as keys that are equal (1 and 1.0) belong together; buckets show in no result."""
        return xxhash.xxh3_64_intdigest(hash(name).to_bytes(8, "little", signed=True), self.depth) % _BUCKETS

    def _deeper(self, entries: Iterator[Entry]) -> Scattered:
        deeper = Scattered(self.key, self.depth + 1, most=self.most)
        while some := list(itertools.islice(entries, _PART)):
            deeper.add([row for _, row in some], [number for number, _ in some])
        return deeper

    def _together(self, entries: Iterable[Entry]) -> list[Root]:
        """The rows of a bucket put together by root: one bucket is in memory at a time."""
        roots: dict[Hashable, Root] = {}
        for number, row in entries:
            name = self.key(row)
            roots.setdefault((number,) if name is None else (name, None), []).append((number, row))
        return sorted(roots.values(), key=_first)


class Pile:
    """A temporary file of things, each found again by its span: one file, however many buckets there are."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="ftprep-")  # noqa: SIM115
        self._end, self._at_end = 0, True

    def __enter__(self) -> Pile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, thing: Any) -> _Span:
        """Keeps a thing; returns where."""
        data = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
        start, self._end = self._end, self._end + len(data)
        if not self._at_end:  # a seek, even to where it stands, empties the buffer
            self._file.seek(start)
            self._at_end = True
        self._file.write(data)
        return start, len(data)

    def get(self, span: _Span) -> Any:
        """The thing at a span."""
        self._at_end = False
        self._file.seek(span[0])
        return pickle.loads(self._file.read(span[1]))

    def close(self) -> None:
        """Gives the disk space back."""
        self._file.close()


def _first(root: Root) -> int:
    return root[0][0]


def _chunks(roots: Iterable[Root]) -> Iterator[list[Root]]:
    chunk: list[Root] = []
    rows = 0
    for root in roots:
        chunk.append(root)
        rows += len(root)
        if rows >= _CHUNK:
            yield chunk
            chunk, rows = [], 0
    if chunk:
        yield chunk


def _stream(pile: Pile, spans: Iterable[_Span]) -> Iterator[Root]:
    for span in spans:
        yield from pile.get(span)
