"""Personal data and secrets: the check `personal` finds them, the transformer `redact` puts pseudonyms there."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`redact`."""
    from .redact import Redact

    return [Redact]


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`personal`."""
    from .personal import Personal

    return [Personal]
