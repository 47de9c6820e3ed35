"""The reader `lines`."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

import ftprep

BLOCK = 1 << 18
"""Characters of lines that are read at once, about."""
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_SURE = 0.5


def _known_encoding(value: str) -> str:
    try:
        "".encode(value)
    except (LookupError, ValueError):
        raise ValueError(f"unknown encoding '{value}'; for example utf-8, cp1252, utf-16-le") from None
    return value


class Lines(ftprep.Reader):
    """Plain text: every line that is not blank is a row, its text in the one column, as it stands.

    Rows are numbered by their lines, which end in LF, CRLF or CR.
    """

    name: ClassVar[str] = "lines"

    column: str = Field(default="text", min_length=1)
    """What the column is called."""
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = None
    """The file's encoding, such as `cp1252`. Without it: what its byte-order mark says, else UTF-8."""

    def read(self, source: ftprep.Input) -> Iterator[ftprep.Rows]:
        """Blocks of a few thousand lines. Raises DataError where all are blank."""
        first, nothing = 1, True
        with source.text(self.encoding) as text:
            while lines := text.readlines(BLOCK):
                found = [(number, line) for number, line in enumerate(lines, first) if not line.isspace()]
                if found:
                    nothing = False
                    rows: list[ftprep.Row] = [{self.column: line.rstrip("\r\n")} for _, line in found]
                    yield ftprep.Rows(rows, [number for number, _ in found])
                first += len(lines)
        if nothing:
            raise ftprep.DataError("is empty", hint="every line that is not blank would be a row", file=source.name)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Half sure of what is called `.txt` and is text: a reader that knows what stands in it comes first."""
        text = head.startswith(_WIDE) or b"\0" not in head
        return _SURE if text and name.lower().endswith(".txt") else 0.0

    @classmethod
    def survey(cls, source: ftprep.Input) -> ftprep.Survey:
        """Its encoding, and what is odd about its lines."""
        return ftprep.survey_text(source)
