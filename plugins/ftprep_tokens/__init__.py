"""The check `tokens`: exact token counts of what is written, and the limit of the model."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`tokens`."""
    from .tokens import Tokens

    return [Tokens]
