"""The reader `signal`: what signal-export writes, as JSON Lines, Markdown or plain text, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`signal`."""
    from .reader import Signal

    return [Signal]
