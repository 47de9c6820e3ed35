"""The reader `folder`: one text a file, its class the folder it lies in."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`folder`."""
    from .reader import Folder

    return [Folder]
