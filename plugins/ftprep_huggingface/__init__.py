"""Exact token counts for open models: their own `tokenizer.json`, read from this machine."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_tokenizers() -> list[type[ftprep.Tokenizer]]:
    """`huggingface`."""
    from .tokenizer import HuggingFace

    return [HuggingFace]
