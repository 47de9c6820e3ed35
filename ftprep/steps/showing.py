"""What there is to see of figures: data about charts and tables, drawn on the page and in the terminal by others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

Topic = Literal["lengths", "turns", "labels", "repeats", "text", "personal", "cost", "other"]
"""The section of the report that a check's figures stand in: lengths in tokens; roles and turns; class labels;
duplicates, contradictions and leakage; the text as such (separators, special tokens, wrong decoding); personal data;
what training costs."""


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """How many examples fall into each range of a number."""

    title: str
    x: str
    """What is measured, with its unit."""
    bins: Sequence[tuple[float, float, int]]
    """From, up to (not included), examples; at most 60, in order, without gaps."""
    marks: Mapping[str, float] = {}
    """Name -> place of a line across: a limit, `p50`, `p95`."""
    y: str = "examples"


class Bars(msgspec.Struct, frozen=True, kw_only=True):
    """A bar for each name, of one or several parts laid end to end."""

    title: str
    x: str
    """What is measured."""
    bars: Mapping[str, Mapping[str, float]]
    """Name -> part (a split; the name of what is measured where there is only one) -> number, in the order shown."""
    y: str = ""
    """What the names are."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of short values: texts, numbers, None."""

    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    caption: str = ""
    more: int = 0
    """Rows there are beside those that are given."""


class Numbers(msgspec.Struct, frozen=True):
    """Names and numbers, or short texts."""

    values: Mapping[str, Any]


class Note(msgspec.Struct, frozen=True):
    """A sentence."""

    text: str
    mood: Literal["good", "note", "bad"] = "note"


Shown = Histogram | Bars | Table | Numbers | Note


def plainly(figures: Mapping[str, Any]) -> list[Shown]:
    """Any figures: numbers and short texts with their names, lists of mappings as tables."""
    numbers = {
        _said(name): value for name, value in figures.items() if isinstance(value, (int, float, str)) and value != ""
    }
    tables = [_table(name, value) for name, value in figures.items() if _is_rows(value)]
    return [*([Numbers(numbers)] if numbers else []), *tables]


def _is_rows(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(row, dict) for row in value)


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    head = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[row.get(key) for key in head] for row in rows[:_MOST]]
    return Table(caption=_said(name), head=list(map(_said, head)), rows=cells, more=max(0, len(rows) - _MOST))


_MOST = 50
"""Rows of a table that are shown."""


def _said(name: str) -> str:
    return name.replace("_", " ")
