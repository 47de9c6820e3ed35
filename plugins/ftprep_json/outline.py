"""What a JSON document looks like from outside: whether it is JSON Lines, and where the arrays in it stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import msgspec

from ftprep import DataError

from .scan import Document

_LOOK = 3
_SHOW = 5
_SPEAKER = frozenset(("role", "from"))
_NEXT_LINE = re.compile(rb"[ \t\r]*\n\s*\{")


def is_json_lines(head: bytes) -> bool:
    """Whether the first line is a whole object and another one begins on a line below it."""
    head = head.lstrip()
    line = head.split(b"\n", 1)[0]
    document = Document(iter([line]), "")
    if document.peek() != b"{":
        return False
    try:
        end = len(document.take())
    except DataError:
        return False
    return _NEXT_LINE.match(head, end) is not None


def is_one_row(head: bytes) -> bool:
    """Whether the document is a single row of training data: an object with a list of messages."""
    if not head.lstrip().startswith(b"{"):
        return False
    try:
        row = msgspec.json.decode(head)
    except (msgspec.DecodeError, RecursionError):
        return False
    lists = [row[key] for key in ("messages", "conversations") if isinstance(row.get(key), list)]
    return any(
        items and all(isinstance(item, dict) and not _SPEAKER.isdisjoint(item) for item in items) for items in lists
    )


def hint_for(document: Document, path: tuple[str, ...]) -> str:
    """What to write as `at:` for an object at `path`, where `document` stands."""
    found = list(islice(arrays(document, path), _SHOW + 1))
    if not found:
        return "no array of rows is in it; put the objects into [ ], or name a column for the keys with 'keys:'"
    shown = ", ".join(f"'at: {'.'.join(place)}'" for place in found[:_SHOW])
    return f"say where the rows are: {shown}{', …' if len(found) > _SHOW else ''}"


def arrays(document: Document, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The places of arrays of objects or arrays, some levels below `path`, where `document` stands."""
    for key in document.children():
        here = (*path, key)
        kind = document.peek()
        if kind == b"[" and document.inside() in (b"{", b"["):
            yield here
        if kind == b"{" and len(here) - len(path) < _LOOK:
            yield from arrays(document, here)
        else:
            document.skip()
