"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT341", "A text has a secret: a key, a token or a private key of a service. Whoever gets the file, or can "
         "make the model repeat it, can use it.",
         "Withdraw it where it was issued, and take it out with 'redact'.", "error"),
    Code("FT342", "A text has personal data: an e-mail address, a phone number, an account, a card or an internet "
         "address.",
         "Put pseudonyms in its place with 'redact', or drop such examples with on_fail: drop.", "warning"),
    Code("FT343", "A text has what a pattern of 'extra' describes.",
         "Put pseudonyms in its place with 'redact', or drop such examples with on_fail: drop.", "warning"),
    Code("FT344", "A pattern of 'extra' takes too long on a text, which was not looked through.",
         "Write a pattern that repeats less, or give it more 'seconds'.", "warning"),
)  # fmt: skip
