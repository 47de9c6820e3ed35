"""A lock file that lives as long as its run: the lock dies with the process, the file with the lock."""

from __future__ import annotations

import os
import weakref
from contextlib import suppress
from pathlib import Path

from .disk import Disk


class Lock:
    """One run at a time. An abandoned file is no lock: whoever comes next takes it over, and removes it."""

    def __init__(self, path: Path, disk: Disk):
        self._path, self._disk = path, disk
        self._held: int | None = None

    @property
    def held(self) -> bool:
        """Whether this run has it."""
        return self._held is not None

    def take(self) -> None:
        """Raises BlockingIOError where another run holds it, and OSError where this disk has no locks."""
        while self._held is None:
            descriptor = self._disk.open_lock(self._path)
            try:
                self._disk.lock(descriptor)
                if self._is_still(descriptor):  # its owner may have removed it just before we had it
                    self._held, descriptor = descriptor, -1
            finally:
                if descriptor >= 0:
                    self._disk.close(descriptor)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=_Forget(self))

    def give(self) -> None:
        """Removes the file and gives the lock back."""
        if self._held is None:
            return
        held, self._held = self._held, None
        if os.name == "nt":  # an open file cannot be removed there; another run may have it open by then
            self._disk.close(held)
            with suppress(OSError):
                self._disk.unlink(self._path)
        else:
            try:
                self._disk.unlink(self._path)
            finally:
                self._disk.close(held)

    def forget(self) -> None:
        """In a forked child: the lock is the parent's, and must not outlive it in its workers."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _is_still(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.stat())
        except FileNotFoundError:
            return False


class _Forget:
    def __init__(self, lock: Lock):
        self._lock = weakref.ref(lock)

    def __call__(self) -> None:
        if (lock := self._lock()) is not None:
            lock.forget()
