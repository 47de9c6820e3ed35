"""Which columns a table has, and what they are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ftprep

from .book import Line
from .survey import Survey, cell_name, some


@dataclass(frozen=True)
class Header:
    """The row the names stand in (0: they were given), and each column's position (from 0) and name."""

    row: int
    columns: tuple[tuple[int, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names, from left to right."""
        return tuple(name for _, name in self.columns)


def find_row(rows: Iterator[Line], wanted: int | None, skip: int) -> Line | None:
    """The row `wanted`, or the first one after `skip` that is not blank; rows before it are read past."""
    for number, texts in rows:
        if number == wanted or (wanted is None and number > skip and any(map(str.strip, texts))):
            return number, texts
    return None


def given(names: Sequence[str], survey: Survey, skip: int) -> Header:
    """Names given in the recipe, for the columns from the first one that holds anything."""
    first = min((column for column, last in survey.columns.items() if last > skip), default=1)
    return Header(0, tuple(enumerate(names, first - 1)))


def from_row(line: Line, survey: Survey, number_them: bool, place: str) -> Header:
    """Names as they stand in a row. Columns without name and values are none (a table may start at C5).

    Raises DataError, naming each, for names that stand twice and for columns with values but no name, unless
    `number_them`: then they are called `name_2` and `column_3` (its place in the sheet).
    """
    row, texts = line
    names = [text.strip() for text in texts]
    filled = [column for column, last in survey.columns.items() if last > row]
    if number_them:
        names.extend([""] * (max(filled, default=0) - len(names)))
        return Header(row, tuple(_numbered(names, set(filled))))
    if wrong := _wrong(names, row, sorted(filled)):
        hint = (
            "name them with 'columns: [...]', or number them with 'duplicates: number'; header_row says where they are"
        )
        raise ftprep.DataError(f"the header (row {row}) has {'; '.join(wrong)}", hint=hint, file=place)
    return Header(row, tuple((index, name) for index, name in enumerate(names) if name))


def renamed(line: Line, survey: Survey, names: Sequence[str], place: str) -> Header:
    """The columns of a header row under other names. Raises DataError unless there are as many."""
    found = from_row(line, survey, True, place)
    if len(found.columns) != len(names):
        message = f"the table has {len(found.columns)} columns, but 'columns' has {len(names)} names"
        raise ftprep.DataError(
            message, hint=f"name every column; the header: {some(list(found.names), 20)}", file=place
        )
    return Header(found.row, tuple((index, name) for (index, _), name in zip(found.columns, names, strict=True)))


def _wrong(names: list[str], row: int, filled: list[int]) -> list[str]:
    """What is wrong with a header, each thing with its cells. A column beyond the last name is no part of the table."""
    wrong = []
    for name, count in Counter(filter(None, names)).items():
        if count > 1:
            wrong.append(f"'{name}' in {some([cell_name(i, row) for i, n in enumerate(names, 1) if n == name])}")
    width = max(index for index, name in enumerate(names, 1) if name)
    if blank := [cell_name(column, row) for column in filled if column < width and not names[column - 1]]:
        wrong.append(f"no name in {some(blank)}, above values")
    return wrong


def _numbered(names: list[str], filled: set[int]) -> Iterator[tuple[int, str]]:
    taken = set(names)
    seen: set[str] = set()
    for index, name in enumerate(names):
        if not name and index + 1 not in filled:
            continue
        plain, count = name or f"column_{index + 1}", 1
        made = plain
        while made in seen or (made != name and made in taken):
            count += 1
            made = f"{plain}_{count}"
        seen.add(made)
        yield index, made
