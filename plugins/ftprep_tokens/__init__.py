"""The checks `tokens` and `cost`: exact token counts of what is written, the model's limit, and what training costs."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`tokens` and `cost`."""
    from .cost import Cost
    from .tokens import Tokens

    return [Tokens, Cost]
