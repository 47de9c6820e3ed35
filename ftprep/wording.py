"""What a text became, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Op = Literal["same", "gone", "new"]
Piece = tuple[Op, str]
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_MOST = 4_000_000
"""Words of one text times words of the other from which they are not compared."""
_ALIKE = 0.3
"""Share of characters in common below which texts are shown one after the other."""
_AROUND = 24
"""Characters of what is the same that are shown beside a change."""
_LONGEST = 200
"""Characters of what is gone or new that are shown."""
MARKS = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
"""How pieces are marked, as `git diff --word-diff` marks them."""


def word_diff(before: str, after: str) -> str:
    """Both texts in one, such as `the [-mood-]{+tone+} of the text`; what they have in common is shortened."""
    return "".join(MARKS[op].format(text) for op, text in shortened(word_changes(before, after)))


def word_changes(before: str, after: str) -> list[Piece]:
    """What is the same, gone and new, in the order of the texts."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle = _compared(old[start : len(old) - end], new[start : len(new) - end])
    pieces: list[Piece] = [("same", "".join(old[:start])), *middle, ("same", "".join(old[len(old) - end :]))]
    return [(op, text) for op, text in _joined(pieces) if text]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words they begin with alike."""
    return next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _compared(old: list[str], new: list[str]) -> Iterator[Piece]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if len(old) * len(new) > _MOST or _share(matcher, old, new) < _ALIKE:
        yield "gone", "".join(old)
        yield "new", "".join(new)
        return
    for op, a, b, c, d in matcher.get_opcodes():
        same = op == "equal" and not "".join(old[a:b]).isspace()
        if same:
            yield "same", "".join(old[a:b])
        else:  # white space between two changes belongs to them
            yield "gone", "".join(old[a:b])
            yield "new", "".join(new[c:d])


def _share(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> float:
    """Of the characters of the shorter text, white space apart, how many are in common."""
    common = sum(_length(old[block.a : block.a + block.size]) for block in matcher.get_matching_blocks())
    return common / max(1, min(_length(old), _length(new)))


def _length(words: Sequence[str]) -> int:
    return sum(len(word) for word in words if not word.isspace())


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Changes that follow each other as one."""
    gone = new = ""
    for op, text in pieces:
        if op == "gone":
            gone += text
        elif op == "new":
            new += text
        elif text:
            yield from _trimmed(gone, new)
            gone = new = ""
            yield "same", text
    yield from _trimmed(gone, new)


def _trimmed(gone: str, new: str) -> Iterator[Piece]:
    """A change without the white space that both have at their ends."""
    if gone == new:
        yield "same", gone
        return
    start = next((i for i, (a, b) in enumerate(zip(gone, new, strict=False)) if a != b or not a.isspace()), 0)
    yield "same", gone[:start]
    yield "gone", gone[start:]
    yield "new", new[start:]


def shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, of which long ones are cut: what is the same to its ends, what is gone or new in its middle."""
    last = len(pieces) - 1
    for at, (op, text) in enumerate(pieces):
        if op != "same":
            yield op, cut_middle(text, _LONGEST)
        elif len(text) <= 2 * _AROUND + 8:
            yield op, text
        else:
            head = text[:_AROUND] if at > 0 else ""
            tail = text[-_AROUND:] if at < last else ""
            yield op, f"{head}…{tail}" if last else cut_middle(text, _LONGEST)


def cut_middle(text: str, most: int) -> str:
    """A text without its middle, where it is long."""
    if len(text) <= most:
        return text
    return f"{text[: most * 2 // 3]}… ({len(text):,} characters) …{text[-most // 4 :]}"
