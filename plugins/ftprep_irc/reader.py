"""The reader `irc`."""

from __future__ import annotations

import codecs
import datetime
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import field_validator

from ftprep import DataError, Drop, Finding, Input, Reader, Row, Rows

from .codes import CODES
from .lines import line_of
from .log import Log, channel_of, channel_told, day_named

_BLOCK = 2000
_LONGEST = 1 << 20
"""Bytes of a line: what servers pass on has 512 to 8,191."""
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SHOWN = 200


class Irc(Reader):
    """Logs of IRC channels, as irssi, WeeChat, ZNC, EnergyMech, XChat, HexChat and mIRC write them, and plain
    `<nick> text`: one row a line.

    Columns: `talk` (the channel, by the file's name or what the log says), `time` (local time; empty where the day is
    not known), `speaker`, `text` (an action is `/me waves`), `id` and `reply_to` (empty: logs have none), `kind`
    (`message`, or `system` for joins, parts, topics, new nicks). A line that is none of these is a drop.
    """

    name: ClassVar[str] = "irc"
    suffixes: ClassVar[tuple[str, ...]] = (".weechatlog",)
    problem_codes = CODES

    date: str | None = None
    """The day on which the log begins, `YYYY-MM-DD`, for logs that have only times. Without it, the day in the file's
    name. Lines that tell the day go before both; a clock that goes back over midnight is the next day."""
    nicks: Literal["follow", "keep"] = "follow"
    """`follow`: who changes his nick keeps the first one as `speaker`, until he leaves."""
    encoding: str | None = None
    """The file's encoding, where all of it is in one. Without it each line is UTF-8 or, where it is not, `fallback`."""
    fallback: str = "cp1252"
    """The encoding of lines that are not UTF-8; bytes that it does not know are read as latin-1."""

    @field_validator("date")
    @classmethod
    def _a_day(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                datetime.date.fromisoformat(value)
            except ValueError:
                raise ValueError(f"no such day: '{value}'; for example 2009-10-31") from None
        return value

    @field_validator("fallback")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            "".encode(value)
        except (LookupError, ValueError):
            raise ValueError(f"unknown encoding '{value}'; for example cp1252, cp1251, euc_jp") from None
        return value

    def read(self, source: Input) -> Iterator[Rows | Drop | Finding]:
        """Blocks of two thousand lines. Raises DataError for a file without a line of a log."""
        others: list[int] = []
        rows: list[Row] = []
        numbers: list[int] = []
        found, dropped = False, 0
        for number, made in self._made(source, others):
            if isinstance(made, Drop):
                dropped += 1
                if not found and dropped > _BLOCK:
                    break
                yield made
                continue
            found = True
            rows.append(made)
            numbers.append(number)
            if len(rows) == _BLOCK:
                yield Rows(rows, numbers)
                rows, numbers = [], []
        if rows:
            yield Rows(rows, numbers)
        if not found:
            hint = "lines are such as '[09:15] <nick> text'"
            raise DataError("no line of an IRC log in it", hint=hint, file=source.name)
        if others:
            yield _mixed(others, self.fallback, source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Most lines are lines of a log, and say the time or who speaks."""
        lines = [line for line in head.decode("utf-8", "replace").splitlines()[:300] if line.strip()]
        found = [line for line in map(line_of, lines[:-1] if len(lines) > 3 else lines) if line is not None]
        said = [line for line in found if line.kind == "message"]
        if len(found) < max(2, 0.8 * (len(lines) - 1)) or not said or b"</" in head[:4096]:
            return 0.0
        return 0.9 if sum(bool(line.stamp.clock) for line in said) > 0.8 * len(said) else 0.6

    def _made(self, source: Input, others: list[int]) -> Iterator[tuple[int, Row | Drop]]:
        """The row or drop of each line that is not blank, with its number."""
        day = datetime.date.fromisoformat(self.date) if self.date is not None else day_named(source.path)
        log = Log(day, follow=self.nicks == "follow")
        talk = channel_of(source.path) or channel_told(source.head().decode("utf-8", "replace"))
        for number, text in self._lines(source, others):
            if text is None:
                yield number, Drop("a line of more than 1 MiB", source=source.place(number), content="")
            elif text.strip():
                row = _row(text, log, talk)
                yield number, row or Drop("no line of a log", source=source.place(number), content=text[:_SHOWN])

    def _lines(self, source: Input, others: list[int]) -> Iterator[tuple[int, str | None]]:
        """The lines with their numbers; None for one that is too long. `others` gets those that are not UTF-8: the
        first, and how many there are."""
        if self.encoding is not None or source.head(2) in _WIDE:
            with source.text(self.encoding) as text:
                for number, line in enumerate(text, 1):
                    yield number, line.rstrip("\r\n") if len(line) <= _LONGEST else None
            return
        with source.open() as stream:
            number, torn = 0, False
            while raw := stream.readline(_LONGEST):
                number += not torn
                if torn or (len(raw) == _LONGEST and not raw.endswith(b"\n")):
                    if not torn:
                        yield number, None
                    torn = not raw.endswith(b"\n")
                    continue
                yield number, self._decoded(raw.rstrip(b"\r\n").removeprefix(codecs.BOM_UTF8), number, others)

    def _decoded(self, raw: bytes, number: int, others: list[int]) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            others[:] = [others[0], others[1] + 1] if others else [number, 1]
        try:
            return raw.decode(self.fallback)
        except UnicodeDecodeError:
            return raw.decode("latin-1")


def _row(text: str, log: Log, talk: str) -> Row | None:
    line = line_of(text)
    if line is None:
        return None
    if line.kind == "system":
        log.saw(line)
    return {
        "talk": talk, "time": log.time(line.stamp), "speaker": log.speaker(line.nick) if line.nick else "",
        "text": line.text, "id": "", "reply_to": "", "kind": line.kind,
    }  # fmt: skip


def _mixed(others: list[int], fallback: str, source: Input) -> Finding:
    first, count = others
    lines = "1 line is" if count == 1 else f"{count:,} lines are"
    message = f"{lines} not UTF-8, and read as {fallback}"
    hint = "if that does not read right, say their encoding with 'fallback:'"
    return Finding("FT255", message, hint=hint, level="advice", source=source.place(first))
