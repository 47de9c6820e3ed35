"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT340", "An entity does not occur in the text of its row; the row was kept without it.",
         "Correct its place, or drop such rows with on_missing: drop.", "warning",
         fails='{"text": "Anna is in Bonn.", "spans": [{"text": "Rome", "type": "place"}]}\n',
         passes='{"text": "Anna is in Bonn.", "spans": [{"text": "Bonn", "type": "place"}]}\n',
         asks="transform: [{entities: {text: text, spans: spans}}]"),
)  # fmt: skip
