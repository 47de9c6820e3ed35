"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT276", "Mails are in another encoding than they say, or do not say which; it was found by looking.",
         "See whether the text of the first one reads right; where not, remove such mails.", "advice",
         asks="transform: [{chat: {user: '{subject}', assistant: '{text}'}}]",
         example="A mailbox with a mail in cp1252 that says it is in UTF-8."),
)  # fmt: skip
