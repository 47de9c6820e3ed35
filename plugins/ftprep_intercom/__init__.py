"""The reader `intercom`: conversations with their parts, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`intercom`."""
    from .reader import Intercom

    return [Intercom]
