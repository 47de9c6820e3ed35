"""The reader `discord`: what DiscordChatExporter writes as JSON or CSV, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`discord`."""
    from .reader import Discord

    return [Discord]
