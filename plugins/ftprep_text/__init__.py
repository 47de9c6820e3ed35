"""Transformers on text and columns: duplicates, cleaning, replacing, columns, values, sentences, conditions, limits."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map] | type[ftprep.Select]]:
    """All of them."""
    from .balance import Balance
    from .bins import Bins
    from .clean import Clean
    from .columns import Rename, SelectColumns
    from .conditions import DropIf, KeepIf
    from .dedupe import Dedupe
    from .limit import Limit
    from .replace import Replace
    from .sentences import Sentences
    from .values import MapValues

    return [
        Balance, Bins, Clean, Dedupe, DropIf, KeepIf, Limit, MapValues, Rename, Replace, SelectColumns, Sentences,
    ]  # fmt: skip
