"""The reader `script`: plays and film scripts, a speech a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`script`."""
    from .reader import Script

    return [Script]
