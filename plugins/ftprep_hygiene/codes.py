"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

SPECIAL = (
    Code("FT370", "A text has a special token written out, such as <|endoftext|>: services refuse the file for it, or "
         "it is read as the mark itself, which ends a text or a message too early.",
         "Take it out with 'replace', or drop such examples with on_fail: drop.", "error",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": '
               '"Hello.<|endoftext|>"}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'),
)  # fmt: skip
MOJIBAKE = (
    Code("FT371", "A text was decoded wrongly once: its UTF-8 was read as Windows-1252 or Latin-1, so that ü became "
         "Ã¼. The model would learn to write it so.",
         "Repair it with 'repair', or name the encoding of the file where it is read.", "warning",
         fails='{"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "In '
               'KÃ¶ln, near the cathedral."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "In '
                'Köln, near the cathedral."}]}\n'),
    Code("FT372", "A text has replacement characters (U+FFFD): something was lost when it was decoded, and cannot be "
         "brought back.",
         "Read the original again with its encoding, or drop such examples with on_fail: drop.", "warning",
         fails='{"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "In '
               'K�ln."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "In '
                'Köln."}]}\n'),
)  # fmt: skip
DUPLICATES = (
    Code("FT373", "An example has the same content as an earlier one: it is trained more often than the others.",
         "Remove it with 'dedupe'.", "warning",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'
               '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'
                '{"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "See you."}]}\n'),
    Code("FT374", "An example differs from an earlier one only in case, white space or variants of characters.",
         "Remove it with 'dedupe: {normalise: true}'.", "warning",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'
               '{"messages": [{"role": "user", "content": "hi "}, {"role": "assistant", "content": "Hello."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'
                '{"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "See you."}]}\n'),
)  # fmt: skip
