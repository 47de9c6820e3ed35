"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT330", "An example has more tokens than the limit: what the model takes, unless another is set. The rest "
         "would be cut away, or the file refused.", "Shorten it, or drop it with on_fail: drop.", "warning",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello. How can I '
               'help you today? I know of parcels, payments and returns."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n',
         asks="check: [{tokens: {limit: 20}}]\nmodel: gpt-4.1-mini"),
    Code("FT331", "Tool definitions or images are not in the token counts: no rule for them is published.",
         "Leave room for them below the limit.", "advice",
         fails='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
               '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": '
               '\\"Bonn\\"}"}}]}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
               '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n',
         asks="--model gpt-4.1-mini"),
    Code("FT332", "With its tools, whose tokens are an estimate, an example may be over the limit.",
         "Shorten it, or its tools.", "warning",
         fails='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
               '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": '
               '\\"Bonn\\"}"}}]}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
               '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n',
         asks="check: [{tokens: {limit: 40}}]\nmodel: gpt-4.1-mini"),
)  # fmt: skip
_LONG = (
    '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello. How can I help you '
    'today? I know of parcels, payments, returns, the hours of our shops, and where the next one is."}]}\n'
)
_SHORT = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'
COST = (
    Code("FT333", "A price is not known, so a cost cannot be worked out. It is said from 1,000 billed tokens.",
         "Look it up, and give it: cost: {prices: {training: …}}, in USD per million tokens.", "advice",
         fails=_LONG, passes=_SHORT, asks="--model gpt-4"),
    Code("FT334", "The prices were read more than 180 days ago, and providers change them. It is said from 1,000 "
         "billed tokens.",
         "Look them up, and give them in the option 'prices' of 'cost'.", "advice",
         fails=_LONG, passes=_SHORT, asks="--model gpt-4.1-mini"),
    Code("FT335", "Examples are longer than the limit in training: the provider would cut their ends away, and answers "
         "with them.",
         "Shorten them, or drop them.", "warning",
         fails=_LONG, passes=_SHORT, asks="check: [{cost: {limit: 20}}]\nmodel: gpt-4.1-mini"),
    Code("FT336", "The file would be larger than the provider takes.", "Leave examples out, or shorten them.",
         "warning",
         fails=_LONG, passes=_SHORT, asks="check: [{cost: {file_limit: 100}}]\nmodel: gpt-4.1-mini"),
)  # fmt: skip
