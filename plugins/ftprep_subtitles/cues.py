"""The cues of a SubRip or WebVTT file: when something is shown, and its lines as they stand in the file.

WebVTT: https://www.w3.org/TR/webvtt1/. SubRip has no standard: blocks of a number, the times, and lines of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from ftprep import DataError

LONGEST = 1 << 20
"""Characters of a line, or of a cue."""
_POINT = r"(?:(\d{1,5}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMES = re.compile(rf"\s*{_POINT}\s*--?>\s*{_POINT}(?:\s.*)?", re.ASCII)
_NUMBER = re.compile(r"\s*\d{1,9}\s*", re.ASCII)
_OTHER = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_TEXT = "is it text of subtitles?"


class Cue(NamedTuple):
    """What is shown for a while; `lines` with their numbers in the file, `start` and `end` in seconds."""

    line: int
    name: str
    start: float
    end: float
    lines: list[tuple[int, str]]


class Beside(NamedTuple):
    """Text that belongs to no cue."""

    line: int
    reason: str
    text: str


def cues(text: TextIO, name: str) -> Iterator[Cue | Beside]:
    """The cues of a file in its order. A SubRip cue may have empty lines in it; its number may be wrong or missing.

    Raises DataError for a line or cue of more than `LONGEST` characters.
    """
    web = False
    cue: Cue | None = None
    block: list[tuple[int, str]] = []
    size = 0
    for number, line in _lines(text, name):
        if number == 1 and line.startswith("WEBVTT"):
            web = True
            block = [(number, line)]
            continue
        times = _TIMES.fullmatch(line) if "->" in line else None
        if times is None:
            block.append((number, line))
            size += len(line) + 1
            if size > LONGEST:
                raise DataError(f"a cue is longer than {LONGEST:,} characters", hint=_TEXT, file=name, line=number)
            continue
        title = _title(block, web=web)
        yield from _ended(cue, block, web=web)
        cue = Cue(number, title, _seconds(times, 1), _seconds(times, 5), [])
        block, size = [], 0
    yield from _ended(cue, block, web=web)


def _lines(text: TextIO, name: str) -> Iterator[tuple[int, str]]:
    number = 0
    while line := text.readline(LONGEST):
        number += 1
        if len(line) == LONGEST:
            raise DataError(f"a line is longer than {LONGEST:,} characters", hint=_TEXT, file=name, line=number)
        yield number, line.rstrip("\r\n").removeprefix("\ufeff")


def _title(block: list[tuple[int, str]], *, web: bool) -> str:
    """Takes the number or name of a cue from the lines above its times."""
    if not block or not block[-1][1].strip():
        return ""
    alone = len(block) == 1 or not block[-2][1].strip()
    if _NUMBER.fullmatch(block[-1][1]) or (web and alone and not _OTHER.fullmatch(block[-1][1])):
        return block.pop()[1].strip()
    return ""


def _ended(cue: Cue | None, block: list[tuple[int, str]], *, web: bool) -> Iterator[Cue | Beside]:
    """A cue with its lines, and what stands behind it."""
    if cue is not None:
        end = next((n for n, (_, line) in enumerate(block) if not line), len(block)) if web else len(block)
        cue.lines.extend(part for part in block[:end] if part[1].strip())
        yield cue
        block = block[end:]
    while block:
        end = next((n for n, (_, line) in enumerate(block) if not line.strip()), len(block))
        if end:
            line, first = block[0]
            if line > 1 or not web:
                known = web and _OTHER.fullmatch(first) is not None
                reason = "a note, a style or a region" if known else "no times stand above it"
                yield Beside(line, reason, "\n".join(part for _, part in block[:end]))
        block = block[end + 1 :]


def _seconds(times: re.Match[str], first: int) -> float:
    hours, minutes, seconds, part = (times[first + n] or "0" for n in range(4))
    return round(int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(part.ljust(3, "0")) / 1000, 3)
