"""Readers for what Meta exports as JSON: `messenger` and `instagram`, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`instagram` and `messenger`."""
    from .reader import Instagram, Messenger

    return [Instagram, Messenger]
