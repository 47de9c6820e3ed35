"""The transformer `join`: columns of a side table, by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field

from ftprep import (
    Column,
    DataError,
    Drop,
    Example,
    InPath,
    Map,
    MissingColumn,
    Outcome,
    Row,
    StepRun,
    as_text,
    did_you_mean,
)


class Keys(BaseModel):
    """Columns that are called differently on the two sides."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    left: Column
    """In the rows."""
    right: str
    """In the side table."""


class Join(Map):
    """Adds columns of a side table, found by a key: `join: {table: tickets.csv, on: ticket_id}`.

    The side table is read once, by any installed reader, and kept in memory; how many rows it has is counted in the
    run's notes, and they are no part of the balance. Keys are compared as text, `1.0` and `1` are the same; an empty
    key has no partner.
    """

    name: ClassVar[str] = "join"

    table: InPath
    """The side table, a path relative to the recipe."""
    on: Column | Keys
    """The column of the key on both sides, or `{left: …, right: …}`."""
    column_names: Annotated[list[str], Field(min_length=1)] | None = Field(default=None, alias="columns")
    """The columns to add; without, all but the key."""
    prefix: str = ""
    """What the names of the added columns begin with."""
    on_missing: Literal["drop", "keep"] = "drop"
    """A row whose key the side table has not got: it is dropped, or kept with the columns empty; it is counted."""
    on_double: Literal["error", "first", "last"] = "error"
    """A key that stands in the side table twice."""

    def columns(self) -> tuple[str, ...]:
        """The key in the rows."""
        return (self._left,)

    def columns_after(self, columns: Sequence[str]) -> Sequence[str] | None:
        """The columns and those that are added, where the recipe names them."""
        if self.column_names is None:
            return None
        added = [self.prefix + name for name in self.column_names]
        return [*columns, *(name for name in added if name not in columns)]

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What looks rows up. Raises DataError for a side table that has not got the columns, or a key twice."""
        side, names = run.once(f"join {self.table}", lambda: self._read(run))
        empty: Row = dict.fromkeys(names)
        left = self._left

        def joined(example: Example) -> Outcome:
            fields = example.fields
            if left not in fields:
                raise MissingColumn(left)
            key = fields[left]
            added = side.get(key if key.__class__ is str else as_text(key))
            if added is None:
                if self.on_missing == "drop":
                    return Drop("no partner in the side table", f"{left}: '{as_text(key)[:100]}'")
                run.tally("rows without a partner")
                added = empty
            if not fields.keys().isdisjoint(added):
                self._clash(next(name for name in added if name in fields), example)
            return example.with_(fields={**fields, **added})

        return joined

    def request(self, example: Example, run: StepRun) -> Example:
        """As in training; where the columns are given already, nothing is looked up."""
        wanted = [self.prefix + name for name in self.column_names or ()]
        if (wanted and all(name in example.fields for name in wanted)) or self._left not in example.fields:
            return example
        return super().request(example, run)

    @property
    def _left(self) -> str:
        return str(self.on.left if isinstance(self.on, Keys) else self.on)

    @property
    def _right(self) -> str:
        return self.on.right if isinstance(self.on, Keys) else str(self.on)

    def _read(self, run: StepRun) -> tuple[dict[str, Row], list[str]]:
        """Key -> what its row adds, and the names of the columns added. An empty key is none."""
        side: dict[str, Row] = {}
        seen: dict[str, None] = {}
        number, right, wanted = 0, self._right, self.column_names
        for number, row in enumerate(run.rows(self.table), 1):
            if row.keys() != seen.keys():
                seen.update(dict.fromkeys(row))
            if key := as_text(row.get(right)):
                self._put(side, key, {name: row.get(name) for name in wanted} if wanted else row, number)
            else:
                run.tally(f"rows of {self.table} without a key")
        run.tally(f"rows of {self.table}", number)
        names = wanted or [name for name in seen if name != right]
        if number:
            self._check([right, *names], list(seen))
        for key, row in side.items():  # only values change
            side[key] = {self.prefix + name: row.get(name) for name in names}
        return side, [self.prefix + name for name in names]

    def _check(self, names: Sequence[str], there: Sequence[str]) -> None:
        for name in names:
            if name not in there:
                hint = did_you_mean(name, there, otherwise="its columns")
                raise DataError(f"no column '{name}' in this side table", hint=hint, file=str(self.table), line=1)

    def _put(self, side: dict[str, Row], key: str, row: Row, number: int) -> None:
        if key in side and self.on_double == "error":
            hint = "make keys unique, or say on_double: first"
            text = f"row {number}: the key '{key[:100]}' stands in this side table twice"
            raise DataError(text, hint=hint, file=str(self.table))
        if key not in side or self.on_double == "last":
            side[key] = row

    def _clash(self, name: str, example: Example) -> NoReturn:
        hint = "give the joined columns a prefix, or name those you want under columns"
        place = str(example.source) if example.source is not None else None
        raise DataError(f"the column '{name}' is there already, and '{self.table}' has one, too", hint=hint, file=place)
