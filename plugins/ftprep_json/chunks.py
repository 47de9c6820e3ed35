"""The bytes of an input as UTF-8, in pieces, whatever its encoding; and those pieces cut into whole lines."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator

import ftprep

CHUNK = 1 << 20
"""Bytes (or characters) read at once: large enough that the work per piece does not count, small in memory."""
LONGEST = 1 << 28
"""Bytes of a single row (256 MiB): a quote, bracket or line that never ends must not fill the memory."""
_NO_LINES = "JSON Lines have one object a line; read an array with 'json:'"
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)  # UTF-32-LE begins as UTF-16-LE does


def chunks(source: ftprep.Input, encoding: str | None) -> Iterator[bytes]:
    """The input in pieces of UTF-8 without a byte-order mark; bytes that are no UTF-8 come through as they are.

    Raises DataError for UTF-16 or UTF-32 without a mark, unless `encoding` says so.
    """
    pieces = _binary(source) if _is_utf8(source, encoding) else _recoded(source, encoding)
    mark = True
    for piece in pieces:
        yield piece.removeprefix(codecs.BOM_UTF8) if mark else piece
        mark = False


def blocks(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    r"""Blocks of whole lines, each ended by \n but for the file's last.

    Raises DataError for a line longer than `LONGEST`; `name` is what it calls the file.
    """
    rest: list[bytes] = []
    for piece in pieces:
        cut = piece.rfind(b"\n") + 1
        if cut == 0:
            rest.append(piece)
            if sum(map(len, rest)) > LONGEST:
                raise ftprep.DataError(f"a line is longer than {LONGEST >> 20} MiB", hint=_NO_LINES, file=name)
            continue
        yield b"".join([*rest, piece[:cut]])
        rest = [piece[cut:]]
    if last := b"".join(rest):
        yield last


def lines(block: bytes) -> list[bytes]:
    r"""The lines of a block without their ends, split on \n only: U+2028, U+0085 and a lone \r are no ends."""
    found = block.split(b"\n")
    return found if found[-1] else found[:-1]


def _known(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        raise ValueError(f"no encoding is called '{name}'; try utf-8, cp1252, utf-16 or latin-1") from None
    return name


Encoding = Annotated[str, AfterValidator(_known)]
"""The type of an option that names a text encoding."""


def _is_utf8(source: ftprep.Input, encoding: str | None) -> bool:
    if encoding is not None:
        return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    head = source.head(4)
    if head.startswith(_MARKS):
        return False
    if b"\0" in head:
        likely = "utf-32" if b"\0\0" in head else "utf-16"
        likely += "-be" if head.startswith(b"\0") else "-le"
        raise ftprep.DataError(
            f"this is not UTF-8 text (it looks like {likely.upper()})",
            hint=f"add 'encoding: {likely}', or save it as UTF-8",
            file=source.name,
        )
    return True


def _binary(source: ftprep.Input) -> Iterator[bytes]:
    with source.open() as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _recoded(source: ftprep.Input, encoding: str | None) -> Iterator[bytes]:
    with source.text(encoding) as stream:
        while piece := stream.read(CHUNK):
            yield piece.encode()
