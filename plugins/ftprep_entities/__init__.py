"""Entity extraction: marked spans become the answer, as lines or as JSON."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`entities`."""
    from .entities import Entities

    return [Entities]
