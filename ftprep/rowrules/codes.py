"""What the codes of rows' problems mean: one code for a kind of problem, whichever service would refuse it."""

from __future__ import annotations

from ..codes import Code

_GOOD = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}\n'
_ASKED = '{"messages": [{"role": "user", "content": "Hi"}, '
_CALL = (
    '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "tool_calls": [{"id": "a1", "type": '
    '"function", "function": {"name": "wave", "arguments": %s}}]}], "tools": [%s]}\n'
)
_TOOL = '{"type": "function", "function": {"name": "wave", "parameters": {"type": "object", "properties": {}}}}'
_IMAGE = (
    '{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/a.%s"}}'
    ']}, {"role": "assistant", "content": "A cat."}]}\n'
)
_CHOICE = (
    '{"input": {"messages": [{"role": "user", "content": "Hi"}]}, "preferred_output": [{"role": "assistant", "content":'
    ' "Hello"}], "non_preferred_output": %s}\n'
)

ROW_CODES = (
    Code("FT320", "A row is not of a kind that the service takes: it is no object, or the keys are missing that say "
         "what it is.",
         "Rename its keys, or make rows of a known kind with a recipe ('ftprep init').", "error",
         _GOOD + '{"mesages": []}\n', _GOOD),
    Code("FT321", "The messages of a row are missing or no list, or a message is no object or lacks a key that it "
         "needs.",
         'Write a list of objects: [{"role": …, "content": …}, …].', "error",
         _GOOD + '{"messages": "Hi"}\n', _GOOD),
    Code("FT322", "A message has no role, or one that the service does not take there.",
         "Write one of the roles that the line lists.", "error",
         _ASKED + '{"role": "bot", "content": "Hello"}]}\n', _GOOD),
    Code("FT323", "The content of a message is missing, or neither a text nor a list of parts that the service takes "
         "in a message of this role.",
         "Write the text; only a message that calls tools, or refuses, may be without.", "error",
         _ASKED + '{"role": "assistant", "content": null}]}\n', _GOOD, covers=("FT362",)),
    Code("FT324", "An image stands where the service takes none, or there are too many, or one is too large, of "
         "another type, or at an address that cannot be followed.",
         "Move or convert it as the line says.", "error",
         _IMAGE % "gif", _IMAGE % "png"),
    Code("FT325", "A row or a message has a key that the service does not know. It may be misspelt, and the service "
         "may refuse the file for it.",
         "Correct its name, or leave it out.", "warning",
         _ASKED + '{"role": "assistant", "content": "Hello", "weigth": 0}]}\n', _GOOD),
    Code("FT326", "A tool call is not of the form that the service takes: it lacks its id, type, name or arguments, "
         "its id has another form, or its arguments are no text.",
         "Write {id, type: function, function: {name, arguments}} with the arguments as JSON text.", "error",
         _CALL % ("{}", _TOOL), _CALL % ('"{}"', _TOOL)),
    Code("FT327", "The definition of a tool is not of the form that the service takes, or its parameters are no JSON "
         "Schema.",
         "Write {type: function, function: {name, description, parameters}}.", "error",
         _CALL % ('"{}"', _TOOL.replace('"object"', '"dict"')), _CALL % ('"{}"', _TOOL)),
    Code("FT328", "A weight is other than 0 (context) and 1 (trained), or stands at a message that is not trained.",
         "Write 0 or 1 at messages of the assistant, or leave it out.", "error",
         _ASKED + '{"role": "assistant", "content": "Hello", "weight": 7}]}\n', _GOOD),
    Code("FT329", "A conversation has no message of the assistant, so there is nothing to learn.",
         "Add the answer, or leave the row out.", "error",
         '{"messages": [{"role": "user", "content": "Hi"}]}\n', _GOOD, covers=("FT360",)),
    Code("FT391", "The name of a message is not of the form that the service takes.",
         "Take another name, without white space, or leave it out.", "error",
         '{"messages": [{"role": "user", "name": "Ann B", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}'
         "\n", _GOOD),
    Code("FT392", "A prompt, completion or text is null, or no text.",
         "Write a text, or leave the row out.", "error",
         '{"prompt": "Hi ->", "completion": null}\n', '{"prompt": "Hi ->", "completion": " Hello"}\n'),
    Code("FT393", "A row of preference data is not whole: the input is no object, or an output is not a list of one "
         "message of the assistant.",
         'Write "input": {"messages": […]} and each output as a list of one message.', "error",
         _CHOICE % '"Go away"', _CHOICE % '[{"role": "assistant", "content": "Go away"}]'),
    Code("FT394", "The messages of a row end with another role than rows of its kind do: in preference and "
         "reinforcement data the answer stands elsewhere.",
         "Move the last message to where the answer stands.", "error",
         (_CHOICE % '[{"role": "assistant", "content": "Go away"}]').replace(
             '"Hi"}]', '"Hi"}, {"role": "assistant", "content": "Yes?"}]'),
         _CHOICE % '[{"role": "assistant", "content": "Go away"}]'),
    Code("FT395", "A message has a role of an old form (role function, of 2023), which newer models and most other "
         "services do not take.",
         "Write tool_calls, and role tool for results.", "advice",
         _ASKED + '{"role": "assistant", "content": null, "function_call": {"name": "wave", "arguments": "{}"}}, '
         '{"role": "function", "name": "wave", "content": "done"}, {"role": "assistant", "content": "Hello"}]}\n',
         _GOOD),
    Code("FT398", "A file has rows of several kinds, such as chats and pairs of a prompt and a completion. All rows of "
         "a file have to be of one kind, and those of another than the first are not read.",
         "Make a file of each kind.", "error",
         _GOOD + '{"prompt": "Hi ->", "completion": " Hello"}\n', _GOOD),
)  # fmt: skip
"""Codes of `RowRules`."""
