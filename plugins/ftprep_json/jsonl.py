"""The reader `jsonl`: one JSON object a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

import msgspec

from ftprep import DataError, Drop, Finding, Input, Reader, Rows, Survey

from .chunks import Encoding, blocks, chunks, lines
from .codes import LINES
from .faults import Fault
from .mend import mended
from .strict import decode, flat_rows, rows_of

OBJECT: msgspec.json.Decoder[Any] = msgspec.json.Decoder(dict[str, Any])
_DOCUMENT = re.compile(rb"\s*(?:\[\s*\{?|\{)\s*")


class Jsonl(Reader):
    r"""JSON Lines: one JSON object a line, split on \n only. Rows are numbered by their line; blank lines are no rows.

    A line that is no object, not UTF-8, or has duplicate keys, NaN, half a surrogate pair or more than 100 levels of
    nesting is a drop with its column; the others are read. null stays null, integers stay exact.
    """

    name: ClassVar[str] = "jsonl"
    problem_codes = LINES
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")
    fixed_columns: ClassVar[bool] = False

    encoding: Encoding | None = None
    """The file's encoding, where it is neither UTF-8 nor has a byte-order mark; e.g. `cp1252`."""
    form: Literal["lines", "array", "objects"] = "lines"
    """What the file is in truth: `array`, one JSON array of objects; `objects`, objects one after the other, each over
    several lines."""
    mend: bool = False
    """Lines that are nearly JSON are read, and said: a comma too many, Python's single quotes and words, NaN
    (null is read)."""

    def read(self, source: Input) -> Iterator[Rows | Drop | Finding]:
        """Rows in blocks of about 1 MiB. Raises DataError for an empty file, and one that is a JSON document."""
        from .document import Json, read_objects

        if self.form == "array":
            options = {"path": self.path, "encoding": self.encoding, "mend": self.mend}
            return Json.model_validate(options).read(source)
        if self.form == "objects":
            return read_objects(chunks(source, self.encoding), source, mend=self.mend)
        return read_lines(chunks(source, self.encoding), source, mend=self.mend)

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Encoding, and whether it is JSON Lines at all, or nearly."""
        from .survey import of_lines

        return of_lines(source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Sure with two lines that are objects; half sure with one, and with one that is nearly so."""
        found = [line for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:3] if line.strip()]
        made = [decode(line, OBJECT) for line in found[:2]]
        if made and not any(isinstance(value, Fault) for value in made):
            return 0.9 if len(made) == 2 else 0.6
        nearly = made and isinstance(made[0], Fault) and mended(found[0], made[0], OBJECT) is not None
        return 0.55 if nearly else 0.0


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
