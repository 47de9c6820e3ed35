"""The time between two rows of a log, and the day a row is of."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, tzinfo
from functools import lru_cache

_GAP = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_EXAMPLE = "give a number with its unit, such as 45s, 30m, 1h or 2d"


def seconds_of(gap: str) -> float:
    """Seconds of a time such as `30m`: s, m, h or d. Raises ValueError."""
    match = _GAP.fullmatch(gap.strip())
    if match is None or not float(match[1]):
        raise ValueError(f"'{gap}' is no time between two messages; {_EXAMPLE}")
    return float(match[1]) * _SECONDS[match[2]]


def apart(one: str, other: str) -> float | None:
    """Seconds between two times in ISO 8601, whichever comes first; None where one is not known. A time without an
    offset is local: beside one that has an offset, both are taken as they read."""
    first, second = _parsed(one), _parsed(other)
    if first is None or second is None:
        return None
    if (first.tzinfo is None) != (second.tzinfo is None):
        first, second = first.replace(tzinfo=None), second.replace(tzinfo=None)
    return abs((second - first).total_seconds())


def day_of(time: str, zone: tzinfo | None) -> str:
    """The date as the log reads; with a zone, times that have an offset are put into it first. Empty: not known."""
    moment = _parsed(time)
    if moment is None:
        return ""
    if zone is not None and moment.tzinfo is not None:
        with suppress(OverflowError):  # the first or last day there is
            moment = moment.astimezone(zone)
    return moment.date().isoformat()


@lru_cache(maxsize=2)
def _parsed(time: str) -> datetime | None:
    try:
        return datetime.fromisoformat(time.strip())
    except ValueError:
        return None
