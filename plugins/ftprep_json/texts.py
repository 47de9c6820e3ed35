"""Rows from text of JSON objects: one a line, or one after the other wherever their lines end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from ftprep import DataError, Drop, Finding, Input, Rows

from .chunks import blocks, lines
from .decoding import OBJECT, decode
from .faults import Fault
from .scan import Document
from .strict import flat_rows, rows_of

_DOCUMENT = re.compile(rb"\s*(?:\[\s*\{?|\{)\s*")
_BLOCK = 1024
_BLOCK_BYTES = 1 << 20


def read_lines(pieces: Iterable[bytes], source: Input, *, mend: bool = False) -> Iterator[Rows | Drop | Finding]:
    """The rows of JSON Lines text that comes in pieces."""
    number, nothing = 1, True
    for block in blocks(pieces, source.name):
        values = None if number == 1 else flat_rows(block, OBJECT)
        if values is not None:
            yield Rows(values, range(number, number + len(values)))
            number += len(values)
            nothing = False
            continue
        found = lines(block)
        if number == 1:
            _refuse_document(found, source)
        for item in rows_of(found, number, source, OBJECT, _column, mend=mend):
            nothing = False
            yield item
        number += len(found)
    if nothing:
        raise DataError("there are no rows in it", hint="every line must be one JSON object", file=source.name)


def _column(i: int, raw: bytes, offset: int) -> str:
    return f"column {offset + 1}"


def _refuse_document(block: list[bytes], source: Input) -> None:
    """Raises DataError for an array or a pretty-printed object, of which every line would be a drop."""
    found = [line for line in block[:100] if line.strip()]
    if not found:
        return
    alone = len(found) == 1 and found[0].lstrip().startswith(b"[")
    pretty = _DOCUMENT.fullmatch(found[0]) and len(found) > 1 and isinstance(decode(found[1], OBJECT), Fault)
    if alone or pretty:
        raise DataError(
            "this is one JSON document, not an object a line", hint="read it with 'json:'", file=source.name, line=1
        )


def read_objects(pieces: Iterable[bytes], source: Input, *, mend: bool) -> Iterator[Rows | Drop | Finding]:
    """The objects of a file that stand one after the other, wherever their lines end; each is numbered by its first."""
    document = Document(iter(pieces), source.name, mend=mend)

    def where(i: int, raw: bytes, offset: int) -> str:
        return f"character {offset + 1} of the object"

    elements = (("", document.line(), document.take()) for _ in document.values())
    nothing = True
    while block := block_of(elements):
        raws, lines = [raw for _, _, raw in block], [line for _, line, _ in block]
        yield from rows_of(raws, lines, source, OBJECT, where, mend=mend)
        nothing = False
    if nothing:
        document.fail("there are no rows in it", "a file of JSON has objects", 1)


def block_of(elements: Iterator[tuple[str, int, bytes]]) -> list[tuple[str, int, bytes]]:
    """The next elements, with their places and lines, as many as are worked on at once."""
    block: list[tuple[str, int, bytes]] = []
    size = 0
    for element in islice(elements, _BLOCK):
        block.append(element)
        size += len(element[2])
        if size > _BLOCK_BYTES:
            break
    return block
