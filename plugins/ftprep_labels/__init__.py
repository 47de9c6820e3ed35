"""Classification: codebooks, and checks that show what classes there are and what a model reads of their labels."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`labels` and `relabel`."""
    from .codebook import Codebook
    from .relabel import Relabel

    return [Codebook, Relabel]


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`classes` and `labels`."""
    from .check import Labels
    from .classes import Classes

    return [Classes, Labels]
