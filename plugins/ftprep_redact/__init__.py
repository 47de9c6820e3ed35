"""The transformer `redact`: personal data and secrets become pseudonyms."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`redact`."""
    from .redact import Redact

    return [Redact]
