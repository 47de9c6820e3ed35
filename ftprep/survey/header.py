"""Whether the first row of a table holds the names of its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:[eE][-+]?\d+)?%?")
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[ T].*)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAMES = re.compile(
    r"(?:prompt|completion|instruction|input|output|question|answer|text|label|class|category|sentiment|target|id|name"
    r"|title|content|message|date|url|context|response|user|assistant|system|role|source|intent|topic|tags?|index|nr)s?",
    re.IGNORECASE,
)
"""What columns of training data are usually called."""
_SENTENCE = re.compile(r"(?:\S+\s+){3,}\S+[.!]\W?", re.DOTALL)
_LONG = 100
"""Characters: a name of a column is shorter."""
_LOOK, _MOST, _FEW = 500, 0.9, 4


def survey_header(first: Sequence[str], rest: Sequence[Sequence[str]]) -> str:
    """Why the first row of a table is no header, by some of the rows below it, all equally wide; empty: it is one."""
    cells = [cell.strip() for cell in first]
    if not rest or any(_NAMES.fullmatch(cell) for cell in cells) or all(_YEAR.fullmatch(cell) for cell in cells):
        return ""
    for place, cell in enumerate(cells):
        below = [row[place].strip() for row in rest[:_LOOK]]
        if cell and (why := _like(cell, [text for text in below if text])):
            return f"column {place + 1} has {why}"
    return ""


def _like(cell: str, below: list[str]) -> str:
    """What makes a cell one of the values below it; empty: nothing."""
    for kind, what in ((_NUMBER, "a number"), (_DATE, "a date")):
        if kind.fullmatch(cell) and sum(kind.fullmatch(text) is not None for text in below) >= _MOST * len(below):
            return f"{what} in it, as the rows below"
    counts = Counter(below)
    if cell in counts and len(below) >= _FEW and 2 * len(counts) <= len(below):
        return "a value in it that rows below have too"
    if len(cell) > _LONG or _SENTENCE.fullmatch(cell):
        return "a whole text in it"
    return ""
