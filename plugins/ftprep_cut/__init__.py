"""Long texts: `cut` to a number of tokens, `chunk` into pieces."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`chunk` and `cut`."""
    from .chunk import Chunk
    from .cut import Cut

    return [Chunk, Cut]
