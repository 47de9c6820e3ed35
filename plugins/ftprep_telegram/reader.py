"""The reader `telegram`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, Survey, json_parts, row_blocks, survey_text

from .messages import event_of, mark_of, one_line, text_of, time_of

_CHATS = ("", "chats.list.item.", "left_chats.list.item.")
"""Where a chat stands: the export of one chat, or that of an account."""
_PATHS = frozenset(f"{chat}{key}" for chat in _CHATS for key in ("name", "id", "type", "messages.item"))
_OWN = re.compile(rb'"(?:date_unixtime|text_entities|forwarded_from|edited_unixtime)"\s*:')
_ACCOUNT = re.compile(rb'"(?:personal_information|frequent_contacts|profile_pictures)"\s*:')


class Telegram(Reader):
    """An export of Telegram Desktop, `result.json`: that of one chat, or of the whole account.

    A row is a message: `talk` (the chat's name), `time` (UTC where the export says so), `speaker`, `text`, `id`,
    `reply_to`, `kind` (`message`, `media`: only an attachment, `system`: joins, calls, pins), and `edited` (when),
    `forwarded_from` (whom it was taken from). Rows are numbered by the position of the message in the file, from 1.
    A message in which nothing is said is a drop.
    """

    name: ClassVar[str] = "telegram"
    inside: ClassVar[str | None] = "**/result*.json"

    media: Literal["mark", "drop"] = "mark"
    """A message that is only an attachment: its text is a mark (`<image>`, `<file: list.pdf>`), or it is a drop."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand messages. Raises DataError for a file that is no such export."""
        yield from row_blocks(self._items(source), source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By keys that only Telegram's export has."""
        if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
            return 0.0
        if b'"chats"' in head and _ACCOUNT.search(head):
            return 0.95
        return 0.95 if b'"messages"' in head and b'"text"' in head and _OWN.search(head) else 0.0

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Its encoding."""
        return survey_text(source)

    def _items(self, source: Input) -> Iterator[tuple[int, Row] | Drop]:
        talks = _Talks()
        number = 0
        for part in json_parts(source, _PATHS, self.encoding):
            if not part.path.endswith("messages.item"):
                talks.saw(part.path, part.value)
                continue
            number += 1
            made: Row | str = self._row(part.value, talks.current) if not part.twice else "duplicate key"
            if isinstance(made, str):
                yield Drop(made, part.twice, source=source.place(number), content=part.value)
            else:
                yield number, made
        if not number:
            hint = "it needs the list 'messages'; export again, in the format JSON"
            raise DataError("no messages of Telegram are in it", hint=hint, file=source.name)

    def _row(self, message: Any, talk: str) -> Row | str:
        """The row, or why there is none."""
        if not isinstance(message, dict) or message.get("type") not in ("message", "service"):
            return "not a message of Telegram"
        event = message["type"] == "service"
        text = event_of(message) if event else text_of(message.get("text"))
        kind = "system" if event else "message"
        if not text.strip() and (mark := mark_of(message)):
            if self.media == "drop":
                return "only an attachment"
            text, kind = mark, "media"
        if not text.strip():
            return "nothing is said"
        return {
            "talk": talk,
            "time": time_of(message, "date"),
            "speaker": "" if event else one_line(message.get("from")) or one_line(message.get("from_id")),
            "text": text,
            "id": one_line(message.get("id")),
            "reply_to": one_line(message.get("reply_to_message_id")),
            "kind": kind,
            "edited": time_of(message, "edited"),
            "forwarded_from": one_line(message.get("forwarded_from")),
        }


class _Talks:
    """What the chat is called whose messages come now: its name, or its kind where it has none; and its id with it
    where another chat of the file is called the same."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        self._found: dict[str, str] = {}

    def saw(self, path: str, value: Any) -> None:
        """Part of a chat's head; None: a new object begins."""
        *_, key = path.rpartition(".")
        if value is None and key in ("", "item"):
            self._found = {}
        elif key in ("name", "type", "id"):
            self._found[key] = one_line(value)

    @property
    def current(self) -> str:
        """The name of the talk."""
        name, number = self._found.get("name") or self._found.get("type", ""), self._found.get("id", "")
        return name if self._seen.setdefault(name, number) == number else f"{name} ({number})"
