"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT330", "An example has more tokens than the limit: what the model takes, unless another is set. The rest "
         "would be cut away, or the file refused.", "Shorten it, or drop it with on_fail: drop.", "warning"),
    Code("FT331", "Tool definitions or images are not in the token counts: no rule for them is published.",
         "Leave room for them below the limit.", "advice"),
    Code("FT332", "With its tools, whose tokens are an estimate, an example may be over the limit.",
         "Shorten it, or its tools.", "warning"),
)  # fmt: skip
