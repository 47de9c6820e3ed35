"""The reader `claude`: the conversations in Claude's export of an account, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`claude`."""
    from .reader import Claude

    return [Claude]
