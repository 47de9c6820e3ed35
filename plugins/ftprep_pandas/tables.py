"""Spreadsheets that are no XLSX (ODS, XLS): a grid of cells becomes a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ftprep

from .frames import BLOCK, names_of
from .values import plain_list


def rows_of_grid(grid: list[list[Any]], sheet: str, source: ftprep.Input) -> Iterator[ftprep.Rows | ftprep.Finding]:
    """The first row that is not blank names the columns; blank rows are none; a cell with an error value is empty.

    Raises DataError for an empty sheet, and for columns without a name, or of one name.
    """
    top = next((index for index, row in enumerate(grid) if not _blank(row)), None)
    if top is None:
        raise ftprep.DataError(f"sheet '{sheet}' is empty", hint="choose another with 'sheet:'", file=source.name)
    place = source.place(top + 1, sheet=sheet)
    used = [i for i in range(len(grid[top])) if any(row[i] != "" for row in grid[top:])]
    labels = [plain_list([grid[top][i]])[0] for i in used]
    labels = [str(label).strip() if label is not None else "" for label in labels]
    if "" in labels:
        message = f"column {used[labels.index('')] + 1} has values, but no name"
        raise ftprep.DataError(message, hint="name it in the first row of the table", file=str(place))
    names = names_of(labels, str(place))
    if errors := sum(1 for row in grid[top + 1 :] for i in used if row[i] != row[i]):
        yield ftprep.Finding(
            "FT241", f"{errors} cells hold error values (as #N/A), which are read as empty", source=place
        )
    numbers = [number for number, row in enumerate(grid[top + 1 :], top + 2) if not _blank(row)]
    for start in range(0, len(numbers), BLOCK):
        part = numbers[start : start + BLOCK]
        columns = [plain_list([grid[number - 1][i] for number in part]) for i in used]
        yield ftprep.Rows([dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)], part, sheet)


def _blank(row: list[Any]) -> bool:
    return all(value == "" for value in row)
