"""Dates and times of a chat: which number is the day, and what the words for before and after noon are."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Literal, NamedTuple, get_args

DateOrder = Literal["dmy", "mdy", "ymd"]
ORDERS: tuple[DateOrder, ...] = get_args(DateOrder)

_NUMBER = re.compile(r"\d+")
_FIRST_YEAR = 9
"""The year, of two digits, in which the service began: an earlier one is no year."""
_BUDDHIST = 2400
"""A year beyond this is counted as in Thailand, 543 years ahead."""
_MOST = 100_000
"""Times and dates that are kept for the next message; the times of a day have fewer."""
_ENOUGH = 8
"""Changes of date after which the first that tells day from month decides."""
_AROUND = re.compile("[\\s.,'’\u200e\u200f\u202f]+")
_AM = frozenset([
    "am", "fm", "ص", "sa", "πμ", "vm", "md", "öö", "上午", "早上", "凌晨", "午前",
    "오전", "de", "dop", "dopoledne", "पूर्वाह्न", "قظ", "ก่อนเที่ยง", "पू",
])  # fmt: skip
_PM = frozenset([
    "pm", "em", "م", "ch", "μμ", "nm", "pd", "ös", "下午", "晚上", "中午", "午後",
    "오후", "du", "odp", "odpoledne", "अपराह्न", "بظ", "หลังเที่ยง", "अ",
])  # fmt: skip
"""Words for before and after noon (of the CLDR, without dots and spaces)."""


class Order(NamedTuple):
    """The order of day, month and year in a file, and how sure that is."""

    order: DateOrder
    other: DateOrder | None = None
    """Another one that fits all dates, and reads them otherwise."""
    example: str = ""
    """A date that the two read otherwise."""


class Clock:
    """Turns dates and times of an export into ISO 8601."""

    def __init__(self, order: DateOrder):
        self._order = order
        self.dates: dict[str, str] = {}
        self.times: dict[str, str] = {}

    def date(self, text: str) -> str:
        """`2020-06-05`; "" for a date that there is not in this order."""
        found = day_of(text, self._order)
        return _kept(self.dates, text, found.isoformat() if found else "")

    def time(self, text: str) -> str:
        """`T15:04:00`; "" for a time that there is not."""
        return _kept(self.times, text, _time(text))


def _kept(cache: dict[str, str], text: str, made: str) -> str:
    if len(cache) >= _MOST:
        cache.clear()
    if made:  # the reader takes what stands here for good
        cache[text] = made
    return made


def day_of(text: str, order: DateOrder) -> datetime.date | None:
    """The day that a date means in this order; None where there is no such day. A first or last number of four digits
    is the year in any order."""
    first, second, third = _NUMBER.findall(text)
    if len(first) > 2:
        order = "ymd"
    year, month, day = (int(dict(zip(order, (first, second, third), strict=True))[part]) for part in "ymd")
    if len(first) <= 2 and len(third) <= 2 and year < _FIRST_YEAR:
        return None
    year += 2000 if year < 100 else -543 if year > _BUDDHIST else 0
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def order_of(dates: Iterable[str], *, upper: bool = False) -> Order:
    """The order that fits most of the dates; of those that fit equally the one in which time goes back least, then
    takes the shortest time. `upper`: times have AM or PM in capitals, as in the United States, which decides last.

    It stops to look as soon as that is sure.
    """
    seen: list[str] = []
    read: dict[DateOrder, list[datetime.date | None]] = {order: [] for order in ORDERS}
    for text in dates:
        if seen and text == seen[-1]:
            continue
        seen.append(text)
        for order, days in read.items():
            days.append(day_of(text, order))
        if len(_NUMBER.findall(text)[0]) > 2 or (len(seen) >= _ENOUGH and _sure(read)):
            break
    ranked = sorted(ORDERS, key=lambda order: (*_cost(read[order]), (order == "dmy") == upper, order == "ymd"))
    if seen and len(_NUMBER.findall(seen[-1])[0]) > 2:
        return Order("ymd")
    best, other = ranked[0], next(order for order in ranked[1:] if order != "ymd")
    example = next((text for text, a, b in zip(seen, read[best], read[other], strict=True) if a != b), None)
    if example is None or None in read[best] or None in read[other]:
        return Order(best)
    return Order(best, other, example)


def _sure(read: dict[DateOrder, list[datetime.date | None]]) -> bool:
    """Whether it is known which of the first two numbers is the day."""
    return None in read["dmy"] or None in read["mdy"]


def _cost(days: list[datetime.date | None]) -> tuple[int, int, int]:
    """How ill an order fits: dates that there are not, steps back in time, days from the first to the last."""
    there = [day for day in days if day is not None]
    back = sum(later < earlier for earlier, later in pairwise(there))
    return len(days) - len(there), back, (max(there) - min(there)).days if there else 0


def _time(text: str) -> str:
    numbers = [int(number) for number in _NUMBER.findall(text)]
    hour, minute, second = numbers if len(numbers) > 2 else (*numbers, 0)
    words = {_AROUND.sub("", word).casefold() for word in (_NUMBER.split(text)[0], _NUMBER.split(text)[-1])}
    if words & _PM and hour < 12 and not ("中午" in words and hour > 9):
        hour += 12
    elif words & _AM and hour == 12:
        hour = 0
    return f"T{hour:02}:{minute:02}:{second:02}" if hour < 24 and minute < 60 and second < 60 else ""
