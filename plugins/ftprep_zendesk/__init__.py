"""The reader `zendesk`: tickets and their comments, a comment a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`zendesk`."""
    from .reader import Zendesk

    return [Zendesk]
