"""The mails of a mailbox file, one after the other, in bounded memory.

Source: RFC 4155; https://www.loc.gov/preservation/digital/formats/fdd/fdd000385.shtml (mboxrd: `>From `, `>>From `).
The standard library's `mailbox` wants a path and a line in ASCII before each mail; exports are packed, and older.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

LARGEST = 64 << 20
"""Bytes of a mail that are kept; a larger one is all attachments."""
_LINE = 1 << 20
"""Bytes of a line read at a time."""
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = rb"\d{1,2}:\d\d(?::\d\d)?"
_ZONE = rb"(?:\s+(?:[A-Z]{1,5}|[+-]\d{4}))?"
BEGIN = re.compile(
    rb"From (?:.*\s)?(?:"
    rb"(?:%b)?%b\s+\d{1,2}\s+%b%b\s+\d{4}|(?:%b)?\d{1,2}\s+%b\s+\d{4}\s+%b"
    rb")%b(?:\s+remote from\s+\S+)?\s*" % (_DAY, _MONTH, _TIME, _ZONE, _DAY, _MONTH, _TIME, _ZONE)
)
"""The line before a mail: an address and the date of its arrival. A sentence that begins so does not end in one."""
_LONGEST = 500
"""Bytes such a line has at most."""
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADERS_END = re.compile(rb"\r?\n\r?\n")


class Mail(NamedTuple):
    """A mail as it stands in the file."""

    line: int
    """Of the line before it."""
    envelope: bytes
    """That line."""
    raw: bytes | None
    """The mail; None where it is larger than `LARGEST`."""


def mails(stream: BinaryIO, *, only_headers: bool = False) -> Iterator[Mail]:
    """All mails; what stands before the first one is passed over."""
    number, first, fresh = 0, 0, True
    envelope, kept, size, in_headers = b"", list[bytes](), 0, True
    while piece := stream.readline(_LINE):
        begins, fresh = fresh, piece.endswith(b"\n")
        number += begins
        if begins and piece[:5] == b"From " and begins_mail(piece):
            if first:
                yield Mail(first, envelope, _raw(kept, size))
            first, envelope, kept, size, in_headers = number, piece, [], 0, True
            continue
        if only_headers:
            if not in_headers:
                continue
            in_headers = piece not in (b"\n", b"\r\n")
        if first:
            size += len(piece)
            if size <= LARGEST:
                kept.append(piece)
    if first:
        yield Mail(first, envelope, _raw(kept, size))


def begins_mail(line: bytes) -> bool:
    """Whether this line stands before a mail."""
    return line.startswith(b"From ") and len(line) <= _LONGEST and BEGIN.fullmatch(line) is not None


def _raw(kept: list[bytes], size: int) -> bytes | None:
    """The mail, its quoted `From ` lines as they were written."""
    if size > LARGEST:
        return None
    whole = b"".join(kept)
    if whole.startswith(b">From "):  # the line of another mailbox it once lay in
        whole = whole.partition(b"\n")[2]
    if b">From " not in whole:
        return whole
    end = _HEADERS_END.search(whole)
    at = end.end() if end is not None else len(whole)
    return whole[:at] + _QUOTED.sub(rb"\1", whole[at:])
