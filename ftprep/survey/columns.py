"""What spreadsheets do to columns: codes become days, leading zeros go, long digit strings become round numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..example import Finding, Row
from ..files import Input

_MONTH = "Jan|Feb|Mar|Mär|Mrz|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez"
_DAY = re.compile(rf"\d{{1,2}}(?:-|\. ?)(?:{_MONTH})|(?:{_MONTH})[- ]\d{{2}}")
"""How spreadsheets show a day without its year, or a month with it: 2-Sep, Sep-02, 02. Sep."""
_MIDNIGHT = re.compile(r"\d{4}-\d\d-\d\d")
_DATE = re.compile(
    rf"\d{{1,4}}([-/.])\d{{1,2}}\1\d{{1,4}}\b.*|.*\b(?:{_MONTH})[a-z]*\b.*\d{{4}}.*|.*\b(?:19|20)\d\d\b.*", re.DOTALL
)
"""A date in full, or something with a year: beside such values a day is no accident."""
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+(?:1[1-9]|[2-9]\d)")
"""From 12 digits on; shorter numbers are shown in full."""
_EXACT = 15
"""Digits of a number that a spreadsheet keeps; it writes zeros for the others."""
_CODES = re.compile(r"zip|plz|post|fips|phone|tel|sku|ean|isbn|gtin|upc|kennz|code", re.IGNORECASE)
_SHARE, _FEW = 0.6, 3
_SHORT = 20
"""Characters of a code."""
_IMPORT = "import the original again, with that column as text"

_Value = tuple[int, str]
"""The number of a row, and the text in it."""


class _Rule(NamedTuple):
    code: str
    what: str
    bad: Callable[[str, list[_Value]], list[_Value]]
    """Of a column's name and values, those that are spoilt."""


def survey_columns(
    rows: Sequence[Row], numbers: Sequence[int], source: Input, sheet: str | None = None
) -> tuple[Finding, ...]:
    """A finding for each column that looks spoilt by a spreadsheet, of texts and whole numbers.

    `rows` are a sample of the table, all with the same columns; `numbers` are theirs. With a `sheet` its dates are
    whole ones (2024-09-02), whatever the spreadsheet shows.
    """
    return tuple(_found(rows, numbers, source, sheet)) if rows else ()


def _found(rows: Sequence[Row], numbers: Sequence[int], source: Input, sheet: str | None) -> Iterator[Finding]:
    days = _days_in_sheet if sheet is not None else _days
    rules = (
        _Rule("FT206", "days among other values", days),
        _Rule("FT207", "codes that may have lost leading zeros", _short_codes),
        _Rule("FT208", "long numbers whose last digits are lost", _rounded),
    )
    for name in rows[0]:
        cells = ((number, _text(row.get(name))) for number, row in zip(numbers, rows, strict=True))
        values = [(number, text) for number, text in cells if text]
        for code, what, bad_of in rules:
            if bad := bad_of(name, values):
                shown = ", ".join(repr(text) for text in list(dict.fromkeys(text for _, text in bad))[:3])
                place = source.place(bad[0][0], sheet=sheet)
                yield Finding(code, f"column '{name}' has {what}, such as {shown}", _IMPORT, source=place)


def _text(value: object) -> str:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value).strip() if whole or isinstance(value, str) else ""


def _days(name: str, values: list[_Value]) -> list[_Value]:
    return _among_others(values, _DAY)


def _days_in_sheet(name: str, values: list[_Value]) -> list[_Value]:
    return _among_others(values, _MIDNIGHT)


def _among_others(values: list[_Value], day: re.Pattern[str]) -> list[_Value]:
    """Days, where they are less than half of a column, most others are codes, and none has to do with time."""
    bad = [value for value in values if day.fullmatch(value[1])]
    if not bad or 2 * len(bad) >= len(values):
        return []
    others = [text for _, text in values if not day.fullmatch(text)]
    codes = sum(len(text) <= _SHORT and any(map(str.isdigit, text)) for text in others)
    return bad if 2 * codes >= len(others) and not any(_DATE.fullmatch(text[:100]) for text in others) else []


def _short_codes(name: str, values: list[_Value]) -> list[_Value]:
    """Digits that are shorter than others with leading zeros; or, in a column of codes, than almost all others."""
    if len(values) < _FEW or not all(text.isascii() and text.isdigit() for _, text in values):
        return []
    widths = Counter(len(text) for _, text in values)
    zeros = [len(text) for _, text in values if text[0] == "0" and len(text) > 1]
    if zeros:
        return [value for value in values if len(value[1]) < min(zeros) and value[1] != "0"]
    width, count = widths.most_common(1)[0]
    usual = width >= 4 and count >= _SHARE * len(values) and max(widths) == width and _CODES.search(name)
    return [value for value in values if width - 2 <= len(value[1]) < width] if usual else []


def _rounded(name: str, values: list[_Value]) -> list[_Value]:
    """Shown with an exponent, or all with zeros from the sixteenth digit on."""
    if any("E-" in text for _, text in values):  # measurements
        return []
    if bad := [value for value in values if _SHORTENED.fullmatch(value[1])]:
        return bad
    long = [value for value in values if len(value[1]) > _EXACT and value[1].isascii() and value[1].isdigit()]
    return long if long and not any(text[_EXACT:].strip("0") for _, text in long) else []
