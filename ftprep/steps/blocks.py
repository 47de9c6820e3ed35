"""Rows of a file in blocks: what most readers end with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ..example import Drop, Row
from ..files import Input
from .ends import Rows

BLOCK = 1000
"""Rows of a block."""


def row_blocks(items: Iterable[tuple[int, Row | Drop] | Drop], source: Input) -> Iterator[Rows | Drop]:
    """Rows with their numbers (from 1), in blocks of a thousand. A drop goes on at once, before the rows of its block;
    one with a number is placed there, one alone has its place."""
    rows: list[Row] = []
    numbers: list[int] = []
    for item in items:
        if isinstance(item, Drop):
            yield item
            continue
        number, found = item
        if isinstance(found, Drop):
            yield msgspec.structs.replace(found, source=source.place(number))
            continue
        numbers.append(number)
        rows.append(found)
        if len(rows) == BLOCK:
            yield Rows(rows, numbers)
            rows, numbers = [], []
    if rows:
        yield Rows(rows, numbers)
