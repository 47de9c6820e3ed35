"""What a log tells as it goes on: the day it is, and who is who after nicks were changed."""

from __future__ import annotations

import datetime
import re
from pathlib import PurePath

from .lines import Line, Stamp, day_in, day_of, gone, renamed

_CHANNEL = re.compile(r"[#&][^\s/\\,:]+?(?=[._-]?\d{4}|\.(?:log|txt|weechatlog)\b|$)")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)")
_TOLD = re.compile(r"(?:Session Ident:|Now talking (?:in|on)|has (?:joined|left)|joined|Channel) ([#&][^\s,:]+)")
_NIGHT = 12 * 3600
"""Seconds by which the clock must go back for it to be another day."""
_MOST_NICKS = 100_000


def channel_of(path: PurePath) -> str:
    """`#ubuntu` for `#ubuntu.log`, `irc.net.#ubuntu.weechatlog` or `#ubuntu/2009-10-01.log`; "" where no name tells."""
    for name in (path.name, path.parent.name):
        if (found := _CHANNEL.search(name)) is not None:
            return found[0]
    return ""


def channel_told(text: str) -> str:
    """The channel that the notices of a log name first."""
    found = _TOLD.search(text)
    return found[1] if found is not None else ""


def day_named(path: PurePath) -> datetime.date | None:
    """The day in a file's name: `2009-10-01.log`, `20091001.log`."""
    found = _DATE.search(path.name)
    return day_of(found[1], found[2], found[3]) if found is not None else None


class Log:
    """The day and the nicks, so far."""

    def __init__(self, day: datetime.date | None, *, follow: bool):
        self._day, self._follow, self._last = day, follow, 0
        self._people: dict[str, str] = {}

    def saw(self, line: Line) -> None:
        """Learns from a notice."""
        if (day := day_in(line.text)) is not None:
            self._day, self._last = day, 0
        if not self._follow:
            return
        if (change := renamed(line.text)) is not None:
            old, new = change
            person = self._people.pop(old, old)
            if new != person and len(self._people) < _MOST_NICKS:
                self._people[new] = person
        elif (left := gone(line.text)) is not None:
            self._people.pop(left, None)

    def speaker(self, nick: str) -> str:
        """The first nick that was seen of the one who has this nick now."""
        return self._people.get(nick, nick)

    def time(self, stamp: Stamp) -> str:
        """ISO 8601; "" where the day or the time of day is not known."""
        if not stamp.clock:
            return ""
        hour, minute, second = (int(part) for part in f"{stamp.clock}:00".split(":")[:3])
        if hour > 23 or minute > 59 or second > 59:
            return ""
        self._turn(stamp, hour * 3600 + minute * 60 + second)
        if self._day is None:
            return ""
        zone = f"{stamp.zone[:3]}:{stamp.zone[-2:]}" if len(stamp.zone) == 5 else stamp.zone
        return f"{self._day}T{hour:02}:{minute:02}:{second:02}{zone}"

    def _turn(self, stamp: Stamp, now: int) -> None:
        if stamp.date:
            self._day = day_of(*stamp.date.split("-"))
        elif stamp.month and self._day is not None:
            self._day = self._near(stamp)
        elif self._day is not None and self._last - now > _NIGHT:
            self._day += datetime.timedelta(days=1)
        self._last = now

    def _near(self, stamp: Stamp) -> datetime.date | None:
        """A day without a year: that of the line before, or the next one in January after December."""
        assert self._day is not None
        year = self._day.year + (self._day.month == 12 and stamp.month == "Jan")
        return day_of(str(year), stamp.month, stamp.day) or self._day
