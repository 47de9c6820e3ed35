"""The reader `whatsapp`: exported chats, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`whatsapp`."""
    from .reader import Whatsapp

    return [Whatsapp]
