"""Prompt/completion data: the check `completions`, and the transformers that mend what it finds."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`drop_long`, `leading_space`, `lower_case`, `strip_prefix`."""
    from .mending import DropLong, LeadingSpace, LowerCase, StripPrefix

    return [DropLong, LeadingSpace, LowerCase, StripPrefix]


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`completions`."""
    from .check import Completions

    return [Completions]
