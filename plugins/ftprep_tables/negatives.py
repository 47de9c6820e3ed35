"""The transformer `negatives`: a question with the context of another, so that a model learns to say that it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple

import msgspec
import xxhash
from pydantic import Field, field_validator

from ftprep import Column, DataError, Example, InPath, Map, MissingColumn, Outcome, Row, StepRun, as_text

from .walk import End, parse, walk

Split = Literal["train", "validation", "test"]


class _Context(NamedTuple):
    value: Any
    text: str
    groups: frozenset[str]
    """All groups that it stands in."""


class _Pool(NamedTuple):
    """What one split can draw from."""

    contexts: list[_Context]
    """In the order of their hashes, not of the table."""
    of_group: Counter[str]
    """How many of them are no other for an example of this group."""


class Negatives(Map):
    """Adds, to a share of the examples, a copy with the context of another group.

    Contexts come from a side table, drawn by a seeded hash, and only from the example's own split: so the recipe's
    split must be told by the fields (`stable: true` with `by`, or `from`). A context that also stands in another split,
    or in the example's own group, is not taken. `set` gives other columns of the copy their values. Examples for which
    there is no context are counted in the run's notes.
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
    own: dict[str, str] = {}
    """Column -> its value in the example itself, where that column is not there or empty: with `set: {related: "no"}`
    it is `own: {related: "yes"}`."""
    path: str | None = None
    """Where contexts lie inside a row of the side table, e.g. `paragraphs[]` (`column` is a key of what lies there) or
    `paragraphs[].context`."""

    @field_validator("path")
    @classmethod
    def _a_path(cls, path: str | None) -> str | None:
        if path is not None:
            parse(path)
        return path

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns, and those of `own` and `set`."""
        return list(dict.fromkeys((*columns, *self.own, *self.set_)))

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What adds copies. Raises DataError for a table without the columns."""
        pools = run.once(f"negatives {self.table}", lambda: self._read(run))
        return lambda example: self._both(example, pools, run)

    def _read(self, run: StepRun) -> dict[str, _Pool]:
        """Split -> the contexts that stand in it alone, each once."""
        values: dict[str, Any] = {}
        groups: dict[str, set[str]] = {}
        splits: dict[str, set[Split | None]] = {}
        number = 0
        for number, row in enumerate(run.rows(self.table), 1):
            split = run.split_of(Example(fields=row))
            for fields in self._rows(row):
                group, value = self._context(fields, number)
                if text := as_text(value):
                    values.setdefault(text, value)
                    groups.setdefault(text, set()).add(group)
                    splits.setdefault(text, set()).add(split)
        run.tally(f"rows of {self.table}", number)
        if number and not values:
            hint = f"look at 'path', '{self.column}' is asked for in what lies there"
            raise DataError("no context in this side table", hint=hint, file=str(self.table))
        return _pools(values, groups, splits)

    def _rows(self, row: Row) -> list[Row]:
        if self.path is None:
            return [row]
        inner = [one for one in walk(row, parse(self.path), {}) if not isinstance(one[1], End)]
        return [{**above, **(item if isinstance(item, Mapping) else {self.column: item})} for above, item in inner]

    def _context(self, fields: Row, number: int) -> tuple[str, Any]:
        for name in (self.column, self.group):
            if name not in fields:
                hint = f"its columns: {', '.join(fields)}; a context inside a cell is reached with 'path'"
                raise DataError(f"no column '{name}' in this side table", hint=hint, file=str(self.table), line=number)
        return as_text(fields[self.group]), fields[self.column]

    def _both(self, example: Example, pools: Mapping[str, _Pool], run: StepRun) -> Outcome:
        fields = example.fields
        for name in (self.column, self.group):
            if name not in fields:
                raise MissingColumn(name)
        own = {name: value for name, value in self.own.items() if not as_text(fields.get(name))}
        itself = example.with_(fields={**fields, **own}) if own else example
        number = _hash(sorted(fields.items()), run.seed)
        if number >= self.share * 2**64:
            return itself
        split = run.split_of(example)
        other = self._drawn(pools.get(split) if split is not None else None, fields, number)
        if other is None:
            run.tally("no context of another group in this split")
            return itself
        run.tally("made")
        return [itself, itself.with_(fields={**itself.fields, self.column: other.value, **self.set_})]

    def _drawn(self, pool: _Pool | None, fields: Row, number: int) -> _Context | None:
        """A context of another group and with another text: the first one from a drawn place on."""
        group, own = as_text(fields[self.group]), as_text(fields[self.column])
        if pool is None or pool.of_group[group] == len(pool.contexts):
            return None
        contexts = pool.contexts
        start = number % len(contexts)
        places = (contexts[(start + step) % len(contexts)] for step in range(len(contexts)))
        return next((one for one in places if group not in one.groups and one.text != own), None)


def _pools(
    values: Mapping[str, Any], groups: Mapping[str, set[str]], splits: Mapping[str, set[Split | None]]
) -> dict[str, _Pool]:
    """Split -> the contexts that stand in it alone, each once."""
    pools: dict[str, _Pool] = {}
    for text in sorted(values, key=lambda text: _hash(text, 0)):
        split, *more = splits[text]
        if split is not None and not more:
            pool = pools.setdefault(split, _Pool([], Counter()))
            pool.contexts.append(_Context(values[text], text, frozenset(groups[text])))
            pool.of_group.update(groups[text])
    return pools


def _hash(value: Any, seed: int) -> int:
    try:
        data = msgspec.msgpack.encode(value, enc_hook=str)
    except (UnicodeEncodeError, OverflowError):
        data = repr(value).encode("utf-8", "backslashreplace")
    return xxhash.xxh3_64_intdigest(data, seed)
