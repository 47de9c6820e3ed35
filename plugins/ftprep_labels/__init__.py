"""Classification: the codebook `labels`, and the check `labels` that shows what a model reads of them."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`labels`."""
    from .codebook import Codebook

    return [Codebook]


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`labels`."""
    from .check import Labels

    return [Labels]
