"""The reader `jsonl`: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from ftprep import Drop, Finding, Input, Reader, Rows, Survey

from .chunks import Encoding, chunks
from .codes import LINES
from .decoding import OBJECT, decode
from .faults import Fault
from .mend import mended
from .texts import read_lines, read_objects


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
        if self.form == "array":
            from .document import Json

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
