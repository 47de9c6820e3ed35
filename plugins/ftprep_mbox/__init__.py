"""The reader `mbox`: mailboxes, a mail a row, put together to threads."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`mbox`."""
    from .reader import Mbox

    return [Mbox]
