"""Finding people's names in texts, and the pseudonyms that stand in their place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Literal

import regex

from .folding import folded, form_of
from .names import first_name, parts_of, plain_name

Parts = Literal["first", "all"]
Style = Literal["name", "tag"]

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts in which a name has no space around it, or an ending stuck to it."""
_LETTER = rf"[[\p{{L}}\p{{M}}]--[{_UNSPACED}]]"
_IS_UNSPACED = regex.compile(rf"[{_UNSPACED}]", regex.V1)
_SAYS_SOMETHING = regex.compile(r"[\p{L}\p{N}]")
_CONSONANTS, _VOWELS, _SYLLABLES = "bdfghjklmnprstvz", "aeiou", 4
_GENITIVE = 3
"""Letters from which a name may have an `s` behind it, as in German."""


@lru_cache(maxsize=10_000)
def pseudonym(name: str, seed: str, style: Style) -> str:
    """What stands for a person: the same for each writing of the name, told from nothing but it and the seed. Two of
    forty million share one."""
    digest = blake2b(plain_name(name).encode("utf-8", "surrogatepass"), key=seed.encode()[:64], digest_size=8).digest()
    if style == "tag":
        return f"[PERSON_{digest.hex()[:8].upper()}]"
    number, made = int.from_bytes(digest, "big"), ""
    for _ in range(_SYLLABLES):
        number, consonant = divmod(number, len(_CONSONANTS))
        number, vowel = divmod(number, len(_VOWELS))
        made += _CONSONANTS[consonant] + _VOWELS[vowel]
    return made.capitalize()


class People:
    """Some people, and what finds them in texts."""

    def __init__(self, names: Iterable[str], keep: Iterable[str], parts: Parts, made: Callable[[str], str]):
        """`keep`: names that stay. `made` gives a person's pseudonym."""
        kept = frozenset(map(form_of, keep))
        forms = _forms([name for name in names if form_of(name) not in kept], parts)
        self._made = {form: made(person) for form, person in forms.items() if form not in kept}
        longest = sorted(self._made, key=lambda form: (-len(form), form))
        self._pattern = regex.compile(_any_of(longest), regex.V1) if longest else None

    def replaced(self, text: str, found: Callable[[str], Any]) -> str:
        """The text with pseudonyms; `found` is told each name that was there, in small letters."""
        if self._pattern is None:
            return text
        plain = folded(text)
        pieces: list[str] = []
        at = 0
        for match in self._pattern.finditer(plain.text):
            begin, end = plain.span(*match.span())
            form = " ".join(match[0].split())
            ending = "" if form in self._made else form[-1]
            form = form.removesuffix(ending)
            found(form)
            pieces += [text[at:begin], self._made[form], ending]
            at = end
        return "".join([*pieces, text[at:]]) if at else text


def _forms(names: Sequence[str], parts: Parts) -> dict[str, str]:
    """What people are called -> who it is; a first name that two share stands for itself."""
    people = {form: name for name in names if _SAYS_SOMETHING.search(form := form_of(name))}
    called: dict[str, set[str]] = {}
    for full, name in people.items():
        words = parts_of(name) if parts == "all" else [first_name(name)]
        for word in filter(None, words):
            called.setdefault(form_of(word), set()).add(full)
    forms = {word: people[next(iter(who))] if len(who) == 1 else word for word, who in called.items()}
    return {**forms, **people}


def _any_of(longest: Sequence[str]) -> str:
    """A pattern for these names, the longest first. What may begin one is looked at before anything else."""
    groups: dict[str, list[str]] = {}
    for form in longest:
        groups.setdefault(_edge(form[0], "<!"), []).append(form)
    begins = {edge: "".join(map(regex.escape, sorted({form[0] for form in forms}))) for edge, forms in groups.items()}
    return "|".join(f"(?=[{begins[edge]}]){edge}(?:{'|'.join(map(_ended, forms))})" for edge, forms in groups.items())


def _ended(form: str) -> str:
    genitive = "s?" if len(form) >= _GENITIVE and form[-1].isascii() and form[-1].isalpha() else ""
    body = r"\s+".join(map(regex.escape, form.split()))
    return f"{body}{genitive}{_edge(form[-1], '!')}"


def _edge(char: str, looks: str) -> str:
    """What may not stand beside this end of a name: a letter beside a letter, a digit beside a digit."""
    if char.isdigit():
        return rf"(?{looks}\p{{N}})"
    if _IS_UNSPACED.match(char) or unicodedata.category(char)[0] not in "LM":
        return ""
    return f"(?{looks}{_LETTER})"
