"""Tables in tables: `join` a side table, `explode` lists in a cell, `negatives` from the contexts of others."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`explode`, `join` and `negatives`."""
    from .explode import Explode
    from .join import Join
    from .negatives import Negatives

    return [Explode, Join, Negatives]
