"""Which mails belong together: those that name each other in References or In-Reply-To.

A first pass reads only the headers and joins the ids that are named together; an id is kept as a hash of 8 bytes, which
takes about 150 bytes for each mail of the file. Source: RFC 5322, 3.6.4.
"""

from __future__ import annotations

import re
from array import array
from hashlib import blake2b
from typing import BinaryIO

from .box import mails

_HEADER = re.compile(rb"^(message-id|references|in-reply-to):((?:.*)(?:\r?\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(r"<[^<>\s]+>")


def ids_in(value: str) -> list[str]:
    """The ids in a header, without their brackets; of one that has no brackets, its first word."""
    found = [match[1:-1] for match in _ID.findall(value)]
    return found or value.split()[:1]


class Threads:
    """The threads of one mailbox."""

    def __init__(self, stream: BinaryIO):
        """Reads the headers of all mails."""
        self._numbers: dict[int, int] = {}
        self._above = array("l")
        self._named: dict[int, str] = {}
        for mail in mails(stream, only_headers=True):
            found: list[str] = []
            for _, value in _HEADER.findall(mail.raw or b""):
                found += ids_in(value.decode("ascii", "surrogateescape"))
            roots = [self._root(self._number(one)) for one in found]
            for root in roots[1:]:
                self._above[self._root(root)] = self._root(roots[0])

    def talk(self, ids: list[str], own: str) -> str:
        """The thread of a mail that names these ids: what its first mail in the file is called (`own`)."""
        known = [self._numbers[key] for one in ids if (key := _hash(one)) in self._numbers]
        return self._named.setdefault(self._root(known[0]), own) if known else own

    def _number(self, one: str) -> int:
        key = _hash(one)
        if key not in self._numbers:
            self._numbers[key] = len(self._above)
            self._above.append(len(self._above))
        return self._numbers[key]

    def _root(self, number: int) -> int:
        above = self._above
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number


def _hash(one: str) -> int:
    return int.from_bytes(blake2b(one.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")
