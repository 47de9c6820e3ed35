"""Rows of data frames and of Arrow batches, a block at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import ftprep

from .values import plain_list, singles

if TYPE_CHECKING:
    import pandas as pd

BLOCK = 2000
"""Rows in a block."""


def is_frame(data: object) -> bool:
    """Whether it is a pandas data frame, found without importing pandas."""
    return any(
        kind.__name__ == "DataFrame" and kind.__module__.partition(".")[0] == "pandas" for kind in type(data).__mro__
    )


def rows_of_frame(frame: pd.DataFrame, file: str | None = None) -> Iterator[ftprep.Rows]:
    """The rows of a frame, numbered from 1. An index with a name is a column (or several), one without is left out.

    Raises DataError for columns of one name.
    """
    if any(name is not None for name in frame.index.names):
        frame = _with_index(frame, file)
    names = names_of(list(frame.columns), file)
    for start in range(0, len(frame), BLOCK):
        part = frame.iloc[start : start + BLOCK]
        yield block(names, [_values(part.iloc[:, i]) for i in range(len(names))], start)


def rows_of_batches(names: list[str], batches: Iterable[Any]) -> Iterator[ftprep.Rows]:
    """The rows of Arrow record batches."""
    start = 0
    for batch in batches:
        yield block(names, [_arrow_values(column) for column in batch.columns], start)
        start += batch.num_rows


def block(names: Sequence[str], columns: list[list[Any]], start: int) -> ftprep.Rows:
    """Columns as rows, the first one numbered `start` + 1."""
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return ftprep.Rows(rows, range(start + 1, start + 1 + len(rows)))


def names_of(labels: Sequence[Any], file: str | None) -> list[str]:
    """The columns' names as text; levels are joined (`price_eur`). Raises DataError where there are none, or twice."""
    names = ["_".join(map(str, filter(_is_named, x))) if isinstance(x, tuple) else str(x) for x in labels]
    who = "the table" if file else "the data frame"
    if not names:
        raise ftprep.DataError(f"{who} has no columns", hint="give it at least one", file=file)
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        message = f"{who} has more than one column called {', '.join(map(repr, twice))}"
        raise ftprep.DataError(message, hint="rename or drop all but one", file=file)
    return names


def _is_named(level: Any) -> bool:
    return level is not None and level != "" and level == level  # no NaN


def _with_index(frame: pd.DataFrame, file: str | None) -> pd.DataFrame:
    try:
        return frame.reset_index()
    except ValueError as error:  # pandas: cannot insert x, already exists
        message = f"an index and a column have one name: {error}"
        raise ftprep.DataError(
            message, hint="rename the index, or drop it with reset_index(drop=True)", file=file
        ) from error


def _values(column: pd.Series[Any]) -> list[Any]:
    if str(column.dtype) in ("float32", "float16"):
        return singles(column.tolist())
    return plain_list(column.tolist())


def _arrow_values(column: Any) -> list[Any]:
    if str(column.type) in ("float", "halffloat"):
        return singles(column.to_pylist())
    return plain_list(column.to_pylist())
