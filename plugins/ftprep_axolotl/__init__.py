"""The chat format of axolotl, with a config that uses the files."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_writers() -> list[type[ftprep.Writer]]:
    """`axolotl`."""
    from .chat import Axolotl

    return [Axolotl]
