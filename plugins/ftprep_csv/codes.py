"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT210", "The delimiter was found by looking or in the sep= line, or none was found and each row is one cell.",
         "If it is wrong, say which with 'delimiter'.", "advice"),
    Code("FT211", "A row spans many lines that look like rows: a quote may have been left open.",
         "Close the quote in the first of the lines.", "warning"),
)  # fmt: skip
