"""Which texts may have something to find: a quick look at many texts at once, for most have nothing.

The texts are joined, and the bytes looked at where a kind has to have one of its own: digits, `@`, marks of keys. It
says of no text wrongly that it has nothing (what it asks for is part of every find, wherever the text is cut); what it
doubts is looked at by the finders. It takes a twentieth of their time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from .checksums import IBAN_LENGTHS
from .kinds import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_ROOM = bytes(16)
"""Before and after the texts, so that every place has neighbours."""
_MARKS = (
    ("-BEGIN", 0), ("sk-", 2), ("xox?-", 4), ("glpat-", 5),
    ("gh?_", 3), ("pat_", 3), ("k_live_", 1), ("k_test_", 1), ("hf_", 2), ("npm_", 3),
    ("AKIA", 0), ("ASIA", 0), ("AIza", 0), ("eyJ", 2),
)  # fmt: skip
"""Marks of keys, `?` for any character; with the place of the one that is rare in texts, which is looked for."""
_RARE = bytes(char in b"\0@0123456789" or chr(char) in {mark[place] for mark, place in _MARKS} for char in range(256))
"""For each byte, whether it is one of those that are looked for."""
_BETWEEN = bytes(char in "0123456789 ./()-\u00a0\u202f\u2010".encode() for char in range(256))
"""For each byte, whether it may follow a digit within a phone number."""


def doubtful(texts: Sequence[str], kinds: Sequence[Kind]) -> Iterator[tuple[int, Kind | None]]:
    """The places in `texts` of those in which something may be found, and of which kind; None: of any, as also where
    it is `ip`, which is not looked at here."""
    import numpy as np

    joined = "\0".join(texts)
    raw = b"".join((_ROOM, joined.encode("utf-8", "surrogatepass"), _ROOM))
    bytes_ = np.frombuffer(raw, dtype=np.uint8)
    at = np.flatnonzero(np.frombuffer(raw.translate(_RARE), dtype=np.bool_))
    what = bytes_[at]
    ends = at[what == 0][len(_ROOM) : 1 - len(_ROOM)]
    if "ip" in kinds or len(ends) != len(texts):  # a text has a NUL itself
        yield from ((place, None) for place in range(len(texts)))
        return
    seen = Seen(bytes_, at, what)
    for kind in kinds:
        places = np.unique(np.searchsorted(ends, _WHERE[kind](seen)))
        yield from ((place, kind) for place in places.tolist())
    if "\\" in joined:  # in JSON text, an escape may be any character
        yield from ((at, None) for at, text in enumerate(texts) if text[:1] in ("{", "[") and "\\" in text)


class Seen:
    """The bytes of texts, and where those stand that every find has one of."""

    def __init__(self, bytes_: Bytes, at: Places, what: Bytes):
        self.bytes_, self._at, self._what = bytes_, at, what
        self.digits: Places = at[what - ord("0") < 10]

    def where(self, char: str) -> Places:
        """The places of one of the rare characters."""
        found: Places = self._at[self._what == ord(char)]
        return found


def _phones(seen: Seen) -> Places:
    """Seven digits, with gaps of four characters of three bytes at most."""
    import numpy as np

    between = np.frombuffer(_BETWEEN, dtype=np.bool_)[seen.bytes_[seen.digits[:-1] + 1]]
    return _in_a_row(seen.digits, 7, 13, between)


def _cards(seen: Seen) -> Places:
    """Thirteen digits, with gaps of one character."""
    return _in_a_row(seen.digits, 13, 4)


def _in_a_row(digits: Places, number: int, apart: int, between: Bools | bool = True) -> Places:
    """The first of so many digits, of which each stands so many bytes from the next at most; and, for each, whether the
    byte behind it may stand between two of them."""
    import numpy as np

    breaks = np.cumsum(np.r_[0, ~((np.diff(digits) <= apart) & between)])
    found: Places = digits[: 1 - number][breaks[number - 1 :] == breaks[: 1 - number]]
    return found


def _accounts(seen: Seen) -> Places:
    """Two digits after the letters of a country."""
    import numpy as np

    bytes_, digits = seen.bytes_, seen.digits
    two = digits[:-1][np.diff(digits) == 1]
    code = (bytes_[two - 2].astype(np.int64) & 0xDF) << 8 | (bytes_[two - 1] & 0xDF)
    found: Places = two[np.isin(code, [ord(country[0]) << 8 | ord(country[1]) for country in IBAN_LENGTHS])]
    return found


def _addresses(seen: Seen) -> Places:
    """Each `@` with something before it and after it that is no white space."""
    at, bytes_ = seen.where("@"), seen.bytes_
    found: Places = at[(bytes_[at - 1] > 32) & (bytes_[at + 1] > 32)]
    return found


def _keys(seen: Seen) -> Places:
    """Where the marks of keys stand."""
    import numpy as np

    found = []
    bytes_ = seen.bytes_
    where = {rare: seen.where(rare) for rare in {mark[place] for mark, place in _MARKS}}
    for mark, place in _MARKS:
        at = where[mark[place]]
        for offset, char in enumerate(mark, -place):
            at = at[bytes_[at + offset] == ord(char)] if char != "?" else at
        found.append(at)
    return np.concatenate(found)


_WHERE: dict[Kind, Callable[[Seen], Places]] = {
    "key": _keys, "email": _addresses, "iban": _accounts, "card": _cards, "phone": _phones,
}  # fmt: skip
