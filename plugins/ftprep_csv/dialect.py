"""How a table is written: the csv module set up for it, and finding what separates the cells."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _csv import Reader

CANDIDATES = ("\t", ";", "|", ",")
"""In this order where they do equally well: the comma is the one that prose has too."""

_NAMES = {"\t": "tab"}
_SEP = re.compile(r'"?sep=([^\w\s"\']|\t)"?[\r\n]*', re.IGNORECASE)


def parser(lines: Iterable[str], delimiter: str, quote: str, escape: str = "", *, strict: bool = False) -> Reader:
    """The csv module's reader; no quote: quotes are only text. `strict` refuses quotes that make no sense."""
    return csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        escapechar=escape or None,
        strict=strict,
    )


def shown(delimiter: str) -> str:
    """How messages call a delimiter."""
    return _NAMES.get(delimiter, f"'{delimiter}'")


def sep_line(line: str) -> str | None:
    """The delimiter that Excel's `sep=;` line states; None where the line is no such one."""
    match = _SEP.fullmatch(line)
    return match[1] if match else None


def find_delimiter(lines: Sequence[str], quote: str, *, expect: str | None = None) -> str | None:
    """The candidate that cuts most records into as many cells as the first; None where none cuts the first.

    `expect` wins wherever it cuts the first record: the tab, in a .tsv file.
    """
    scores = {candidate: _score(lines, candidate, quote) for candidate in CANDIDATES}
    if expect is not None and scores[expect] > 0:
        return expect
    best = max(CANDIDATES, key=lambda candidate: scores[candidate])
    return best if scores[best] > 0 else None


def recognised(head: str) -> float:
    """How sure it is (0 to 1) that a text which starts so is a table: never very, for prose has commas too."""
    lines = head.splitlines(keepends=True)
    lines = lines[:-1] or lines
    if not lines or "\0" in head or head.lstrip()[:1] in ("{", "[", "<"):
        return 0.0
    if sep_line(lines[0]) is not None:
        return 0.9
    best = max(_score(lines, candidate, '"') for candidate in CANDIDATES)
    return 0.5 * best if len(lines) > 1 else min(0.1, best)


def _score(lines: Sequence[str], delimiter: str, quote: str) -> float:
    widths = [len(record) for record in _records(lines, delimiter, quote) if record]
    if not widths or widths[0] < 2:
        return 0.0
    return widths.count(widths[0]) / len(widths)


def _records(lines: Sequence[str], delimiter: str, quote: str) -> Iterator[list[str]]:
    try:
        yield from parser(lines, delimiter, quote)
    except csv.Error:  # what is wrong is said when the file is read
        return
