"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT380", "Held-out examples also stand in train, as they are or nearly: what is measured on them is "
         "too good.", "Split by the group that they share, or drop them with 'dedupe'.", "warning"),
)  # fmt: skip
