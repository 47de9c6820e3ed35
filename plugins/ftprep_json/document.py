"""The reader `json`: an array of objects, at the top of a document or somewhere inside it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, ClassVar, NoReturn

from pydantic import ConfigDict, Field, field_validator, model_validator

from ftprep import DataError, Drop, Finding, Input, Reader, Row, Rows, Survey

from .chunks import Encoding, chunks
from .codes import CODES
from .decoding import ANY, ARRAY, OBJECT
from .faults import Fault
from .mend import said
from .outline import hint_for, is_json_lines, is_one_row
from .scan import Document
from .strict import rows_of
from .texts import block_of, read_lines, read_objects

_SHOW = 10


class Json(Reader):
    """A JSON document: an array of objects at the top, or where `at` says. It is streamed, whatever its size.

    Rows are numbered by their position in the array, from 1 (many documents stand on a single line); what is said
    about a row names its line too. An element that is no object, not UTF-8, or has duplicate keys, NaN, half a
    surrogate pair or more than 100 levels of nesting is a drop; the others are read. JSON Lines in a .json file are
    read, with an advice.
    """

    name: ClassVar[str] = "json"
    problem_codes = CODES
    suffixes: ClassVar[tuple[str, ...]] = (".json",)
    fixed_columns: ClassVar[bool] = False
    model_config = ConfigDict(populate_by_name=True)

    at: str | list[str] | None = None
    """Where the array stands in an object: `data`, `a.b`, or a list of keys where they have dots in them."""
    keys: str | None = Field(None, min_length=1)
    """The rows are the values of an object (`{"id1": {…}, "id2": {…}}`): the column that each one's key goes into."""
    values: str | None = Field(None, min_length=1)
    """With `keys`: the values are no objects (`{"id1": ["a", "b"]}`): the column that each one goes into."""
    columns_: list[str] | None = Field(None, alias="columns", min_length=1)
    """The elements are arrays (`["some text", "a label"]`): the names of their columns, in order."""
    encoding: Encoding | None = None
    """The file's encoding, where it is neither UTF-8 nor has a byte-order mark; e.g. `cp1252`."""
    mend: bool = False
    """Elements that are nearly JSON are read, and said: a comma too many, Python's single quotes and words, NaN
    (null is read)."""

    @field_validator("columns_")
    @classmethod
    def _different(cls, names: list[str] | None) -> list[str] | None:
        if names is not None and len(set(names)) < len(names):
            raise ValueError("a column is named twice; give each a name of its own")
        return names

    @model_validator(mode="after")
    def _of_keys(self) -> Json:
        if self.values is not None and (self.keys is None or self.columns_ is not None or self.values == self.keys):
            raise ValueError("'values' goes with 'keys', names another column than it, and stands in for 'columns'")
        return self

    def read(self, source: Input) -> Iterator[Rows | Drop | Finding]:
        """Rows in blocks. Raises DataError where there is no array, and at the line where the document breaks."""
        pieces = chunks(source, self.encoding)
        first = next(pieces, b"")
        if not first.strip():
            raise DataError("there is nothing in it", hint="a JSON file holds an array of objects", file=source.name)
        whole = chain([first], pieces)
        if not self._path() and self.keys is None and is_json_lines(first):
            yield Finding("FT220", "this is JSON Lines, not one JSON document", "read it with 'jsonl:'", "advice")
            yield from read_lines(whole, source, mend=self.mend)
            return
        if not self._path() and self.keys is None and is_one_row(first):
            yield from read_objects(whole, source, mend=self.mend)
            return
        document = Document(whole, source.name, mend=self.mend)
        yield from self._walk(document, self._path(), source)
        document.end()
        if document.commas:
            yield said("FT222", source.place(document.commas))

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Encoding, where the rows are, and whether it is JSON at all, or nearly."""
        from .survey import of_document

        return of_document(source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Fairly sure with an array of objects or arrays, less so with an object."""
        start = b"".join(head.removeprefix(b"\xef\xbb\xbf")[:1000].split())[:2]
        if start in (b"[{", b"[["):
            return 0.8
        return 0.4 if start in (b'{"', b"[]") else 0.0

    def _path(self) -> tuple[str, ...]:
        """The keys that lead to the rows; none: they are at the top."""
        return tuple(self.at.split(".")) if isinstance(self.at, str) else tuple(self.at or ())

    def _walk(self, document: Document, path: tuple[str, ...], source: Input) -> Iterator[Rows | Drop | Finding]:
        if not path:
            yield from self._rows(document, source)
            return
        line = document.line()
        if document.peek() != b"{":
            document.fail(f"there is no object with a key '{path[0]}' here", "'at:' is a path of keys of objects", line)
        known: list[str] = []
        found = False
        for key in document.children():
            if key != path[0]:
                known += [key] if len(known) < _SHOW else []
                document.skip()
                continue
            if found:
                document.fail(f"the key '{key}' stands twice, so it is not certain where the rows are", "remove one")
            found = True
            yield from self._walk(document, path[1:], source)
        if not found:
            document.fail(f"there is no key '{path[0]}' in the object", f"its keys: {', '.join(known) or 'none'}", line)

    def _rows(self, document: Document, source: Input) -> Iterator[Rows | Drop | Finding]:
        if (found := document.peek()) != (b"[" if self.keys is None else b"{"):
            self._refuse(document, found)
        line = document.line()
        elements = ((key, document.line(), document.take()) for key in document.children())
        first = 1
        seen: set[str] = set()
        while block := block_of(elements):
            yield from self._block_rows(block, first, source, seen)
            first += len(block)
        if first == 1:
            document.fail("there are no rows in it", "the array has no elements", line)

    def _block_rows(
        self, block: list[tuple[str, int, bytes]], first: int, source: Input, seen: set[str]
    ) -> Iterator[Rows | Drop | Finding]:
        def where(i: int, raw: bytes, offset: int) -> str:
            line = block[i][1] + raw.decode("utf-8", "replace")[:offset].count("\n")
            return f"line {line}, character {offset + 1} of the element"

        def build(i: int, value: Any) -> Row | Fault:
            return self._row(block[i][0], value, seen)

        plain = self.keys is None and self.columns_ is None
        decoder = ANY if self.values is not None else OBJECT if self.columns_ is None else ARRAY
        raws = [raw for _, _, raw in block]
        yield from rows_of(raws, first, source, decoder, where, None if plain else build, mend=self.mend)

    def _row(self, key: str, value: Any, seen: set[str]) -> Row | Fault:
        if self.columns_ is not None:
            if len(value) != len(self.columns_):
                return Fault("wrong number of values", 0, f"{len(value)} values for {len(self.columns_)} columns")
            value = dict(zip(self.columns_, value, strict=True))
        elif self.values is not None:
            value = {self.values: value}
        if self.keys is None:
            row: Row = value
            return row
        if self.keys in value:
            return Fault("column in the way", 0, f"the object has a '{self.keys}' of its own; choose another 'keys:'")
        if key in seen:
            return Fault("duplicate key", 0, f"the key '{key}' stands twice")
        seen.add(key)
        return {self.keys: key, **value}

    def _refuse(self, document: Document, found: bytes) -> NoReturn:
        where = f"'{'.'.join(self._path())}'" if self._path() else "the top"
        line = document.line()
        if found == b"{":
            document.fail(f"{where} is an object, not an array of rows", hint_for(document, self._path()), line)
        if found == b"[":
            document.fail(f"{where} is an array, so the rows have no keys", "leave 'keys:' out", line)
        document.fail(f"{where} is neither an array nor an object", "a JSON file holds an array of objects", line)
