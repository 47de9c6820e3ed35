"""What the codes of this plugin's problems mean."""

from __future__ import annotations

from ftprep import Code

_START = '{"messages": [{"role": "user", "content": "Hi"}, '
_END = '{"role": "assistant", "content": "Hello"}]}\n'

CODES = (
    Code("FT396", "Two messages of the same role follow each other, which Together refuses.",
         "Join them, or look for the message that is missing between them.", "error",
         _START + '{"role": "user", "content": "Hi?"}, ' + _END, _START + _END, "--format together", covers=("FT361",)),
)  # fmt: skip
