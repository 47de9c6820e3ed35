"""Columns that a model writes: `generate`."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`generate`."""
    from .generate import Generate

    return [Generate]
