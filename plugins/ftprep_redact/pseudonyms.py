"""Texts cut at what has to go, and pseudonyms in its place: `[EMAIL_1]`, `[PHONE_2]`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from .kinds import Finder

Piece = str | tuple[str, str, bool]
"""Text that stays; or kind, value, and whether it is a pseudonym already."""
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*', re.DOTALL)


class Cutter:
    """Cuts texts by finders; each kind only sees what earlier ones have left.

    It goes on until nothing is found: cutting makes new beginnings and ends. So a second run finds no more than the
    first, and pseudonyms that are there count as found.
    """

    def __init__(self, finders: Mapping[str, Finder]):
        self._finders = finders
        self._made = re.compile(rf"\[({'|'.join(map(str.upper, finders))})_[0-9]+\]")

    def __call__(self, text: str) -> Sequence[Piece]:
        """The pieces of a text."""
        pieces: list[Piece] = self._known(text) if "[" in text else [text]
        count = 0
        while len(pieces) != count:
            count = len(pieces)
            for kind, finder in self._finders.items():
                pieces = [part for piece in pieces for part in _cut(piece, kind, finder)]
        return pieces

    def _known(self, text: str) -> list[Piece]:
        pieces: list[Piece] = []
        end = 0
        for match in self._made.finditer(text):
            pieces += [text[end : match.start()], (match[1].lower(), match[0], True)]
            end = match.end()
        return [*pieces, text[end:]]


def _cut(piece: Piece, kind: str, finder: Finder) -> Sequence[Piece]:
    if not isinstance(piece, str):
        return (piece,)
    pieces: list[Piece] = []
    end = 0
    for begin, stop, value in finder(piece):
        pieces += [piece[end:begin], (kind, value, False)]
        end = stop
    return [*pieces, piece[end:]] if pieces else (piece,)


class Book:
    """The pseudonyms of one example, numbered as their values first appear; `found` counts by kind."""

    def __init__(self, cutter: Cutter):
        self._cutter = cutter
        self._names: dict[tuple[str, str], str] = {}
        self._numbers: Counter[str] = Counter()
        self.found: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """The text with pseudonyms; the same object where it has none. JSON stays JSON."""
        if text[:1] in ("{", "["):
            try:
                msgspec.json.decode(text)
            except (msgspec.DecodeError, UnicodeEncodeError):  # no JSON; half characters
                return self._plain(text)
            return _LITERAL.sub(self._literal, text)
        return self._plain(text)

    def value(self, value: Any) -> Any:
        """A field's value with pseudonyms in every text and number in it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, int) and not isinstance(value, bool):
            made = self._plain(digits := str(value))
            return value if made == digits else made
        return value

    def _plain(self, text: str) -> str:
        pieces = self._cutter(text)
        if len(pieces) == 1:
            return text
        return "".join([piece if isinstance(piece, str) else self._name(*piece) for piece in pieces])

    def _name(self, kind: str, value: str, known: bool) -> str:
        if not known:
            self.found[kind] += 1
        if (kind, value) not in self._names:
            self._numbers[kind] += 1
            self._names[kind, value] = f"[{kind.upper()}_{self._numbers[kind]}]"
        return self._names[kind, value]

    def _literal(self, match: re.Match[str]) -> str:
        old = json.loads(match[0]) if match[0][0] == '"' else match[0]
        new = self._plain(old)
        return match[0] if new == old else json.dumps(new, ensure_ascii=match[0].isascii())
