"""A run writes beside its target, and the result takes the target's place all at once."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from ..errors import OutputError, refusal
from .disk import DISK, Disk, remove_tree
from .lock import Lock
from .owned import Owned, listed, refuse_foreign
from .place import Place

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
SCRATCH = ".scratch"
"""The folder for spool files, inside the staging folder."""


class Staging:
    """A context manager around a run: write into `folder`, then `publish`.

    Entering refuses, before anything is written, a target that cannot be replaced and one that another run is
    writing. Leaving without `publish`, for whatever reason, leaves the target as it was and nothing beside it. Being
    killed at any moment leaves the earlier result or the new one whole, at the latest after `recover`.
    An OSError of this disk that passes through is raised as an OutputError.
    """

    def __init__(self, target: Path, *, disk: Disk = DISK, owned: Owned = listed):
        """`target` is the run folder; `owned` gives the files that a manifest lists."""
        self._place, self._disk, self._owned = Place(target), disk, owned
        self._lock = Lock(self._place.lock, disk)
        self._made: list[Path] = []
        self._pool: ThreadPoolExecutor | None = None
        self._settling: list[Future[None]] = []
        self.folder = self._place.new
        """Where the run writes: a hidden folder beside the target."""

    def __enter__(self) -> Self:
        try:
            self._begin()
        except OSError as error:
            self._end()
            raise self._said(error) from error
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        if isinstance(error, OSError) and self._is_ours(error):
            raise self._said(error) from error

    def open(self, name: str) -> BinaryIO:
        """A new file in the folder, to write bytes into; `name` is a path with slashes."""
        path = self.folder / name
        self._make_folders(path.parent)
        return self._disk.open(path)

    def scratch(self) -> Path:
        """A folder for spool files: on the target's disk, gone before publishing, and with a run that is killed."""
        self._make_folders(self.folder / SCRATCH)
        return self.folder / SCRATCH

    def settle(self, path: Path) -> None:
        """Begins to put a finished file on the disk, in a thread, so that `publish` has less to wait for."""
        self._settling.append(self._threads().submit(self._disk.fsync, path))

    def publish(self) -> None:
        """The folder takes the target's place. Raises OutputError, and the target is as it was."""
        try:
            self._sync()
            refuse_foreign(self._place, self._owned)  # again: a run may take hours
            self._place.swap(self._disk)
        except OSError as error:
            raise self._said(error) from error
        self._made.clear()

    def _begin(self) -> None:
        refuse_foreign(self._place, self._owned)
        self._make_parents()
        try:
            self._lock.take()
        except BlockingIOError:
            raise _busy(self._place) from None
        self._place.tidy(self._disk)
        refuse_foreign(self._place, self._owned)  # again: now it is ours alone, and what was interrupted is in order
        self._disk.mkdir(self.folder)

    def _end(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        with suppress(OSError):  # what cannot be removed now, the next command removes
            if self._lock.held:
                try:
                    self._place.tidy(self._disk)
                finally:
                    self._lock.give()
            for folder in reversed(self._made):
                self._disk.rmdir(folder)

    def _make_parents(self) -> None:
        parents = [self._place.parent, *self._place.parent.parents]
        for folder in reversed([parent for parent in parents if not parent.exists()]):
            with suppress(FileExistsError):
                self._disk.mkdir(folder)
                self._made.append(folder)

    def _make_folders(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folders(folder.parent)
            self._disk.mkdir(folder)

    def _sync(self) -> None:
        if (self.folder / SCRATCH).exists():
            remove_tree(self.folder / SCRATCH, self._disk)
        for settled in self._settling:
            settled.result()
        found = sorted(self.folder.rglob("*"))
        list(self._threads().map(self._disk.fsync, [path for path in found if path.is_file()]))
        for folder in (*(path for path in reversed(found) if path.is_dir()), self.folder):
            self._disk.fsync(folder)

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            from concurrent.futures import ThreadPoolExecutor

            self._pool = ThreadPoolExecutor(4, thread_name_prefix="ftprep-sync")
        return self._pool

    def _is_ours(self, error: OSError) -> bool:
        """Whether it is about this disk, not about an input."""
        if not isinstance(error.filename, (str, bytes, os.PathLike)):
            return error.errno in _FULL
        path = Path(os.fsdecode(error.filename)).resolve()
        return path == self.folder or self.folder in path.parents

    def _said(self, error: OSError) -> OutputError:
        return _said(error, self._place)


def recover(target: Path, *, disk: Disk = DISK) -> None:
    """What every command does first with a run folder: puts in order what a killed run left.

    A run that is at work is left alone. Raises OutputError where the disk does not let it.
    """
    place = Place(target)
    if not place.left_over():
        return
    lock = Lock(place.lock, disk)
    try:
        lock.take()
        try:
            place.tidy(disk)
        finally:
            lock.give()
    except BlockingIOError:
        return
    except OSError as error:
        raise _said(error, place) from error


def _busy(place: Place) -> OutputError:
    return OutputError(
        "another run is writing this folder", hint="wait until it ends, or choose another with --out", file=place.shown
    )


def _said(error: OSError, place: Place) -> OutputError:
    if error.errno in _FULL:
        what, hint = "no space left on its disk", "make room, or choose another disk with --out"
    elif error.errno in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
        what, hint = "its disk has no file locks", "choose another disk with --out"
    else:
        what = f"cannot be written ({refusal(error)})"
        hint = "choose another folder with --out"
    return OutputError(what, hint=hint, file=place.shown)
