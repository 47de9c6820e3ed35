"""The reader `slack`: the export of a Slack workspace, a folder or zip, a message a row."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_readers() -> list[type[ftprep.Reader]]:
    """`slack`."""
    from .reader import Slack

    return [Slack]
