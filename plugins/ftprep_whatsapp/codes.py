"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT250", "The dates of a chat can be read in two orders, as no day is above 12; the one that keeps its "
         "messages in order was taken.",
         "If it is wrong, say which with 'date_order'.", "warning", file=".txt",
         fails="05/06/20, 10:01 - Ann: Hi\n05/06/20, 10:02 - Bob: Hello.\n06/06/20, 11:00 - Ann: So?\n",
         passes="25/06/20, 10:01 - Ann: Hi\n25/06/20, 10:02 - Bob: Hello.\n26/06/20, 11:00 - Ann: So?\n"),
)  # fmt: skip
