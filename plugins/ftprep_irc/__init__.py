"""The reader `irc`: logs of channels, a line a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`irc`."""
    from .reader import Irc

    return [Irc]
