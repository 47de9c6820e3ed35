"""The reader `telegram`: the JSON that Telegram Desktop exports, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`telegram`."""
    from .reader import Telegram

    return [Telegram]
