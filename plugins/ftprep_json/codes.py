"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT220", "The file is JSON Lines, not one JSON document; it was read as such.",
         "Read it with 'jsonl'.", "advice"),
)  # fmt: skip
