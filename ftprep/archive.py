"""Zips of many files, read in place: each file that a pattern matches is an Input; nothing is written to disk."""

from __future__ import annotations

import io
import os
import posixpath
import re
import zipfile
from collections import Counter
from pathlib import PurePosixPath
from typing import IO, Any, cast

from .errors import DataError
from .files import Input
from .unpack import BOUNDS, BROKEN, GZIP, ZSTD, Bounds, added, broken, is_zip

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others may unpack a few bytes to gigabytes in one go."""
_ENCRYPTED = 1
"""The bit of a file's flags that says so (APPNOTE.TXT 4.4.4)."""
_ITSELF = "unpack it yourself and read the folder"


def within(source: Input, pattern: str, bounds: Bounds = BOUNDS) -> list[Input]:
    """The files of a zip that a pattern matches, in the order a folder would have; any other file is given back as it
    is, and so is a zip of one file that does not match.

    Raises DataError: broken, encrypted, more or larger files than the bounds allow, names that lead out of it.
    """
    if not is_archive(source):
        return [source]
    archive = Archive(source, bounds)
    found = archive.matching(pattern)
    if not found and len(archive.files) != 1:
        raise DataError(
            f"no file in it matches '{pattern}'", hint="check that it is the right export", file=source.name
        )
    return [*found] or [source]


def is_archive(source: Input) -> bool:
    """Whether a file is a zip, hence perhaps an export."""
    with source.local() as raw:
        return is_zip(raw.read(4))


class Archive:
    """A zip on disk: what is in it was looked at once, and is held to the bounds before anything is unpacked."""

    def __init__(self, source: Input, bounds: Bounds = BOUNDS):
        """Raises DataError as `within` does."""
        self.path, self.name = source.path, source.name
        self._zip: tuple[int, zipfile.ZipFile] | None = None
        infos = [info for info in self._opened().infolist() if not info.is_dir() and not added(info.filename)]
        self.files = {_path_of(info): info for info in infos}
        self._refuse(infos, bounds)

    def matching(self, pattern: str) -> list[Member]:
        """The files that match, where `**` stands for any folders; all of those that match can be read."""
        wanted = matcher(pattern)
        names = sorted((name for name in self.files if wanted.fullmatch(name)), key=lambda name: name.split("/"))
        return [self.member(name) for name in names]

    def member(self, name: str) -> Member:
        """One file. Raises DataError where it cannot be read in place."""
        info, shown = self.files[name], f"{self.name}/{name}"
        if info.flag_bits & _ENCRYPTED:
            raise DataError("encrypted", hint="unpack it with its password and read the folder", file=shown)
        if info.compress_type not in _METHODS:
            raise DataError("packed by a method other than deflate", hint=_ITSELF, file=shown)
        return Member(self, name, shown)

    def open(self, name: str) -> zipfile.ZipExtFile:
        """The bytes of a file. Raises what `BROKEN` lists."""
        return cast("zipfile.ZipExtFile", self._opened().open(self.files[name]))

    def _opened(self) -> zipfile.ZipFile:
        """The zip, opened once in each process: two that share a file would move each other's position."""
        if self._zip is None or self._zip[0] != os.getpid():
            try:
                self._zip = (os.getpid(), zipfile.ZipFile(self.path))
            except BROKEN as error:
                raise broken(self.name, "zip", error) from error
        return self._zip[1]

    def _refuse(self, infos: list[zipfile.ZipInfo], bounds: Bounds) -> None:
        if len(infos) > bounds.files:
            text = f"a zip of {len(infos):,} files, more than {bounds.files:,}"
            raise DataError(text, hint=f"if that is right, {_ITSELF}", file=self.name)
        limit = bounds.of(self.path.stat().st_size)
        if sum(info.file_size for info in infos) > limit:
            text = f"unpacks to more than {limit:,} bytes"
            raise DataError(text, hint=f"if that is right, {_ITSELF}", file=self.name)
        for name in self.files:
            if name.startswith("/") or ".." in name.split("/"):
                text = f"a file in it is called {name!a}, which leads out of it"
                raise DataError(text, hint="do not trust it; fetch the export again", file=self.name)
        twice = [name for name, count in Counter(map(_path_of, infos)).items() if count > 1]
        if twice:
            raise DataError(f"two files in it are called {twice[0]!a}", hint="pack it again", file=self.name)


