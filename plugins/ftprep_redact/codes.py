"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT341", "A text has a secret: a key, a token or a private key of a service. Whoever gets the file, or can "
         "make the model repeat it, can use it.",
         "Withdraw it where it was issued, and take it out with 'redact'.", "error",
         fails='{"messages": [{"role": "user", "content": "What is the key?"}, {"role": "assistant", "content": "It '
               'is AKIAQ3EGRZ4WTVX7MPLK."}]}\n',
         passes='{"messages": [{"role": "user", "content": "What is the key?"}, {"role": "assistant", "content": "I '
                'must not tell."}]}\n'),
    Code("FT342", "A text has personal data: an e-mail address, a phone number, an account, a card or an internet "
         "address.",
         "Put pseudonyms in its place with 'redact', or drop such examples with on_fail: drop.", "warning",
         fails='{"messages": [{"role": "user", "content": "Whom do I ask?"}, {"role": "assistant", "content": "Write '
               'to anna.berg@gmail.com."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Whom do I ask?"}, {"role": "assistant", "content": '
                '"Write to the help desk."}]}\n'),
    Code("FT343", "A text has what a pattern of 'extra' describes.",
         "Put pseudonyms in its place with 'redact', or drop such examples with on_fail: drop.", "warning",
         fails='{"messages": [{"role": "user", "content": "Where is ORD-20431?"}, {"role": "assistant", "content": '
               '"On its way."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "On its '
                'way."}]}\n',
         asks='check: [{personal: {extra: {order: "ORD-[0-9]+"}}}]'),
    Code("FT344", "A pattern of 'extra' takes too long on a text, which was not looked through.",
         "Write a pattern that repeats less, or give it more 'seconds'.", "warning",
         fails='{"messages": [{"role": "user", "content": '
               '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}, {"role": "assistant", "content": '
               '"Hello."}]}\n',
         passes='{"messages": [{"role": "user", "content": "aaaa"}, {"role": "assistant", "content": "Hello."}]}\n',
         asks='check: [{personal: {extra: {slow: "(a|aa)+$"}, seconds: 0.01}}]'),
)  # fmt: skip
