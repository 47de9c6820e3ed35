"""What a line of a log is, in the ways in which IRC programs write it."""

from __future__ import annotations

import datetime
import re
from typing import Literal, NamedTuple

_FORMATTING = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]")
"""Colours and bold (modern.ircdocs.horse/formatting)."""
_TIME = re.compile(
    r"[ \t]?(\[)?(?:(\d{4}-\d\d-\d\d)[ T]|([A-Z][a-z]{2}) {1,2}(\d{1,2}) )?(\d{1,2}:\d\d(?::\d\d)?)(?:\.\d+)?"
    r"(Z|[+-]\d\d:?\d\d)?"
    r"(?(1)\])(?:[ \t]|$)"
)
_NICK = r"[@+%&~! ]?[^\s<>@+%&~!][^\s<>]{0,63}"
_SAID = re.compile(rf"[ ]?<({_NICK})>(?:[ \t](.*))?", re.DOTALL)
_NOTICE = re.compile(r"-([^\s:!-][^\s:-]{0,63})(?:[:/][#&]\S+)?- (.*)", re.DOTALL)
_STAR = re.compile(rf" ?\*[ \t]+({_NICK})(?:[ \t]+(.*))?", re.DOTALL)
_MARKED = re.compile(r"[ \t]?(?:\*{3,4}|-!-|===|-->|<--|---|--|=!=|\*|•)(?:[ \t]+|$)(.*)", re.DOTALL)
_WEECHAT = re.compile(r"([^\t]{0,80})\t(.*)", re.DOTALL)
_SESSION = re.compile(r"Session (?:Start|Close|Time|Ident)\b.*|Logging started .*|\[Disconnected\].*", re.DOTALL)
_NOTHING_SAID = re.compile(
    r"(?:[(\[][^)\]]*[)\]] )?(?:has (?:joined|left|quit|kicked|been|changed|set|disconnected)|is now known as"
    r"|sets? mode|sets? the|gives? (?:channel|voice)|removes? (?:channel|voice|ban)|was kicked|changes topic"
    r"|joined [#&]|left [#&]|[Qq]uit \()"
)
_INFORMS = re.compile(
    r"(?:Now talking|Topic|Joins:|Parts:|Quits:|Disconnected|Rejoined|You are|"
    r"You have|Looking up|Set by)\b"
)
_RENAMED = re.compile(
    r"(?:You(?:'re| are) now known as|(\S+) is now known as|Nick change: (\S+) ->|(\S+) changed nick to) (\S+)"
)
_GONE = re.compile(
    r"(?:Quits: |Parts: )?(\S+) (?:[(\[][^)\]]*[)\]] )? ?(?:has (?:left|quit)|[Qq]uit|left)\b|(?:Quits|Parts): (\S+)"
)
_DAY = re.compile(
    r"(?:Log opened|Day changed|BEGIN LOGGING AT|Session Start|Session Time|Logging started).*?"
    r"(?:(\d{4})-(\d\d)-(\d\d)|([A-Z][a-z]{2})[a-z]* +(\d{1,2})(?:,? [\d:]+)?,? +(\d{4})"
    r"|(\d{1,2}) ([A-Z][a-z]{2})[a-z]*,? (\d{4}))"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Stamp(NamedTuple):
    """What the beginning of a line tells of its time; "" for what it does not."""

    date: str = ""
    month: str = ""
    day: str = ""
    clock: str = ""
    zone: str = ""


class Line(NamedTuple):
    """A line of a log."""

    stamp: Stamp
    kind: Literal["message", "system"]
    nick: str
    text: str


def line_of(line: str) -> Line | None:
    """What a line is; None where it is no line of a log."""
    if "\x03" in line or not line.isprintable():
        line = _FORMATTING.sub("", line)
    found = _TIME.match(line)
    stamp, rest = Stamp(), line
    if found is not None:
        stamp, rest = Stamp(*(part or "" for part in found.groups()[1:])), line[found.end() :]
        if (said := _WEECHAT.fullmatch(rest)) is not None and line[found.end() - 1] == "\t":
            return _of_weechat(stamp, said[1], said[2])
    if (said := _SAID.fullmatch(rest)) is not None:
        return Line(stamp, "message", bare(said[1]), said[2] or "")
    if (star := _STAR.fullmatch(rest)) is not None and not _informs(star[1], star[2] or ""):
        return Line(stamp, "message", bare(star[1]), f"/me {star[2] or ''}".strip())
    if (marked := _MARKED.fullmatch(rest)) is not None or (marked := _SESSION.fullmatch(rest)) is not None:
        return Line(stamp, "system", "", (marked[1] if marked.re is _MARKED else rest).strip())
    if (notice := _NOTICE.fullmatch(rest)) is not None and found is not None:
        return Line(stamp, "message", notice[1], notice[2])
    return None


def _of_weechat(stamp: Stamp, prefix: str, text: str) -> Line:
    """`time TAB nick TAB text`; arrows and dashes stand for a nick where nobody speaks."""
    prefix = prefix.strip()
    if prefix == "*":
        nick, _, did = text.partition(" ")
        return Line(stamp, "message", bare(nick), f"/me {did}".strip())
    if prefix in ("", "-->", "<--", "--", "---", "=!="):
        return Line(stamp, "system", "", text.strip())
    return Line(stamp, "message", bare(prefix.strip("<>")), text)


def _informs(nick: str, rest: str) -> bool:
    return _NOTHING_SAID.match(rest) is not None or _INFORMS.match(f"{nick} {rest}") is not None


def bare(nick: str) -> str:
    """A nick without the sign of its rank."""
    return nick.strip().lstrip("@+%&~!")


def renamed(text: str) -> tuple[str, str] | None:
    """Old and new nick, where a notice tells of them."""
    found = _RENAMED.match(text)
    old = found and (found[1] or found[2] or found[3])
    return (bare(old), bare(found[4])) if found is not None and old else None


def gone(text: str) -> str | None:
    """The nick of somebody who left or quit."""
    found = _GONE.match(text)
    return bare(found[1] or found[2]) if found is not None else None


def day_in(text: str) -> datetime.date | None:
    """The day that a notice tells: `Day changed Mon Jan 05 2009`."""
    found = _DAY.search(text)
    if found is None:
        return None
    if found[1]:
        return day_of(found[1], found[2], found[3])
    return day_of(found[6] or found[9], found[4] or found[8], found[5] or found[7])


def day_of(year: str, month: str, day: str) -> datetime.date | None:
    """A day; None where there is no such one. The month is a number or English."""
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month) if month.isdecimal() else 0
    try:
        return datetime.date(int(year), number, int(day))
    except ValueError:
        return None
