"""Transformers on text and columns: duplicates, cleaning, columns, values, conditions, limits."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map] | type[ftprep.Select]]:
    """`clean`, `dedupe`, `drop_if`, `keep_if`, `limit`, `map_values`, `rename` and `select`."""
    from .clean import Clean
    from .columns import Rename, SelectColumns
    from .conditions import DropIf, KeepIf
    from .dedupe import Dedupe
    from .limit import Limit
    from .values import MapValues

    return [Clean, Dedupe, DropIf, KeepIf, Limit, MapValues, Rename, SelectColumns]
