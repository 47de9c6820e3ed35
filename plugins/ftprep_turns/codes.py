"""What the codes of this plugin's problems mean.

Errors are what OpenAI refuses. FT367: the guide to fine-tuning ("allowed values for weight are currently 0 or 1").
FT368: it asks for one trained answer at least. FT360: users report it of training files. FT363, FT364: messages of the
chat API ("must be a response to a preceding message with 'tool_calls'", "must be followed by tool messages responding
to each 'tool_call_id'"); a user reports it of Azure's training files too. For the others no refusal by OpenAI is known;
Together refuses FT361, mistral-finetune FT361 and FT369.
"""

from __future__ import annotations

from ftprep import Code

CODES = (
    Code("FT360", "A conversation does not end with an answer of the assistant, so its end teaches nothing, and "
         "OpenAI refuses the file.",
         "Add the answer, cut the end off with 'window', or drop it with on_fail: drop.",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}, '
               '{"role": "user", "content": "Who are you?"}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'),
    Code("FT361", "Two messages of the same role follow each other. Some services refuse that, and the model learns to "
         "answer itself.",
         "Join them, or look for the message that is missing between them.", "warning",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "user", "content": "Anyone there?"}, '
               '{"role": "assistant", "content": "Hello."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'),
    Code("FT362", "An answer is empty or white space and calls no tool, so the model learns to say nothing.",
         "Fill it in, or drop the conversation with on_fail: drop.", "warning",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": " "}, {"role": '
               '"user", "content": "Anyone there?"}, {"role": "assistant", "content": "Hello."}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}, '
                '{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye."}]}\n'),
    Code("FT363", "A tool's result does not follow a call with its id, which the API refuses.",
         "Put it directly after its call, with the call's id as 'tool_call_id'.",
         fails='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "tool", "tool_call_id": "c1", '
               '"content": "Sunny"}, {"role": "assistant", "content": "Yes."}], "tools": [{"type": "function", '
               '"function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": '
               '"string"}}, "required": ["city"]}}}]}\n',
         passes='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
                '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": '
                '\\"Bonn\\"}"}}]}, {"role": "tool", "tool_call_id": "c1", "content": "Sunny"}, {"role": "assistant", '
                '"content": "Yes."}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
                '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n'),
    Code("FT364", "A tool is called, and the conversation goes on without the result, which the API refuses. Only the "
         "last message may leave its calls open.",
         "Put a message of role tool after it for each of its calls.",
         fails='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
               '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": '
               '\\"Bonn\\"}"}}]}, {"role": "assistant", "content": "Yes."}], "tools": [{"type": "function", '
               '"function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": '
               '"string"}}, "required": ["city"]}}}]}\n',
         passes='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
                '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": '
                '\\"Bonn\\"}"}}]}, {"role": "tool", "tool_call_id": "c1", "content": "Sunny"}, {"role": "assistant", '
                '"content": "Yes."}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
                '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n'),
    Code("FT365", "A tool is called that the example does not define, so the model learns to invent tools.",
         "Add its definition to 'tools', or correct the name.", "warning",
         fails='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
               '[{"id": "c1", "type": "function", "function": {"name": "forecast", "arguments": "{\\"city\\": '
               '\\"Bonn\\"}"}}]}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
               '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n',
         passes='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
                '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": '
                '\\"Bonn\\"}"}}]}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
                '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n'),
    Code("FT366", "The arguments of a call are no JSON object, or not what the tool's definition asks for: one is "
         "missing, unknown, of another type, or not among the listed values.",
         "Correct the call, or the tool's definition.", "warning",
         fails='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
               '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"town\\": '
               '\\"Bonn\\"}"}}]}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
               '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n',
         passes='{"messages": [{"role": "user", "content": "Sun in Bonn?"}, {"role": "assistant", "tool_calls": '
                '[{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\": '
                '\\"Bonn\\"}"}}]}], "tools": [{"type": "function", "function": {"name": "weather", "parameters": '
                '{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]}\n'),
    Code("FT367", "A message has a weight other than 0 (context) and 1 (trained), which OpenAI refuses.",
         "Write 0 or 1, or leave the weight out.",
         example="An `Example` from Python, one of whose messages has the weight 7.",
         asks="check: [turns]"),
    Code("FT368", "All answers of a conversation have the weight 0, so nothing is trained, and OpenAI refuses the "
         "file.", "Give one answer the weight 1, or leave the conversation out.",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello.", '
               '"weight": 0}]}\n',
         passes='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello.", '
                '"weight": 0}, {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "Bye.", '
                '"weight": 1}]}\n'),
    Code("FT369", "A system or developer message stands after the first turn. Some services refuse it, and most "
         "applications send it first.",
         "Put it first, or make a user's message of it.", "warning",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}, '
               '{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Bye"}, {"role": '
               '"assistant", "content": "Bye."}]}\n',
         passes='{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}, '
                '{"role": "assistant", "content": "Hello."}]}\n'),
    Code("FT379", "The wanted and the other answer of a preference row are the same, so there is nothing to prefer.",
         "Give the answer that is not wanted, or leave the row out.",
         fails='{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": '
               '"assistant", "content": "Hello."}], "non_preferred_output": [{"role": "assistant", "content": '
               '"Hello."}]}\n',
         passes='{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": '
                '"assistant", "content": "Hello."}], "non_preferred_output": [{"role": "assistant", "content": '
                '"Go away."}]}\n'),
)  # fmt: skip
