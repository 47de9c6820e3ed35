"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

_START = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}'
CODES = (
    Code("FT397", "The order of a conversation is not one that Mistral takes: it begins with a system or user message, "
         "has one system message at most, results follow their calls, and the last message is the assistant's.",
         "Move or join messages as the line says.", "error",
         _START + ', {"role": "user", "content": "And?"}]}\n', _START + "]}\n", "--format mistral",
         covers=("FT360", "FT361", "FT363", "FT369")),
)  # fmt: skip
