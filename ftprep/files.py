"""Opening bytes: paths, stdin, packed files with bounds, the encoding policy, and the hash taken while reading."""

from __future__ import annotations

import hashlib
import io
import os
import posixpath
import shutil
import stat
import sys
import tempfile
import weakref
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO

from .encoding import text_of
from .errors import DataError, nearest
from .example import Source
from .unpack import BOUNDS, Bounds, is_zip, members, unpacked

BUFFER = 1 << 17
"""Bytes read, and hashed, at a time."""


class Input:
    """One input file, for a reader. The hash of its raw bytes is taken while they are read."""

    def __init__(self, path: Path, name: str | None = None, *, stdin: BinaryIO | None = None, bounds: Bounds = BOUNDS):
        """`name` is how messages call it (default: the path as given, with slashes); the path `-` is standard input.

        Standard input and pipes are kept in a temporary file, so that they can be looked at before they are read.
        """
        self.path = path
        self.name = name if name is not None else "<stdin>" if str(path) == "-" else path.as_posix()
        self._stdin, self._bounds = stdin, bounds
        self._digest = _Digest()
        self._kept: IO[bytes] | None = None
        self._states: set[tuple[int, int]] = set()
        self._jumps = False

    @property
    def size(self) -> int | None:
        """Raw bytes of the file; None where that is not known."""
        if self._states:
            return max(size for size, _ in self._states)
        return self.path.stat().st_size if self.path.is_file() else None

    @property
    def at(self) -> int | None:
        """Where in the raw bytes the last read ended; None where it is read here and there."""
        return None if self._jumps else self._digest.at

    def open(self) -> BinaryIO:
        """Its bytes, unpacked where it is gz, zst or a zip of one member; buffered, to be read once.

        Raises DataError: missing, a folder, no permission, broken archive, more than the bounds on unpacked bytes.
        """
        return self._open()

    def text(self, encoding: str | None = None) -> TextIO:
        """Its text, newlines untouched (`newline=""`).

        Policy: the encoding given; else a byte-order mark (UTF-8, UTF-16, UTF-32); else strict UTF-8. Bytes that are
        not UTF-8 raise DataError with the line, a suggested encoding and three decoded snippets.
        """
        return text_of(self.name, encoding, self._open)

    def local(self) -> BinaryIO:
        """Its raw bytes, seekable, for libraries that jump about (zip-based formats)."""
        self._jumps = True
        return self._raw()

    def head(self, size: int = 65536) -> bytes:
        """The first unpacked bytes, for recognition; reading afterwards starts at the beginning all the same.

        A zip that is not one packed file may be of a zip-based format: its own first bytes are given.
        """
        with self._raw() as raw:
            if is_zip(raw.peek(4)[:4]) and not self._packs_one(raw):
                raw.seek(0)
                return raw.read(size)
        with self._open() as stream:
            return stream.read(size)

    def beside(self, name: str) -> Input | None:
        """A file that an export has beside this one, in the same folder or zip (`users.json`, `../users.json`); None
        where there is none."""
        path = self.path.parent / name
        shown = os.path.normpath(posixpath.join(posixpath.dirname(self.name), name)).replace(os.sep, "/")
        return Input(path, shown, bounds=self._bounds) if str(self.path) != "-" and path.is_file() else None

    def place(self, first: int, last: int | None = None, sheet: str | None = None) -> Source:
        """Where something stands in it: rows count from 1."""
        return Source(self.name, first, first if last is None else last, sheet)

    def sha256(self) -> str:
        """Hex digest of the raw file (what was not read yet is read now).

        Raises DataError where the file was changed since it was first opened.
        """
        with self._raw() as raw:
            raw.seek(self._digest.done)
            while raw.read(BUFFER):
                pass
        if len(self._states) > 1:
            raise DataError("changed while it was read", hint="run again when nothing writes to it", file=self.name)
        return self._digest.hash.hexdigest()

    def _open(self) -> io.BufferedReader:
        raw = self._raw()
        return unpacked(raw, self.name, max(size for size, _ in self._states), self._bounds)

    def _packs_one(self, raw: io.BufferedReader) -> bool:
        try:
            return len(members(raw, self.name)) == 1
        except DataError:
            return False

    def _raw(self) -> io.BufferedReader:
        try:
            file = self._file()
            self._states.add(self._state(file))
        except (OSError, ValueError) as error:
            raise unreadable(self.path, self.name, error) from error
        return io.BufferedReader(_Hashing(file, self._digest, self.name, owned=file is not self._kept), BUFFER)

    def _state(self, file: IO[bytes]) -> tuple[int, int]:
        """Size in bytes and time of change: a file that was changed has another."""
        found = os.fstat(file.fileno())
        return found.st_size, found.st_mtime_ns

    def _file(self) -> IO[bytes]:
        if self._kept is not None:
            return self._kept
        if str(self.path) == "-":
            return self._keep(self._stdin or sys.stdin.buffer)
        mode = self.path.stat().st_mode
        if stat.S_ISFIFO(mode):
            with self.path.open("rb") as pipe:
                return self._keep(pipe)
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise OSError("not a regular file")
        return self.path.open("rb", buffering=0)

    def _keep(self, pipe: BinaryIO) -> IO[bytes]:
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (it lives as long as the Input)
        weakref.finalize(self, file.close)
        shutil.copyfileobj(pipe, file, BUFFER)
        self._kept = file
        return file


def unreadable(path: Path, name: str, error: Exception) -> DataError:
    """The complaint about a file that cannot be opened."""
    if isinstance(error, FileNotFoundError):
        return DataError("no such file", hint=_near(path), file=name)
    if isinstance(error, IsADirectoryError) or path.is_dir():
        return DataError("a folder, not a file", hint=f"name a file in it, or all of them: '{name}/*'", file=name)
    if isinstance(error, PermissionError):
        return DataError("no permission to read it", hint="change its permissions, or copy it", file=name)
    why = getattr(error, "strerror", None) or str(error)
    return DataError(f"cannot be read: {why[:1].lower()}{why[1:]}", hint="check the path", file=name)


def _near(path: Path) -> str:
    try:
        near = nearest(path.name, [other.name for other in path.parent.iterdir()])
    except OSError:
        return f"the folder '{path.parent.as_posix()}' does not exist either"
    return f"did you mean '{path.with_name(near).as_posix()}'?" if near else "check the path"


class _Digest:
    """A hash of the bytes from the start, however often and in what order they are read."""

    def __init__(self) -> None:
        self.hash = hashlib.sha256()
        self.done = 0
        self.at = 0
        """Where the last read ended."""

    def saw(self, start: int, data: memoryview) -> None:
        self.at = start + len(data)
        if start <= self.done < start + len(data):
            self.hash.update(data[self.done - start :])
            self.done = start + len(data)


class _Hashing(io.RawIOBase):
    """A raw file whose bytes are hashed as they pass; several may share one kept file, each with its own position."""

    def __init__(self, file: IO[bytes], digest: _Digest, name: str, *, owned: bool):
        self._file, self._digest, self._name, self._owned = file, digest, name, owned
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            self._file.seek(self._at)
            count: int = self._file.readinto(buffer)  # type: ignore[attr-defined]
        except OSError as error:
            raise DataError(f"reading failed: {error.strerror or error}", hint="try again", file=self._name) from error
        self._digest.saw(self._at, memoryview(buffer)[:count])
        self._at += count
        return count

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == os.SEEK_CUR:
            offset, whence = self._at + offset, os.SEEK_SET
        self._at = self._file.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        if self._owned:
            self._file.close()
        super().close()
