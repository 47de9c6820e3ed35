"""Where files are put: a folder of this machine, and what it has in common with an object store."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ftprep import RemoteFile

_CHUNK = 1 << 20
"""Bytes that are read at once."""
Sent = Callable[[int], None]


class Place(Protocol):
    """A folder, wherever it is. Its methods raise whatever the store raises."""

    base: str
    """Its path or URL, without a slash at the end: a file's id begins with it."""

    def write(self, path: Path, name: str, sent: Sent) -> None:
        """Puts a file there, whole or not at all."""

    def find(self, name: str) -> RemoteFile | None:
        """The file of this name, if there is one."""

    def all(self) -> list[RemoteFile]:
        """All files in it; none where it is not there."""

    def read(self, name: str) -> bytes:
        """The content of a file."""

    def delete(self, name: str) -> None:
        """Removes a file."""

    def close(self) -> None:
        """Lets connections go."""


def part_of(name: str) -> str:
    """What a file is called while it arrives: a name that no two programs take, and that is not listed."""
    return f".{name}.{secrets.token_hex(4)}.part"


class Folder:
    """A folder of this machine, or a drive that is mounted here."""

    def __init__(self, path: Path):
        self._path = path.expanduser().absolute()
        self.base = self._path.as_posix()

    def write(self, path: Path, name: str, sent: Sent) -> None:
        """The folder is made; the one it lies in has to be there, or it may be a drive that is not mounted."""
        self._path.mkdir(exist_ok=True)
        part = self._path / part_of(name)
        try:
            with path.open("rb") as source, part.open("xb") as target:
                while chunk := source.read(_CHUNK):
                    target.write(chunk)
                    sent(len(chunk))
                target.flush()
                os.fsync(target.fileno())
            part.replace(self._path / name)
        finally:
            part.unlink(missing_ok=True)

    def find(self, name: str) -> RemoteFile | None:
        """A file; folders are none."""
        path = self._path / name
        return self._file(path) if path.is_file() else None

    def all(self) -> list[RemoteFile]:
        """Its files, but for hidden ones."""
        if not self._path.is_dir():
            return []
        return [self._file(path) for path in self._path.iterdir() if path.is_file() and path.name[0] != "."]

    def read(self, name: str) -> bytes:
        """The content of a file."""
        return (self._path / name).read_bytes()

    def delete(self, name: str) -> None:
        """Removes a file."""
        (self._path / name).unlink()

    def close(self) -> None:
        """There is nothing to let go."""

    def _file(self, path: Path) -> RemoteFile:
        found = path.stat()
        return RemoteFile(id=path.as_posix(), name=path.name, bytes=found.st_size, created=found.st_mtime)
