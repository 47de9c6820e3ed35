"""Cutting a stream of rows into roots: neighbours as they come, scattered rows through the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from ..errors import DataError
from ..example import Row
from ..steps import Gather
from .keys import KeyTable, digest
from .part import Unit
from .scatter import Scattered


class Cut(msgspec.Struct, frozen=True):
    """Rows of whole roots; `ends[i]` is where root i ends."""

    rows: list[Row]
    numbers: Sequence[int]
    ends: list[int]
    through: int
    """The last row of the file up to which all is known: what was lost there belongs to this cut or those before."""


class Cutter:
    """Takes the rows of one file in their order and gives whole roots."""

    def __init__(self, gather: Gather, unit: Unit, name: str, find: Callable[[Any], int | None]):
        """`find` gives the number of the first row that has a key, by reading again: rows long gone are not kept
        for the one message that a key came back."""
        self.gather, self.unit, self.name, self._find = gather, unit, name, find
        self._rows: list[Row] = []
        self._numbers: Sequence[int] = ()
        self._keys = KeyTable() if type(gather).key is not Gather.key else None
        self._scattered = Scattered(gather.key) if gather.scattered() else None

    def close(self) -> None:
        """Gives back what it holds on disk."""
        if self._scattered is not None:
            self._scattered.close()

    def feed(self, rows: list[Row], numbers: Sequence[int]) -> Iterator[Cut]:
        """The roots that are whole with these rows. Raises MissingColumn, and nothing was taken, where the key of one
        cannot be told."""
        if self._scattered is not None:
            self._scattered.add(rows, numbers)
            return
        if self._rows:
            rows, numbers = self._rows + rows, _joined(self._numbers, numbers)
        if not rows:
            return
        ends = self.gather.ends(rows)
        last = ends[-1] if ends else 0
        cut = self._checked(rows[:last], numbers[:last], ends) if ends else None
        self._rows, self._numbers = rows[last:], numbers[last:]
        if cut is not None:
            yield cut
        self._bounded(self._numbers, [len(self._rows)])

    def finish(self) -> Iterator[Cut]:
        """The last root, or all of them where rows were scattered."""
        if self._scattered is not None:
            for rows, numbers, ends in self._scattered.roots():
                self._bounded(numbers, ends)
                yield Cut(rows, numbers, ends, 0)
        elif self._rows:
            rows, rest = self._rows, self._numbers
            self._rows, self._numbers = [], ()
            yield self._checked(rows, rest, [len(rows)])

    def _bounded(self, numbers: Sequence[int], ends: Sequence[int]) -> None:
        """Refuses a root of too many rows."""
        most, start = self.gather.most_rows(), 0
        for end in ends:
            if end - start > most:
                place = self.unit.place(numbers[start], numbers[start])
                raise DataError(
                    f"{place}: the root of '{self.name}' that begins here has more than {most} rows",
                    hint="check the column or separator that ends it",
                )
            start = end

    def _checked(self, rows: list[Row], numbers: Sequence[int], ends: list[int]) -> Cut:
        """The cut, after making sure that no key of it came before."""
        starts = [0, *ends[:-1]]
        if self._keys is not None:
            key = self.gather.key
            keys = [(at, name) for at in starts if (name := key(rows[at])) is not None]
            if keys:
                again = self._keys.seen([digest(repr(name)) for _, name in keys])  # 1 is not "1"
                if any(again):
                    at, name = keys[again.index(True)]
                    raise self._came_back(rows, numbers, at, name, starts)
        self._bounded(numbers, ends)
        return Cut(rows, numbers, ends, numbers[-1])

    def _came_back(
        self, rows: Sequence[Row], numbers: Sequence[int], at: int, name: Any, starts: Sequence[int]
    ) -> DataError:
        here = next((numbers[s] for s in starts if s < at and self.gather.key(rows[s]) == name), None)
        earlier = here if here is not None else self._find(name)
        place = self.unit.place(numbers[at], numbers[at])
        was = f"its first rows stand at {self.unit.place(earlier, earlier)}" if earlier else "it began further up"
        return DataError(
            f"{place}: conversation '{name}' comes back; {was}",
            hint="sort the rows so that each conversation's are neighbours, or set 'scattered: true'",
        )


def _joined(numbers: Sequence[int], more: Sequence[int]) -> Sequence[int]:
    """Numbers one after the other; a range where they are one."""
    if isinstance(numbers, range) and isinstance(more, range) and numbers.stop == more.start:
        return range(numbers.start, more.stop)
    return [*numbers, *more]
