"""The run folder and the names beside it that publishing uses, and how an interrupted run is put in order.

Three hidden names stand beside the target, in the same folder and so on the same file system:

- `.NAME.ftprep-new` may be removed at any time where there is a lock: a run in the making, or a result that was
  replaced;
- `.NAME.ftprep-old` is always a whole earlier result, on its way out (only where names cannot be exchanged);
- `.NAME.ftprep-lock` is locked while a run is at work, and removed when it ends.

So the names are the journal: whatever was interrupted, what is there says what to do.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from .disk import NO_EXCHANGE, Disk, remove_tree


class Place:
    """One run folder: absolute paths for the work, and the name people gave it for messages."""

    def __init__(self, target: Path):
        self.shown = target.as_posix()
        whole = target.name in ("", "..")  # otherwise the last part stays as it is: it may be a link
        self.target = target.resolve() if whole else target.parent.resolve() / target.name
        self.parent = self.target.parent
        self.new = self._beside("new")
        self.old = self._beside("old")
        self.lock = self._beside("lock")

    def _beside(self, what: str) -> Path:
        return self.parent / f".{self.target.name}.ftprep-{what}"

    def left_over(self) -> bool:
        """Whether an interrupted run (or one that is at work) left something beside the target."""
        return any(os.path.lexists(path) for path in (self.new, self.old, self.lock))

    def tidy(self, disk: Disk) -> None:
        """Under the lock: leaves the target, and nothing beside it. May itself be interrupted, and called again."""
        if os.path.lexists(self.new):
            remove_tree(self.new, disk)
        if not os.path.lexists(self.old):
            return
        if os.path.lexists(self.target):
            disk.rename(self.old, self.new)  # first the name of what may be removed: old is whole as long as it is old
            remove_tree(self.new, disk)
        else:
            disk.rename(self.old, self.target)

    def swap(self, disk: Disk) -> None:
        """Puts `new`, which is whole and synced, in the target's place; the earlier result is left for `tidy`."""
        if not os.path.lexists(self.target):
            disk.rename(self.new, self.target)
        else:
            try:
                disk.exchange(self.new, self.target)
            except OSError as error:
                if error.errno not in NO_EXCHANGE:
                    raise
                disk.rename(self.target, self.old)
                disk.fsync(self.parent)  # on the disk, too, there is never a moment without either
                disk.rename(self.new, self.target)
        with suppress(OSError):  # it is done; all this could add is that it outlives a power cut
            disk.fsync(self.parent)
