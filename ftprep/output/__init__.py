"""Staging and publishing of the run folder: a run that fails or is killed leaves the earlier result untouched."""

from __future__ import annotations

from .disk import DISK, Disk
from .owned import MANIFEST, Owned, listed, refuse_foreign
from .staging import SCRATCH, Staging, recover

__all__ = ["DISK", "MANIFEST", "SCRATCH", "Disk", "Owned", "Staging", "listed", "recover", "refuse_foreign"]
