"""Plain text: a row for each line."""

from __future__ import annotations

import ftprep

from .reader import Lines

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """The reader `lines`."""
    return [Lines]