class Member(Input):
    """A file in a zip. Its hash is that of the file itself, as if it lay in a folder; its path does not exist."""

    def __init__(self, archive: Archive, member: str, name: str):
        super().__init__(archive.path / member, name)
        self._archive, self._member = archive, member

    def head(self, size: int = 65536) -> bytes:
        """The first bytes, for recognition. Raises DataError where it cannot be unpacked."""
        with self._open() as stream:
            return stream.read(size)

    def beside(self, name: str) -> Input | None:
        """Another file of the same zip."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self._member), name))
        return self._archive.member(path) if path in self._archive.files else None

    def _open(self) -> io.BufferedReader:
        raw = self._raw()
        try:
            head = raw.peek(4)[:4]
            if head.startswith(GZIP) or head == ZSTD or is_zip(head):
                raise DataError("an archive in an archive", hint=_ITSELF, file=self.name)
        except BaseException:
            raw.close()
            raise
        return raw

    def _file(self) -> IO[bytes]:
        try:
            return cast("IO[bytes]", _Unpacking(self._archive.open(self._member), self.name))
        except BROKEN as error:
            raise broken(self.name, "zip", error) from error

    def _state(self, file: IO[bytes]) -> tuple[int, int]:
        found = self._archive.path.stat()
        return found.st_size, found.st_mtime_ns


class _Unpacking(io.RawIOBase):
    """A file while it is unpacked: never longer than the zip says. Raises DataError where it is broken."""

    def __init__(self, inner: zipfile.ZipExtFile, name: str):
        self._inner, self._name = inner, name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence == os.SEEK_SET and offset == self._inner.tell():
            return offset
        try:
            return self._inner.seek(offset, whence)
        except BROKEN as error:
            raise broken(self._name, "zip", error) from error

    def readinto(self, buffer: Any, /) -> int:
        try:
            return self._inner.readinto(buffer)
        except BROKEN as error:
            raise broken(self._name, "zip", error) from error

    def close(self) -> None:
        self._inner.close()
        super().close()


def matcher(pattern: str) -> re.Pattern[str]:
    """A glob pattern over paths with slashes, as `glob` reads it: `*` crosses no slash and finds no hidden file, `**/`
    is any number of folders."""
    parts = pattern.split("/")
    made = ["(?:(?!\\.)[^/]+/)*" if part == "**" else _part(part) + "/" for part in parts[:-1]]
    return re.compile("".join(made) + ("(?:.*/)?[^/.][^/]*" if parts[-1] == "**" else _part(parts[-1])), re.DOTALL)


def _part(part: str) -> str:
    """One part of a pattern; unlike those of `fnmatch`, `*` and `?` stand for no slash."""
    pieces = {"*": "[^/]*", "?": "[^/]"}
    hidden = "" if part.startswith(".") else r"(?!\.)"
    return hidden + "".join(pieces.get(piece) or _set(piece) for piece in re.findall(r"\[!?[^]/]+\]|.", part))


def _set(piece: str) -> str:
    """A set of characters (`[0-9]`, `[!a]`), or a character that stands for itself."""
    if len(piece) == 1:
        return re.escape(piece)
    inner = re.sub(r"([\\^&~|\[])", r"\\\1", piece[1:-1].removeprefix("!"))
    return f"[{'^/' if piece[1] == '!' else ''}{inner}]"


def _path_of(info: zipfile.ZipInfo) -> str:
    """Its name with slashes: old Windows programs wrote the other ones."""
    return str(PurePosixPath(info.filename.replace("\\", "/")))
