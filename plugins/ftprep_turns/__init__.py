"""The check `turns`: who speaks when in a conversation, and whether its tool calls are whole."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`turns`."""
    from .turns import Turns

    return [Turns]
