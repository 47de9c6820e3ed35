"""The reader `chatgpt`: the conversations in ChatGPT's export of an account, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`chatgpt`."""
    from .reader import ChatGPT

    return [ChatGPT]
