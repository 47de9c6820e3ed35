"""Exact token counts as tiktoken counts them, with its tables found on this machine before any network is asked."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_tokenizers() -> list[type[ftprep.Tokenizer]]:
    """`tiktoken`."""
    from .tokenizer import Tiktoken

    return [Tiktoken]
