"""Texts as names are looked for in them: capitals, accents and marks that cannot be seen make no difference."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import regex

_CLUSTER = regex.compile(r"\X")
_UNSEEN = regex.compile(r"[\p{Cf}\u0300-\u036f]+")
_SEVERAL = regex.compile(r"[\p{M}\p{Cf}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
"""What makes one character of several: marks, joiners, parts of Hangul syllables."""
_ALIKE = str.maketrans({"ı": "i", "’": "'", "ʼ": "'"})


class Folded(NamedTuple):
    """A folded text, and where each of its characters stands in the text itself; no places: where it stands here."""

    text: str
    begins: list[int] | None
    ends: list[int] | None

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """A span of the folded text in the text itself, as whole characters with their marks."""
        if self.begins is None or self.ends is None:
            return begin, end
        return self.begins[begin], self.ends[end - 1]


def folded(text: str) -> Folded:
    """The text, folded character by character."""
    if text.isascii():
        return Folded(text.lower(), None, None)
    if not _SEVERAL.search(text) and len(plain := text.translate(_SINGLE)) == len(text):  # so each gave one
        return Folded(plain, None, None)
    parts: list[str] = []
    begins: list[int] = []
    ends: list[int] = []
    at = 0
    for cluster in _CLUSTER.findall(text):
        part, end = _folded(cluster), at + len(cluster)
        parts.append(part)
        begins += [at] * len(part)
        ends += [end] * len(part)
        at = end
    return Folded("".join(parts), begins, ends)


def form_of(name: str) -> str:
    """A name, folded, with single spaces."""
    return " ".join(folded(name).text.split())


@lru_cache(maxsize=50_000)
def _folded(cluster: str) -> str:
    """Without the accents of Latin, Greek and Cyrillic letters, and without dots that capitals bring or lose."""
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", cluster).casefold())
    return unicodedata.normalize("NFC", _UNSEEN.sub("", spread)).casefold().translate(_ALIKE)


class _Single(dict[int, str]):
    """What each character folds to, found when it is met."""

    def __missing__(self, code: int) -> str:
        part = self[code] = _folded(chr(code))
        return part


_SINGLE = _Single()
