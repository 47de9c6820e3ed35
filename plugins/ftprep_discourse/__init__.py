"""The reader `discourse`: topics of a Discourse forum and archives of its users, a post a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`discourse`."""
    from .reader import Discourse

    return [Discourse]
