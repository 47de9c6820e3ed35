"""A look at a table before it is read: its encoding, what separates and quotes its cells, and its header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import ftprep

from .dialect import CANDIDATES, find_delimiter, parser, sep_line, shown
from .far import far_lines
from .header import faults_in

HEAD = 1 << 20
"""Characters of lines that are looked at."""
_TRIED = 500
"""Lines that each way of quoting is tried on."""
_WAYS = (('"', ""), ('"', "\\"), ("", ""), ("'", ""))
"""Quote and escape; the first is the usual one, and only what is clearly better replaces it."""
_CLEARLY = 0.005
_RARELY, _SELDOM, _HALF = 0.01, 0.1, 0.5
_SHOWN = 4096
"""Characters of a line in which its quotes are sought."""


class _Dialect(NamedTuple):
    delimiter: str | None
    quote: str
    escape: str


def survey(source: ftprep.Input, *, tabs: bool) -> ftprep.Survey:
    """Options that read the table right, and what is odd about it. `tabs`: the name of the file promises tabs."""
    text = ftprep.survey_text(source, breaks_in_quotes=True)
    lines = _head(source, text.options.get("encoding"))
    said = sep_line(lines[0]) if lines else None
    body = lines[1:] if said else lines
    if not any(line.strip() for line in body):
        return text
    way = _dialect(body[:_TRIED], said, "\t" if tabs else None)
    options, why, findings = _of_dialect(way, said, source)
    records = list(_records(body, way))
    more, reason, found = _of_header(records, source, 1 + (said is not None))
    rows, numbers = _rows(records, options | more, 1 + (said is not None))
    if rows and sum(map(len, lines)) > HEAD // 2:
        _add_far(rows, numbers, way, source, text.options.get("encoding", "utf-8"), len(lines))
    return ftprep.Survey(
        options={**text.options, **options, **more},
        why=(*text.why, *why, *reason),
        findings=(*text.findings, *findings, *found, *ftprep.survey_columns(rows, numbers, source)),
    )


def _head(source: ftprep.Input, encoding: str | None) -> list[str]:
    """The first lines; where the file goes on the last one is left out, as the row it is in may not be whole."""
    with source.text(encoding) as text:
        piece = text.read(HEAD)
    lines = io.StringIO(piece, newline="").readlines()
    return lines[:-1] if len(lines) > 1 and len(piece) == HEAD else lines


def _dialect(lines: Sequence[str], said: str | None, expect: str | None) -> _Dialect:
    def fit(way: _Dialect) -> float:
        return _fit(lines, way) if way.delimiter else 0.0

    usual, *others = (_best(lines, quote, escape, said, expect) for quote, escape in _WAYS)
    least = fit(usual) + _CLEARLY
    best = max(others, key=fit)
    if fit(best) > least:
        return best
    return usual._replace(quote="'") if _all_single(lines, usual) else usual


def _best(lines: Sequence[str], quote: str, escape: str, said: str | None, expect: str | None) -> _Dialect:
    if said or (quote, escape) == _WAYS[0]:
        return _Dialect(said or find_delimiter(lines, quote, expect=expect), quote, escape)
    ways = [_Dialect(candidate, quote, escape) for candidate in CANDIDATES]
    return max(ways, key=lambda way: _fit(lines, way))


def _fit(lines: Sequence[str], way: _Dialect) -> float:
    """The share of lines (0 to 1) that are in rows as wide as the first, and read without complaint."""
    assert way.delimiter is not None
    if not _plausible(lines, way):
        return 0.0
    reader = parser(lines, way.delimiter, way.quote, way.escape, strict=True)
    width, good, before = 0, 0, 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return good / len(lines)
        except csv.Error:
            record = []
        width = width or len(record)
        good += 0 if len(record) != width or width < 2 else reader.line_num - before
        before = reader.line_num


def _plausible(lines: Sequence[str], way: _Dialect) -> bool:
    """Quotes are only text where few cells stand in them; and single quotes do not quote where hardly any cell does."""
    if way.quote == '"':
        return True
    mark, ends = way.quote or '"', re.escape(way.delimiter or ",")
    quoted = re.compile(rf"(?:^|{ends}){mark}[^{mark}]*+(?:{mark}{mark}[^{mark}]*+)*+{mark}(?:{ends}|\r?\n?$)")
    share = sum(quoted.search(line[:_SHOWN]) is not None for line in lines) / len(lines)
    return share > _RARELY if way.quote else share < _SELDOM


def _all_single(lines: Sequence[str], way: _Dialect) -> bool:
    """Whether cells stand in single quotes, so evenly that it made no difference to their number."""
    cells = [cell for record in _records(lines, way) for cell in record if cell]
    quoted = sum(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells)
    return quoted > _HALF * len(cells)


def _records(lines: Sequence[str], way: _Dialect) -> Iterator[list[str]]:
    reader = parser(lines, way.delimiter or ",", way.quote, way.escape)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:  # what is wrong is said when the row is read
            yield []


def _of_dialect(
    way: _Dialect, said: str | None, source: ftprep.Input
) -> tuple[dict[str, Any], list[str], list[ftprep.Finding]]:
    if way.delimiter is None:
        return {}, [], []
    options: dict[str, Any] = {"delimiter": way.delimiter}
    why = [f"the sep= line names {shown(said)}"] if said else [f"{shown(way.delimiter)} cuts its lines most evenly"]
    if (way.quote, way.escape) == _WAYS[0]:
        return options, why, []
    options |= {"quote": way.quote} if way.quote != '"' else {"escape": way.escape}
    text = {"": "quotes are only text in this file", "'": "cells are quoted with single quotes"}
    said_of = text.get(way.quote, "quotes inside cells have a backslash before them")
    hint = "if that is wrong, say how with 'quote:' and 'escape:'"
    return options, [*why, said_of], [ftprep.Finding("FT212", said_of, hint, "advice", source=source.place(1))]


def _of_header(
    records: Sequence[Sequence[str]], source: ftprep.Input, line: int
) -> tuple[dict[str, Any], list[str], list[ftprep.Finding]]:
    """The options for the names of the columns, by the first row that is not blank."""
    at = next((at for at, record in enumerate(records) if record), None)
    if at is None:
        return {}, [], []
    first, rest = records[at], [record for record in records[at + 1 :] if len(record) == len(records[at])]
    place = source.place(line + at)
    if reason := ftprep.survey_header(first, rest):
        names = [f"column_{n}" for n in range(1, len(first) + 1)]
        hint = f"if it is one, say 'header: true'; else name the columns in place of {', '.join(names)}"
        found = ftprep.Finding("FT213", f"the first row is no header: {reason}", hint, source=place)
        return {"header": False, "columns": names}, [f"the first row is no header: {reason}"], [found]
    if wrong := faults_in(first):
        text = f"{'; '.join(wrong)}; such columns are numbered"
        found = ftprep.Finding("FT214", text, "give each column a name of its own", source=place)
        return {"duplicates": "number"}, [text], [found]
    return {}, [], []


def _rows(records: Sequence[list[str]], options: dict[str, Any], line: int) -> tuple[list[ftprep.Row], list[int]]:
    """Rows of the width of the first, with the lines they start in."""
    rows: list[ftprep.Row] = []
    numbers: list[int] = []
    names: list[str] = list(options.get("columns", ()))
    for record in records:
        if record and not names:
            names = [name.strip() or f"column_{place}" for place, name in enumerate(record, 1)]
        elif len(record) == len(names) > 0:
            rows.append(dict(zip(names, record, strict=True)))
            numbers.append(line)
        line += 1 + sum(cell.count("\n") for cell in record)
    return rows, numbers


def _add_far(
    rows: list[ftprep.Row], numbers: list[int], way: _Dialect, source: ftprep.Input, encoding: str, after: int
) -> None:
    """Adds rows far below that may be spoilt."""
    if encoding.startswith(("utf-16", "utf-32")):
        return
    for number, line in far_lines(source, encoding, after):
        record = next(_records([line], way), [])
        if len(record) == len(rows[0]):
            rows.append(dict(zip(rows[0], record, strict=True)))
            numbers.append(number)
