"""The transformer `negatives`: a question with the context of another, so that a model learns to say that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec
import xxhash
from pydantic import Field, field_validator

from ftprep import Column, DataError, Example, InPath, Map, MissingColumn, Outcome, Row, StepRun, as_text

from .walk import parse, walk


class _Context(NamedTuple):
    group: str
    text: Any


class Negatives(Map):
    """Adds, to a share of the examples, a copy with the context of another group.

    Contexts come from a side table, drawn by a seeded hash, and only from the example's own split: so the recipe's
    split must be told by the fields (`stable: true` with `by`, or `from`). `set` gives other columns of the copy their
    values.
    """

    name: ClassVar[str] = "negatives"
    many: ClassVar[bool] = True
    unpacks: ClassVar[bool] = True
    asks_split: ClassVar[bool] = True

    table: InPath
    """The table of contexts, relative to the recipe; the input itself will do."""
    column: Column
    """The column of the context, in the examples and in the side table."""
    group: Column
    """The column that says what a context is about; one of the same group is never taken. The side table has it too."""
    share: float = Field(default=1.0, gt=0, le=1)
    """The share of the examples that get a copy."""
    set_: dict[str, str] = Field(default={}, alias="set")
    """Column -> its value in the copy, such as the answer `No sufficient context`."""
    path: str | None = None
    """Where contexts lie inside a row of the side table, e.g. `paragraphs[]`; `column` is a key of what lies there."""

    @field_validator("path")
    @classmethod
    def _a_path(cls, path: str | None) -> str | None:
        if path is not None:
            parse(path)
        return path

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What adds copies. Raises DataError for a table without the columns."""
        contexts = run.once(f"negatives {self.table}", lambda: self._read(run))
        return lambda example: self._both(example, contexts, run)

    def _read(self, run: StepRun) -> dict[str, list[_Context]]:
        """Split -> its contexts, each once, in the order of their hashes (not of the table)."""
        found: dict[str, dict[_Context, None]] = {}
        number = 0
        for number, row in enumerate(run.rows(self.table), 1):
            split = run.split_of(Example(fields=row))
            for fields in self._rows(row):
                context = self._context(fields, number)
                found.setdefault(str(split), {})[context] = None
        run.tally(f"rows of {self.table}", number)
        return {split: sorted(some, key=lambda one: _hash(one, 0)) for split, some in found.items()}

    def _rows(self, row: Row) -> list[Row]:
        if self.path is None:
            return [row]
        inner = walk(row, parse(self.path), {})
        return [{**above, **item} for above, item in inner if isinstance(item, Mapping)]

    def _context(self, fields: Row, number: int) -> _Context:
        for name in (self.column, self.group):
            if name not in fields:
                hint = f"its columns: {', '.join(fields)}; a context inside a cell is reached with 'path'"
                raise DataError(f"no column '{name}' in this side table", hint=hint, file=str(self.table), line=number)
        return _Context(as_text(fields[self.group]), fields[self.column])

    def _both(self, example: Example, contexts: Mapping[str, Sequence[_Context]], run: StepRun) -> Outcome:
        for name in (self.column, self.group):
            if name not in example.fields:
                raise MissingColumn(name)
        number = _hash(sorted(example.fields.items()), run.seed)
        if number >= self.share * 2**64:
            return example
        split = run.split_of(example)
        other = self._drawn(contexts.get(str(split), ()), example, number)
        if other is None:
            run.tally("no context of another group in this split")
            return example
        run.tally("made")
        return [example, example.with_(fields={**example.fields, self.column: other.text, **self.set_})]

    def _drawn(self, contexts: Sequence[_Context], example: Example, number: int) -> _Context | None:
        """A context of another group and with another text: the first one from a drawn place on."""
        group, own = as_text(example.fields[self.group]), example.fields[self.column]
        start = number % len(contexts) if contexts else 0
        places = (contexts[(start + step) % len(contexts)] for step in range(len(contexts)))
        return next((one for one in places if one.group != group and one.text != own), None)


def _hash(value: Any, seed: int) -> int:
    try:
        data = msgspec.msgpack.encode(value, enc_hook=str)
    except (UnicodeEncodeError, OverflowError):
        data = repr(value).encode("utf-8", "backslashreplace")
    return xxhash.xxh3_64_intdigest(data, seed)
