"""What a text became, as JSON texts are shown: `"the [-mood-]{+tone+} of the text"`."""

from __future__ import annotations

from ..wording import MARKS, shortened, word_changes
from .saying import json_text


def changed(before: str, after: str) -> str:
    """Both texts in one, in quotes; what they have in common is shortened."""
    pieces = shortened(word_changes(before, after))
    return '"' + "".join(MARKS[op].format(json_text(text)[1:-1]) for op, text in pieces) + '"'
