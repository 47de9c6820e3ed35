"""Lines far down in a large table that hold what a spreadsheet makes of codes: found by their bytes, not by reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

import ftprep

_SIGNS = (
    re.compile(rb"-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[,;|\t\"\r\n]"),
    re.compile(rb"E\+1[1-9][,;|\t\"\r\n]"),
)
"""2-Sep and 1.23E+15 at the end of a cell; each begins with a plain letter, which is sought at the speed of memory."""
_ENOUGH = 50
_PIECE = 1 << 20
_LONGEST = 1 << 14


def far_lines(source: ftprep.Input, encoding: str, after: int) -> Iterator[tuple[int, str]]:
    """Some lines behind line `after` that have one of the signs, with their numbers; of an encoding that has ASCII."""
    line, found = 1, 0
    with source.open() as stream:
        while found < _ENOUGH and (piece := stream.read(_PIECE)):
            for begin, end in sorted(
                {_around(piece, match.start()) for sign in _SIGNS for match in sign.finditer(piece)}
            ):
                number = line + piece.count(b"\n", 0, begin)
                if number > after and end - begin < _LONGEST and found < _ENOUGH:
                    found += 1
                    yield number, piece[begin:end].decode(encoding, "replace")
            line += piece.count(b"\n")


def _around(piece: bytes, at: int) -> tuple[int, int]:
    """Where the line begins and ends in a piece; one that is cut is no row, and does no harm."""
    end = piece.find(b"\n", at)
    return piece.rfind(b"\n", 0, at) + 1, len(piece) if end < 0 else end + 1
