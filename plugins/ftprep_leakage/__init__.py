"""The check `leakage`: the same input in two splits."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`leakage`."""
    from .leakage import Leakage

    return [Leakage]
