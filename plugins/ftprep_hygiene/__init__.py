"""Checks on texts: `special_tokens`, `mojibake` and `duplicates`; and the transformer `repair`."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`repair`."""
    from .repair import Repair

    return [Repair]


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`special_tokens`, `mojibake`, `duplicates`."""
    from .duplicates import Duplicates
    from .mojibake import Mojibake
    from .special import SpecialTokens

    return [SpecialTokens, Mojibake, Duplicates]
