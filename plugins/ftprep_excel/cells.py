"""What a cell says, as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

_ESCAPE = re.compile(r"_x(?![dD][89a-fA-F])([0-9a-fA-F]{4})_")
"""How a workbook writes characters XML cannot hold (ECMA-376, ST_Xstring); half of a surrogate pair stays as it is."""


def text(value: Any) -> str:
    """The text of a cell's value; an empty cell is the empty text. Types that are not known keep their `str()`."""
    return _AS_TEXT.get(type(value), str)(value)


def _string(value: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value


def _number(value: float) -> str:
    """Whole numbers without a point; others with 15 digits, which is all that Excel keeps and shows."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return f"{value:.15g}"


def _moment(value: datetime) -> str:
    """Excel has no type for a date: midnight is shown as the day alone."""
    midnight = value.hour == value.minute == value.second == value.microsecond == 0
    return value.date().isoformat() if midnight else _seconds(value.isoformat())


def _duration(value: timedelta) -> str:
    """Hours may go beyond 24, as in Excel's format `[h]:mm:ss`."""
    sign = "-" if value < timedelta() else ""
    seconds = abs(value) // timedelta(seconds=1)
    thousandths = abs(value).microseconds // 1000
    tail = f".{thousandths:03d}".rstrip("0") if thousandths else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{tail}"


def _seconds(iso: str) -> str:
    """Without the zeros at the end of a fraction: Excel keeps thousandths at most."""
    return iso.rstrip("0") if "." in iso else iso


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "",
    str: _string,
    bool: lambda value: "TRUE" if value else "FALSE",
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: lambda value: _seconds(value.isoformat()),
    timedelta: _duration,
}
