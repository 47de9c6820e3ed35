"""A part of a file as a file of its own: sent piece by piece, with a count of what is on its way."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any, BinaryIO


class Section(io.RawIOBase):
    """So many bytes from a place on, of a file that is open. It says how many bytes it has given for the first time."""

    def __init__(self, file: BinaryIO, start: int, length: int, sent: Callable[[int], None]):
        super().__init__()
        self._file, self._start, self._length, self._sent = file, start, length, sent
        self._at = self._furthest = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is: what is sent again is read again."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Moves to a place of the section."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        self._at = min(max(0, base + offset), self._length)
        return self._at

    def tell(self) -> int:
        """The place in the section."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Reads what is left, as much as there is room for."""
        wanted = min(len(buffer), self._length - self._at)
        self._file.seek(self._start + self._at)
        data = self._file.read(wanted)
        buffer[: len(data)] = data
        self._at += len(data)
        if self._at > self._furthest:
            self._sent(self._at - self._furthest)
            self._furthest = self._at
        return len(data)
