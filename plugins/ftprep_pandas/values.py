"""Values of frames as JSON values."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

_PLAIN = {str, bool, type(None)}
_WIDEST = 1 << 63  # JSON encoders and their readers agree on 64 bits
_INFINITY = float("inf")


def plain_list(values: list[Any]) -> list[Any]:
    """A column's values as JSON values; the list itself where they are that already."""
    kinds = set(map(type, values))
    if kinds <= _PLAIN or (kinds == {int} and min(values) >= -_WIDEST and max(values) < 2 * _WIDEST):
        return values
    if kinds == {float}:
        return list(map(_float, values))
    return [value if type(value) is str else plain(value) for value in values]


def singles(values: Iterable[Any]) -> list[Any]:
    """Numbers of single precision as they were written: 0.1, not 0.10000000149011612."""
    import numpy as np

    return [None if value is None else plain(float(str(np.float32(value)))) for value in values]


def plain(value: Any) -> Any:
    """One value as a JSON value.

    NaN, NaT, NA: None; whole floats: int; infinite ones and decimals: text, exact; dates ISO, midnight as the day
    alone; durations `26:03:00`; bytes: their UTF-8 text, otherwise Base64; arrays and mappings element by element;
    anything else its `str()`.
    """
    if value is None or isinstance(value, (str, bool)):
        return value if value is None or type(value) in _PLAIN else str(value)
    if isinstance(value, (int, float)):
        return _number(value)
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    if isinstance(value, (datetime, date, time, timedelta)):
        return _moment(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return _rare(value)


def _number(value: float) -> Any:
    if isinstance(value, int):
        return int(value) if -_WIDEST <= value < 2 * _WIDEST else str(value)
    return _float(float(value))


def _float(value: float) -> Any:
    if value.is_integer():
        return int(value) if -1e15 < value < 1e15 else value
    return value if -_INFINITY < value < _INFINITY else None if value != value else str(value)


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, timedelta):
        sign, rest = ("-", -value) if value < timedelta() else ("", value)
        seconds, fraction = divmod(rest, timedelta(seconds=1))
        tail = f".{fraction.microseconds:06d}" if fraction.microseconds else ""
        return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{tail}"
    iso = value.isoformat()
    return iso.removesuffix("T00:00:00") if isinstance(value, datetime) else iso


def _rare(value: Any) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(value, (np.datetime64, np.timedelta64)):
        made = pd.Timestamp(value) if isinstance(value, np.datetime64) else pd.Timedelta(value)
        return plain(made)
    if isinstance(value, np.generic):
        return plain(value.item()) if type(value.item()) is not type(value) else str(value)
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value] if value.ndim else plain(value.item())
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _bytes(bytes(value))
    if isinstance(value, Decimal):
        return None if value.is_nan() else format(value, "f")
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=str)
    return str(value)


def _bytes(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return b64encode(value).decode("ascii")
