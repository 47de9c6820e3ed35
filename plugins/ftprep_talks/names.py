"""Names of people as logs write them: full names, first names, and how two writings of one are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:[-'’.\u00b7][\p{L}][\p{L}\p{M}]*)*")
_MARKS = regex.compile(r"\p{Cf}+")
_NO_NAMES = word_set(
    "dr prof mr mrs ms miss mx sir jr herr frau hr fr ing dipl mag señor señora sr sra don doña mme mlle sig "
    "signor signora dott pan pani bay bayan the von van vom zu zur der den del de di da do dos du la le el al "
    "bin ibn und and y e"
)
"""Titles and particles."""


@lru_cache(maxsize=10_000)
def plain_name(name: str) -> str:
    """A name to compare with others: without marks that cannot be seen, in small letters, single spaces."""
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold().split())


def clean_name(name: str) -> str:
    """A name as people read it: without marks that cannot be seen, single spaces."""
    return " ".join(_MARKS.sub("", name).split())


def words_of(name: str) -> list[str]:
    """The words of a name that are made of letters; in `Smith, Ann` the second comes first."""
    family, comma, first = clean_name(name).partition(",")
    return _WORD.findall(f"{first} {family}" if comma and first.strip() else clean_name(name))


def first_name(name: str) -> str | None:
    """The first word of a name that has two letters or more and is no title; None: there is none."""
    return next(iter(parts_of(name)), None)


def parts_of(name: str) -> list[str]:
    """The words of a name that are names: of two letters or more, without titles and such as `von`."""
    return [word for word in words_of(name) if len(word) > 1 and word.casefold() not in _NO_NAMES]
