"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT255", "Lines of a log are not UTF-8, as people of a channel write in several encodings; they were read as "
         "Windows' western one, cp1252.",
         "If they do not read right, say their encoding with 'fallback'.", "advice", file=".txt",
         example="a log in which a line has bytes that are not UTF-8"),
)  # fmt: skip
