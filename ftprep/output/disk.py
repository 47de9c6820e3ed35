"""The system calls that publishing makes, as one object, so that a test can stop between any two of them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h
_UNKNOWN = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})
NO_EXCHANGE = _UNKNOWN | {errno.EPERM}  # the last from sandboxes that do not know the call
"""What `Disk.exchange` raises where the system, or this file system, cannot do it."""


class Disk:
    """Every call that changes the disk. All raise OSError."""

    def mkdir(self, path: Path) -> None:
        """Makes a folder; its parent exists."""
        path.mkdir()

    def open(self, path: Path) -> BinaryIO:
        """A new file, to write bytes into."""
        return path.open("wb")

    def rename(self, path: Path, target: Path) -> None:
        """Gives a folder another name; nothing has that name yet."""
        path.rename(target)

    def exchange(self, one: Path, other: Path) -> None:
        """Swaps the names of two folders in one step. Raises OSError (`NO_EXCHANGE`) where that cannot be done."""
        if (swap := _renameat2()) is None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), str(one), None, str(other))
        if swap(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) != 0:
            import ctypes

            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), str(one), None, str(other))

    def fsync(self, path: Path) -> None:
        """Returns when a file's bytes, or a folder's entries, are on the disk (Windows cannot ask it of folders)."""
        folder = path.is_dir()
        if sys.platform == "win32" and folder:
            return
        # Windows wants a handle that may write
        descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if not folder or error.errno not in _UNKNOWN:  # some network file systems cannot sync a folder
                raise
        finally:
            os.close(descriptor)

    def unlink(self, path: Path) -> None:
        """Removes a file or a link, if it is there."""
        if sys.platform == "win32" and path.exists():
            path.chmod(0o600)  # Windows keeps read-only files
        path.unlink(missing_ok=True)

    def rmdir(self, path: Path) -> None:
        """Removes an empty folder."""
        path.rmdir()

    def chmod(self, path: Path, mode: int) -> None:
        """Changes what may be done with a folder."""
        path.chmod(mode)

    def open_lock(self, path: Path) -> int:
        """A descriptor of the lock file, which is made if it is not there."""
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)

    def lock(self, descriptor: int) -> None:
        """Takes the lock, which dies with the process. Raises BlockingIOError where another holds it."""
        if sys.platform == "win32":
            import msvcrt

            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except PermissionError as error:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self, descriptor: int) -> None:
        """Closes the lock file, and so gives the lock back."""
        os.close(descriptor)


DISK = Disk()
"""The real one."""


def remove_tree(path: Path, disk: Disk) -> None:
    """Removes a folder and all in it (links, not what they lead to), or a file; nothing there is fine."""
    if path.is_symlink() or not path.is_dir():
        disk.unlink(path)
        return
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        disk.chmod(path, 0o700)
    for child in sorted(path.iterdir()):
        remove_tree(child, disk)
    disk.rmdir(path)


@cache
def _renameat2() -> Callable[..., Any] | None:
    """The call of the C library (Linux 3.15, glibc 2.28 and later); None where there is none."""
    if sys.platform != "linux":
        return None
    import ctypes

    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is not None:
        function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return function
