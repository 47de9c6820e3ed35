"""A look at a workbook before it is read: the sheet that has a table, the row it begins in, and its header."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import ftprep

from .book import Book, Line, Sheet
from .sheets import choose

_HEAD = 1000
"""Rows that are looked at."""


class _Table(NamedTuple):
    """The rows of a sheet that are not blank, from the one that should be the header on, cut to the columns in use."""

    sheet: Sheet
    lines: list[Line]
    first: int
    """The first column in use, from 0."""
    above: int
    """Rows with text above it that are no part of it."""


def look(book: Book, source: ftprep.Input) -> ftprep.Survey:
    """Options that read the first table there is, and what is odd about it. Raises DataError as reading does."""
    table = _first(book, source)
    if table is None:
        return ftprep.Survey()  # reading says that all is empty
    options: dict[str, Any] = {}
    why: list[str] = []
    if table.sheet != choose(book, None, source.name)[0]:
        options["sheet"] = table.sheet.name
        why.append(f"sheet '{table.sheet.name}' is the first with a table")
    more, reasons, findings = _of_header(table, source)
    rows, numbers = _rows(table, "columns" in more)
    spoilt = ftprep.survey_columns(rows, numbers, source, table.sheet.name)
    return ftprep.Survey(options={**options, **more}, why=(*why, *reasons), findings=(*findings, *spoilt))


def _first(book: Book, source: ftprep.Input) -> _Table | None:
    usual = choose(book, None, source.name)[0]
    for sheet in (usual, *(other for other in book.sheets if other != usual and not other.hidden)):
        lines = [(number, texts) for number, texts in book.rows(sheet, _HEAD, []) if any(map(str.strip, texts))]
        if lines:
            return _cut(sheet, lines)
    return None


def _cut(sheet: Sheet, lines: list[Line]) -> _Table:
    """Leaves out titles: rows at the top with much fewer cells than most have."""
    counts = [sum(bool(text.strip()) for text in texts) for _, texts in lines]
    usual = Counter(counts).most_common(1)[0][0]
    top = next((at for at, count in enumerate(counts) if count >= usual), 0)
    if 2 * counts[0] >= usual or len(lines) - top < top:
        top = 0
    used = [column for _, texts in lines[top:] for column, text in enumerate(texts) if text.strip()]
    first, last = min(used), max(used)
    cut = [(number, [*texts, *[""] * (last + 1 - len(texts))][first : last + 1]) for number, texts in lines[top:]]
    return _Table(sheet, cut, first, top)


def _of_header(table: _Table, source: ftprep.Input) -> tuple[dict[str, Any], list[str], list[ftprep.Finding]]:
    row, names = table.lines[0]
    place = source.place(row, sheet=table.sheet.name)
    options: dict[str, Any] = {}
    why: list[str] = []
    findings: list[ftprep.Finding] = []
    reason = ftprep.survey_header(names, [texts for _, texts in table.lines[1:]])
    if table.above:
        text = f"{'rows' if table.above > 1 else 'a row'} above the table left out"
        findings.append(ftprep.Finding("FT239", text, "say where it begins with 'header_row:'", "advice", source=place))
        why.append(f"the table begins in row {row}")
        options |= {"skip": row - 1} if reason else {"header_row": row}
    if reason:
        hint = "if it is one, say 'header: true'; else name the columns with 'columns:'"
        text = f"the first row is no header: {reason}"
        findings.append(ftprep.Finding("FT237", text, hint, source=place))
        return options | {"header": False, "columns": _plain(names)}, [*why, text], findings
    if _faulty(names, table):
        text = "columns have no name, or the same one; such columns are numbered"
        findings.append(ftprep.Finding("FT238", text, "give each column a name of its own", source=place))
        return options | {"duplicates": "number"}, [*why, text], findings
    return options, why, findings


def _plain(names: list[str]) -> list[str]:
    return [f"column_{n}" for n in range(1, len(names) + 1)]


def _faulty(names: list[str], table: _Table) -> bool:
    """A name stands twice, or there is none above values; to the right of the last name there is no table."""
    given = [name.strip() for name in names]
    width = max(at for at, name in enumerate(given, 1) if name)
    blank = any(not name and any(texts[at] for _, texts in table.lines[1:]) for at, name in enumerate(given[:width]))
    named = [name for name in given if name]
    return blank or len(set(named)) < len(named)


def _rows(table: _Table, no_header: bool) -> tuple[list[ftprep.Row], list[int]]:
    (_, names), *body = table.lines
    columns = _plain(names) if no_header else [name.strip() or f"column_{n}" for n, name in enumerate(names, 1)]
    lines = table.lines if no_header else body
    return [dict(zip(columns, texts, strict=True)) for _, texts in lines], [number for number, _ in lines]
