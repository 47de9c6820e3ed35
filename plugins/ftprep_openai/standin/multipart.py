"""Bodies of the type multipart/form-data, read piece by piece: fields into memory, files into a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from .answers import Refused

_LONGEST_FIELD = 1 << 20  # bytes


@dataclass(frozen=True)
class Spooled:
    """A file that was sent, as it lies on the disk."""

    path: Path
    filename: str
    bytes: int


@dataclass
class Form:
    """The parts of a form, by name."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Spooled] = field(default_factory=dict)


def boundary_of(content_type: str) -> bytes | None:
    """The boundary that a Content-Type of this kind names; None for another type."""
    message = Message()
    message["Content-Type"] = content_type
    if message.get_content_type() != "multipart/form-data":
        return None
    boundary = message.get_param("boundary")
    return boundary.encode("latin-1") if isinstance(boundary, str) else None


def read_form(pieces: Iterator[bytes], boundary: bytes, folder: Path, name: str) -> Form:
    """The form in these bytes. Files are written into `folder`, called `name` and a number. Raises Refused: broken."""
    parts = _Parts(pieces, b"--" + boundary)
    form = Form()
    for number, headers in enumerate(parts):
        key = str(headers.get_param("name", "", "content-disposition"))
        filename = headers.get_param("filename", None, "content-disposition")
        if filename is None:
            form.fields[key] = b"".join(parts.content(_LONGEST_FIELD)).decode("utf-8", "replace")
        else:
            form.files[key] = _spool(parts.content(), folder / f"{name}-{number}", str(filename))
    return form


def _spool(content: Iterator[bytes], path: Path, filename: str) -> Spooled:
    size = 0
    try:
        with path.open("wb") as file:
            for piece in content:
                size += file.write(piece)
    except BaseException:  # the client went away
        path.unlink(missing_ok=True)
        raise
    return Spooled(path, filename, size)


class _Parts:
    """Walks over the parts: first the headers of one, then its content, which must be read to its end."""

    def __init__(self, pieces: Iterator[bytes], mark: bytes) -> None:
        self.pieces, self.mark, self.buffer = pieces, b"\r\n" + mark, b"\r\n"

    def __iter__(self) -> Iterator[Message]:
        for _ in self.content(_LONGEST_FIELD):  # what stands before the first part
            pass
        while self._take(2) == b"\r\n":
            yield HeaderParser().parsestr(self._until(b"\r\n\r\n").decode("utf-8", "replace"))
        for _ in self.pieces:  # what stands after the last one
            pass

    def content(self, most: int | None = None) -> Iterator[bytes]:
        """The bytes up to the next mark, which is passed over."""
        seen = 0
        while (at := self.buffer.find(self.mark)) < 0:
            keep = len(self.mark) - 1
            if len(self.buffer) > keep:
                piece, self.buffer = self.buffer[:-keep], self.buffer[-keep:]
                seen += len(piece)
                if most is not None and seen > most:
                    raise Refused(400, "A field of the form is too long.")
                yield piece
            self._more()
        piece, self.buffer = self.buffer[:at], self.buffer[at + len(self.mark) :]
        if piece:
            yield piece

    def _until(self, end: bytes) -> bytes:
        while (at := self.buffer.find(end)) < 0:
            self._more()
        found, self.buffer = self.buffer[:at], self.buffer[at + len(end) :]
        return found

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        found, self.buffer = self.buffer[:count], self.buffer[count:]
        return found

    def _more(self) -> None:
        piece = next(self.pieces, b"")
        if not piece:
            raise Refused(400, "The form ends before its last boundary.")
        self.buffer += piece
