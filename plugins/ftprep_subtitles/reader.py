"""The reader `subtitles`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import msgspec

from ftprep import DataError, Drop, Input, Reader, Row, Rows, Survey, survey_text

from .cues import Beside, Cue, cues
from .texts import Said, is_sound, named, plain, said, timed, without_sounds

_BLOCK = 1000
_TIMES = re.compile(rb"\d:\d\d[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d")
_LIKELY = 0.15
"""The share of cues with a name above which names are believed."""


class Subtitles(Reader):
    """SubRip (`.srt`) and WebVTT (`.vtt`): one row a cue, or more where several people speak in it.

    Columns: `talk` (empty: a file is one), `time` (empty), `speaker`, `text`, `id` (the cue's number or name),
    `reply_to` (empty), `kind` (`message`; `system` for sounds and songs: all of it in brackets or between notes), and
    `start` and `end` in seconds. A row's number is the line on which it begins. Tags are removed, broken lines joined;
    a line that begins with a dash stays one. Captions of speech recognition, which show each line twice, give it once.
    """

    name: ClassVar[str] = "subtitles"
    suffixes: ClassVar[tuple[str, ...]] = (".srt", ".vtt")
    inside: ClassVar[str | None] = "**/*.[sv][rt]t"

    names: bool = False
    """A line that begins `NAME:` begins what that speaker says; without, only the tag `<v NAME>` of WebVTT does."""
    sounds: Literal["keep", "remove"] = "keep"
    """What stands in round or square brackets (`[door slams]`): in the text, or removed."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of about a thousand rows. Raises DataError for a file without cues."""
        rows: list[Row] = []
        numbers: list[int] = []
        shown = _Shown()
        found, last = False, 0
        with source.text(self.encoding) as text:
            for cue in cues(text, source.name):
                found = found or isinstance(cue, Cue)
                made = self._rows(cue, shown) if isinstance(cue, Cue) else _beside(cue)
                if isinstance(made, Drop):
                    yield msgspec.structs.replace(made, source=source.place(cue.line))
                    continue
                for line, row in made:
                    last = max(last + 1, line)
                    numbers.append(last)
                    rows.append(row)
                if len(rows) >= _BLOCK:
                    yield Rows(rows, numbers)
                    rows, numbers = [], []
        if rows:
            yield Rows(rows, numbers)
        if not found:
            hint = "a cue is a line such as '00:00:01,000 --> 00:00:02,500' with text below"
            raise DataError("no cues of subtitles are in it", hint=hint, file=source.name)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the signature of WebVTT, or the times above the first lines of text."""
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if re.match(rb"WEBVTT(?:[ \t\r\n]|\Z)", start):
            return 0.98
        return 0.95 if re.match(rb"\d{1,9}\s*\r?\n", start) and _TIMES.search(start[:200]) else 0.0

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Its encoding, and whether lines begin with the names of speakers."""
        told = survey_text(source)
        names: Counter[str] = Counter()
        count = 0
        with source.text(told.options.get("encoding")) as text:
            for cue in cues(text, source.name):
                if count == _BLOCK:
                    break
                if isinstance(cue, Cue):
                    count += 1
                    names.update({name for _, line in cue.lines if (name := named(line))})
        often = sum(n for n in names.values() if n > 1)
        if not often or often < count * _LIKELY:
            return told
        why = f"lines begin with names ({', '.join(name for name, _ in names.most_common(3))})"
        return msgspec.structs.replace(told, options={**told.options, "names": True}, why=(*told.why, why))

    def _rows(self, cue: Cue, shown: _Shown) -> list[tuple[int, Row]] | Drop:
        content = "\n".join(line for _, line in cue.lines)
        lines = shown.new(cue)
        if cue.lines and not lines:
            return Drop("shown before", content=content)
        parts = said(lines, names=self.names)
        if self.sounds == "remove":
            kept = (part._replace(text=without_sounds(part.text)) for part in parts)
            parts = [part for part in kept if part.text and not is_sound(part.text)]
        return [(part.line, _row(part, cue)) for part in parts] or Drop("nothing is said", content=content)


class _Shown:
    """What the cue before showed, where cues roll: each shows the lines before again."""

    def __init__(self) -> None:
        self._rolls = False
        self._before: list[str] = []

    def new(self, cue: Cue) -> list[tuple[int, str]]:
        """The lines of a cue that were not shown by the one before."""
        self._rolls = self._rolls or timed(cue.lines)
        if not self._rolls:
            return cue.lines
        before, self._before = self._before, [plain(line) for _, line in cue.lines]
        repeated = next((n for n in range(len(before), 0, -1) if self._before[:n] == before[-n:]), 0)
        return cue.lines[repeated:]


def _row(part: Said, cue: Cue) -> dict[str, Any]:
    kind = "system" if is_sound(part.text) else "message"
    return {
        "talk": "", "time": "", "speaker": part.speaker if kind == "message" else "", "text": part.text,
        "id": cue.name, "reply_to": "", "kind": kind, "start": cue.start, "end": cue.end,
    }  # fmt: skip


def _beside(part: Beside) -> Drop:
    return Drop(part.reason, content=part.text)
