"""The messages of a file from the oldest to the newest, whichever way they stand in it, in bounded memory."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from ftprep import Part

from .messages import stamp_of

_MEMORY = 1 << 25
"""Bytes of messages that are kept in memory; more go to a temporary file."""


class Turning:
    """A store of messages. It keeps 8 bytes a message in memory, and the messages there or in a temporary file."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115 (closed by `close`)
        self._starts = array("q")
        self._end = 0
        self._first = self._last = 0

    def add(self, part: Part) -> None:
        """One more message, as it comes in the file."""
        raw = msgspec.json.encode((part.value, part.twice))
        self._starts.append(self._end)
        self._end += self._file.write(raw)
        if stamp := stamp_of(part.value):
            self._first, self._last = self._first or stamp, stamp

    def oldest_first(self) -> Iterator[tuple[Any, str]]:
        """Each message, and a key that stands twice in it."""
        count = len(self._starts)
        turned = self._first > self._last
        self._starts.append(self._end)
        for at in range(count - 1, -1, -1) if turned else range(count):
            self._file.seek(self._starts[at])
            value, twice = msgspec.json.decode(self._file.read(self._starts[at + 1] - self._starts[at]))
            yield value, twice

    def __len__(self) -> int:
        return len(self._starts)

    def close(self) -> None:
        """Gives its memory, or its file, back."""
        self._file.close()
