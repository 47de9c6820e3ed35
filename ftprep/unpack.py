"""Unpacking gz, zst and zip while reading, within bounds, with one clear error for whatever is wrong with them."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any, NamedTuple, Protocol, cast

from .errors import DataError

GZIP, ZSTD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK"
"""How the packed formats start (RFC 1952, RFC 8878, APPNOTE.TXT)."""

BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError)
"""What the libraries raise for archives that cannot be unpacked."""

_FEED = 2048
"""Bytes given to zstd at a time: they can grow 32,768 times (a block of 128 KiB from 4 bytes), to 64 MiB."""
_WINDOW = 1 << 27
"""Bytes of history a zst file may ask for, the limit of the command-line tool."""


class Bounds(NamedTuple):
    """How much an archive may unpack to, so that a small hostile file cannot fill a disk."""

    most: int = 100 << 30
    """Bytes, in any case."""
    ratio: int = 200
    """Times its packed size; text seldom passes 20."""
    free: int = 256 << 20
    """Bytes up to which the ratio does not matter."""
    files: int = 100_000
    """Files in a zip of many: a busy workspace writes one for each channel and day."""

    def of(self, packed: int) -> int:
        """Bytes that an archive of so many packed bytes may have."""
        return min(self.most, max(self.free, self.ratio * packed))


BOUNDS = Bounds()


class _Source(Protocol):
    def readinto(self, buffer: Any, /) -> int | None: ...


class _Unpacked(io.RawIOBase):
    """What is inside an archive. Raises DataError for a broken one, and for one that passes the bounds."""

    def __init__(self, inner: _Source, kind: str, name: str, limit: int, close: Callable[[], None]):
        """`close` closes all that stands behind it; `limit` is in bytes."""
        self._inner, self._kind, self._name, self._limit, self._close = inner, kind, name, limit, close
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        try:
            count = self._inner.readinto(buffer) or 0
        except BROKEN as error:
            raise broken(self._name, self._kind, error) from error
        self._left -= count
        if self._left < 0:
            message = f"unpacks to more than {self._limit:,} bytes"
            raise DataError(
                message, hint="if that is right, unpack it yourself and read what is in it", file=self._name
            )
        return count

    def close(self) -> None:
        if not self.closed:
            self._close()
        super().close()


def unpacked(raw: io.BufferedReader, name: str, size: int, bounds: Bounds) -> io.BufferedReader:
    """What is in a raw file of `size` bytes, which belongs to the result: unpacked where it is an archive."""
    stack = contextlib.ExitStack()
    stack.callback(raw.close)
    try:
        opener = _opener(raw.peek(4)[:4])
        if opener is None:
            _refuse_misnamed(raw, name)
            return raw
        kind, open_inner = opener
        inner = open_inner(raw, name, stack)
    except BaseException:
        stack.close()
        raise
    return io.BufferedReader(_Unpacked(inner, kind, name, bounds.of(size), stack.close), 1 << 17)


def members(raw: io.BufferedReader, name: str) -> list[str]:
    """The files in a zip, without folders and what macOS adds. Raises DataError where it is broken."""
    try:
        with zipfile.ZipFile(raw) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir() and not added(info.filename)]
    except BROKEN as error:
        raise broken(name, "zip", error) from error


def broken(name: str, kind: str, error: BaseException) -> DataError:
    """The complaint about an archive that cannot be unpacked."""
    why = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
    return DataError(f"a broken {kind} archive ({why})", hint="fetch or pack it again", file=name)


def needed(module: str, extra: str, name: str) -> ModuleType:
    """A module that an extra brings. Raises DataError with the line that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        hint = f"pip install 'ftprep[{extra}]'"
        raise DataError(f"needs the package '{module}' to be read", hint=hint, file=name) from None


def _opener(head: bytes) -> tuple[str, Callable[[io.BufferedReader, str, contextlib.ExitStack], _Source]] | None:
    if head.startswith(GZIP):
        return "gzip", _gzip
    if head == ZSTD or (head[1:] == b"\x2a\x4d\x18" and head[0] >> 4 == 5):  # the second: a skippable frame
        return "zst", _zstd
    if is_zip(head):
        return "zip", _zip
    return None


def is_zip(head: bytes) -> bool:
    """Whether a file that starts so is a zip (also an empty one), hence perhaps of a zip-based format."""
    return head.startswith(ZIP) and head[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08")


def _refuse_misnamed(raw: io.BufferedReader, name: str) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".gz", ".zst", ".zip"):
        what = "not" if raw.peek(1) else "empty, not"
        raise DataError(f"{what} a {suffix} archive", hint=f"fetch it again, or rename it without {suffix}", file=name)


def _gzip(raw: io.BufferedReader, name: str, stack: contextlib.ExitStack) -> _Source:
    return stack.enter_context(gzip.GzipFile(fileobj=raw, mode="rb"))


def _zstd(raw: io.BufferedReader, name: str, stack: contextlib.ExitStack) -> _Source:
    return _Zstd(raw, needed("zstandard", "zstd", name))


def _zip(raw: io.BufferedReader, name: str, stack: contextlib.ExitStack) -> _Source:
    found = members(raw, name)
    if len(found) != 1:
        shown = ", ".join(ascii(member)[1:-1] for member in found[:5]) + (", …" if len(found) > 5 else "")
        message = f"a zip of {len(found)} files ({shown})" if found else "a zip with no file in it"
        raise DataError(message, hint="unpack it and name the file you mean", file=name)
    try:
        raw.seek(0)
        archive = stack.enter_context(zipfile.ZipFile(raw))
        return cast("zipfile.ZipExtFile", stack.enter_context(archive.open(found[0])))
    except RuntimeError as error:  # what zipfile raises for a password, and (a subclass) for an unknown method
        raise DataError(f"cannot be unpacked: {error}", hint="unpack it yourself", file=name) from error
    except BROKEN as error:
        raise broken(name, "zip", error) from error


def added(member: str) -> bool:
    """Whether a file in a zip is one that macOS adds."""
    return member.startswith("__MACOSX/") or member.rpartition("/")[2] == ".DS_Store"


class _Zstd:
    """All frames of a zst file; unlike the library's own stream, it sees that the last one is cut off."""

    def __init__(self, raw: io.BufferedReader, library: ModuleType):
        self._raw = raw
        self._library = library.ZstdDecompressor(max_window_size=_WINDOW)
        self._error: type[Exception] = library.ZstdError
        self._frame: Any = None
        self._unused = b""
        self._made = memoryview(b"")

    def readinto(self, buffer: Any, /) -> int:
        while not self._made:
            if not self._feed():
                return 0
        count = min(len(buffer), len(self._made))
        buffer[:count], self._made = self._made[:count], self._made[count:]
        return count

    def _feed(self) -> bool:
        packed = self._unused or self._raw.read(_FEED)
        if not packed and self._frame is not None:
            raise EOFError("it ends in the middle")
        if not packed:
            return False
        self._frame = self._frame or self._library.decompressobj()
        try:
            self._made = memoryview(self._frame.decompress(packed))
        except self._error as error:
            raise EOFError(str(error)) from error
        self._unused = self._frame.unused_data if self._frame.eof else b""
        if self._frame.eof:
            self._frame = None
        return True
