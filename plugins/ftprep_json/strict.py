"""Rows from JSON texts: a block at once where all is well, else each text alone, and a Drop for what is no row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ftprep import Drop, Finding, Input, Row, Rows

from .decoding import decode, decode_all
from .faults import DEEPEST, Fault
from .mend import mended, said

SHOWN = 2000
"""Characters of a bad line that its Drop keeps."""
_SPACE = b" \t\r\n"
_NEWLINE, _COLON = b"\n:"

Build = Callable[[int, Any], Row | Fault]
"""Makes the row out of value number i of a block."""
Where = Callable[[int, bytes, int], str]
"""Puts a place in words: the number of the value in its block, its text, and the offset of the fault in it."""


def rows_of(
    raws: list[bytes],
    first: int | Sequence[int],
    source: Input,
    decoder: msgspec.json.Decoder[Any],
    where: Where,
    build: Build | None = None,
    *,
    mend: bool = False,
) -> Iterator[Rows | Drop | Finding]:
    """The rows of a block of JSON texts, numbered from `first` (or so numbered); blank ones are no rows.

    A bad one is a Drop; with `mend`, one that is nearly JSON is a row and a Finding.
    """
    numbers = range(first, first + len(raws)) if isinstance(first, int) else first
    values, rows, taken = decode_all(raws, decoder), list[Row](), list[int]()
    if values is not None and build is None:
        yield Rows(values, numbers)
        return
    for i, raw in enumerate(raws):
        if not raw.strip(_SPACE):
            continue
        made = values[i] if values is not None else decode(raw, decoder)
        if mend and isinstance(made, Fault) and (better := mended(raw, made, decoder)):
            made, code = better
            yield said(code, source.place(numbers[i]))
        if build is not None and not isinstance(made, Fault):
            made = build(i, made)
        if not isinstance(made, Fault):
            rows.append(made)
            taken.append(numbers[i])
            continue
        if rows:
            yield Rows(rows, taken)
            rows, taken = [], []
        detail = f"{where(i, raw, made.offset)}: {made.what}"
        yield Drop(made.reason, detail, source=source.place(numbers[i]), content=shown(raw))
    if rows:
        yield Rows(rows, taken)


def flat_rows(block: bytes, decoder: msgspec.json.Decoder[Any]) -> list[Row] | None:
    r"""The rows of a block of lines, where it can be proved at a glance that all is well with them; else None.

    Every colon after a quote ends a key, but those inside strings, where the quote has a backslash before it. So where
    no key has white space before its colon, and there are as many such colons as keys in all rows together, no key
    stood twice, and no row holds an object.
    """
    try:
        values: list[Row] = decoder.decode_lines(block)
    except (ValueError, RecursionError):
        return None
    import numpy as np

    text = np.frombuffer(block, np.uint8)  # counts a byte ten times as fast as bytes.count
    if len(values) != np.count_nonzero(text == _NEWLINE) + (not block.endswith(b"\n")):
        return None
    keys = sum(map(len, values))
    if np.count_nonzero(text == _COLON) == keys:  # no colon but those of the keys
        return values if not _brackets(block) else None
    if b" :" in block:
        return None
    if (b"\t" in block and b"\t:" in block) or (b"\r" in block and b"\r:" in block):  # one byte is found sooner
        return None
    colons = block.count(b'":')
    if b"\\" in block:
        if b'\\\\":' in block:  # a key that ends in a backslash
            return None
        colons -= block.count(b'\\":')
    return values if colons == keys and not _brackets(block) else None


def _brackets(block: bytes) -> bool:
    """Whether a line has so many brackets that arrays may be nested too deeply in it."""
    return (
        b"[" in block
        and block.count(b"[") >= DEEPEST
        and any(line.count(b"[") >= DEEPEST for line in block.split(b"\n"))
    )


def shown(raw: bytes) -> str:
    """The beginning of a bad text, as its Drop keeps it."""
    text = raw[: 4 * SHOWN].decode("utf-8", "backslashreplace").rstrip("\r\n")
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
