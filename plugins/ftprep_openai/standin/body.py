"""The body of a request, piece by piece: of a known length, or in chunks."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message
from io import BufferedIOBase

from .answers import Refused

_PIECE = 1 << 18  # bytes read at once


class Body:
    """Reads a body once."""

    def __init__(self, file: BufferedIOBase, headers: Message) -> None:
        """`headers` say how long it is."""
        self._file = file
        self._chunked = "chunked" in (headers.get("Transfer-Encoding") or "").lower()
        length = headers.get("Content-Length") or "0"
        self._left = int(length) if length.isdigit() and not self._chunked else 0
        self._done = not self._chunked and not self._left

    def pieces(self) -> Iterator[bytes]:
        """What is left of it. Raises ConnectionError where the client goes away before the end."""
        while not self._done:
            if self._chunked and not self._left:
                self._left = int(self._file.readline().partition(b";")[0], 16)
                if not self._left:
                    self._end()
                    return
            piece = self._file.read(min(_PIECE, self._left))
            if not piece:
                raise ConnectionError("the client went away")
            self._left -= len(piece)
            if self._chunked and not self._left:
                self._file.readline()
            self._done = not self._chunked and not self._left
            yield piece

    def _end(self) -> None:
        while self._file.readline().strip():  # trailers
            pass
        self._done = True

    def whole(self, most: int) -> bytes:
        """All of it. Raises Refused where that is more than `most` bytes."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if len(found) > most:
                raise Refused(413, f"The body is too large. The maximum is {most} bytes.")
        return bytes(found)
