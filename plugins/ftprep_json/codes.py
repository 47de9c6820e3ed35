"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

_GOOD = '{"prompt": "Hi", "completion": "Hello"}\n{"prompt": "Bye", "completion": "So long"}\n'
_NEARLY = (
    Code("FT222", "JSON with a comma before a closing bracket, or after the object of a line; it was left out.",
         "Take the comma away.", "error",
         fails='{"prompt": "Hi", "completion": "Hello"},\n{"prompt": "Bye", "completion": "So long"}\n', passes=_GOOD),
    Code("FT223", "A text in Python's way of writing (single quotes, None, True), as str and print give it, not JSON.",
         "Write the file with json.dumps.", "error",
         fails="{'prompt': 'Hi', 'completion': 'Hello'}\n{'prompt': 'Bye', 'completion': 'So long'}\n", passes=_GOOD),
    Code("FT224", "NaN or Infinity, which JSON has not got; null was read.", "Write null.", "error",
         fails='{"prompt": "Hi", "completion": "Hello", "score": NaN}\n'
         '{"prompt": "Bye", "completion": "So long", "score": 1}\n', passes=_GOOD),
)  # fmt: skip
"""What is read with `mend`."""
LINES = (
    Code("FT221", "A file that is named JSON Lines has one JSON array in it, or objects that go over several lines.",
         "Write each object on a line of its own.", "error",
         fails='{\n "prompt": "Hi",\n "completion": "Hello"\n}\n{\n "prompt": "Bye",\n "completion": "So long"\n}\n',
         passes=_GOOD),
    *_NEARLY,
)  # fmt: skip
CODES = (
    Code("FT220", "The file is JSON Lines, not one JSON document; it was read as such.",
         "Read it with 'jsonl'.", "advice",
         fails='{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}\n'
               '{"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "See you."}]}\n',
         passes='[{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]},\n'
                ' {"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "See you."}]}]\n',
         file=".json"),
    *_NEARLY,
    Code("FT225", "A document has several arrays that could be the rows, and one of them was taken.",
         "Choose with 'at'.", "advice",
         fails='{"a": [{"prompt": "Hi", "completion": "Hello"}], "b": [{"prompt": "Bye", "completion": "So long"}]}\n',
         passes='{"a": [{"prompt": "Hi", "completion": "Hello"}]}\n',
         file=".json"),
)  # fmt: skip
