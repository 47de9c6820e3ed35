"""The reader `discord`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, Survey, json_parts, row_blocks, survey_text

from .messages import SAID, SAID_NUMBERS, embedded, event_of, marks_of, name_of, text_of, word
from .table import Line, is_table, lines, talk_of

_PATHS = frozenset({"guild.name", "channel.name", "messages.item"})
_OWN = re.compile(rb'"(?:discriminator|timestampEdited|callEndedTimestamp|categoryId)"\s*:')


class Discord(Reader):
    """A channel as DiscordChatExporter writes it, in JSON or CSV.

    A row is a message: `talk` (the channel), `time` (with its offset), `speaker` (the nickname), `text`, `id`,
    `reply_to`, `kind` (`message`, `media`: only attachments, `system`: joins, pins, calls), and `edited` (when), `bot`
    (`yes`, or empty), `guild`. JSON rows are numbered by the position of the message in the file, from 1; those of a
    CSV by its lines, and it has neither ids nor replies. A message in which nothing is said is a drop.
    """

    name: ClassVar[str] = "discord"
    inside: ClassVar[str | None] = "**/*[[]*].[cj]s*"

    media: Literal["mark", "drop"] = "mark"
    """A message that is only attachments: its text is a mark for each (`<image>`, `<file: list.pdf>`), or it is a
    drop."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand messages. Raises DataError for a file that is no such export."""
        table = is_table(source.head(1024))
        yield from row_blocks(self._of_table(source) if table else self._of_document(source), source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the first line of a table, or keys that only Discord's exports have."""
        if is_table(head):
            return 0.95
        starts = head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
        return 0.95 if starts and all(key in head for key in (b'"guild"', b'"channel"')) and _OWN.search(head) else 0.0

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Its encoding."""
        return survey_text(source)

    def _of_document(self, source: Input) -> Iterator[tuple[int, Row] | Drop]:
        names: dict[str, str] = {}
        number = 0
        for part in json_parts(source, _PATHS, self.encoding):
            if part.path != "messages.item":
                names[part.path] = word(part.value)
                continue
            number += 1
            made: Row | str = self._row(part.value, names) if not part.twice else "duplicate key"
            if isinstance(made, str):
                yield Drop(made, part.twice, source=source.place(number), content=part.value)
            else:
                yield number, made
        if not number:
            hint = "it needs the list 'messages'; export as JSON or CSV"
            raise DataError("no messages of Discord are in it", hint=hint, file=source.name)

    def _row(self, message: Any, names: Mapping[str, str]) -> Row | str:
        """The row, or why there is none."""
        if not isinstance(message, dict) or not isinstance(author := message.get("author"), dict):
            return "not a message of Discord"
        sort = word(message.get("type"))
        event = sort not in SAID and sort not in SAID_NUMBERS
        text, speaker, kind = text_of(message), name_of(author), "message"
        if event:
            text, speaker, kind = event_of(speaker, text or sort), "", "system"
        else:
            text = text if text.strip() else embedded(message)
        if not text.strip() and (marks := marks_of(message)):
            if self.media == "drop":
                return "only an attachment"
            text, kind = marks, "media"
        if not text.strip():
            return "nothing is said"
        answered = message.get("reference") if sort in ("Reply", "19") else None
        row = _columns(names.get("channel.name", ""), _time(message.get("timestamp")), speaker, text, kind)
        return row | {
            "id": word(message.get("id")),
            "reply_to": word(answered.get("messageId")) if isinstance(answered, dict) else "",
            "edited": _time(message.get("timestampEdited")),
            "bot": "yes" if author.get("isBot") is True else "",
            "guild": names.get("guild.name", ""),
        }

    def _of_table(self, source: Input) -> Iterator[tuple[int, Row] | Drop]:
        talk = talk_of(source)
        for line in lines(source, self.encoding):
            made = line if isinstance(line, Drop) else self._row_of_line(line, talk)
            if isinstance(made, str) and isinstance(line, Line):
                yield Drop(made, source=source.place(line.line), content=line._asdict())
            elif isinstance(made, Drop):
                yield made
            elif isinstance(line, Line) and isinstance(made, dict):
                yield line.line, made

    def _row_of_line(self, line: Line, talk: str) -> Row | str:
        if line.event:
            return _columns(talk, line.time, "", event_of(line.speaker, line.text), "system")
        if line.text.strip():
            return _columns(talk, line.time, line.speaker, line.text, "message")
        if not line.marks:
            return "nothing is said"
        return _columns(talk, line.time, line.speaker, line.marks, "media") if self.media == "mark" else (
            "only an attachment"
        )  # fmt: skip


def _columns(talk: str, time: str, speaker: str, text: str, kind: str) -> Row:
    """A row with all columns, in their order."""
    row = {"talk": talk, "time": time, "speaker": speaker, "text": text, "id": "", "reply_to": "", "kind": kind}
    return row | {"edited": "", "bot": "", "guild": ""}


def _time(value: Any) -> str:
    """ISO 8601 to the second; empty where there is none."""
    try:
        return datetime.fromisoformat(word(value)).isoformat(timespec="seconds")
    except ValueError:
        return ""
