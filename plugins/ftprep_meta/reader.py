"""The readers `messenger` and `instagram`: one form, two services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, Survey, json_parts, row_blocks, survey_text

from .messages import deleted, event_of, is_message, marks_of, repaired, speaker_of, text_of, time_of
from .turning import Turning

_PATHS = frozenset({"title", "threadName", "thread_path", "messages.item", "participants.item"})
_ACCOUNT = re.compile(rb'"sender_name"\s*:\s*"[^"]*",\s*"timestamp_ms"\s*:\s*\d')
_ENCRYPTED = re.compile(rb'"senderName"\s*:')


class _Meta(Reader):
    """What both have in common."""

    name: ClassVar[str] = "_meta"
    inside: ClassVar[str | None] = "**/message_*.json"

    media: Literal["mark", "drop"] = "mark"
    """A message that is only attachments: its text is a mark for each (`<image>`, `<link: …>`), or it is a drop."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand messages. Raises DataError for a file that is no such export."""
        store = Turning()
        try:
            talk = self._fill(store, source)
            yield from row_blocks(self._items(store, talk, source), source)
        finally:
            store.close()

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Its encoding."""
        return survey_text(source)

    def _fill(self, store: Turning, source: Input) -> str:
        """Stores the messages; gives what the talk is called: its title often comes after them."""
        found: dict[str, str] = {}
        people: list[str] = []
        for part in json_parts(source, _PATHS, self.encoding):
            if part.path == "messages.item":
                store.add(part)
            elif part.path == "participants.item":
                person = part.value.get("name") if isinstance(part.value, dict) else part.value
                people.append(" ".join(repaired(person).split()))
            elif part.value is not None:
                found[part.path] = " ".join(repaired(part.value).split())
        if not len(store):
            hint = "it needs the list 'messages'; ask for a download in the format JSON"
            raise DataError("no messages are in it", hint=hint, file=source.name)
        return found.get("title") or found.get("threadName") or ", ".join(people) or found.get("thread_path", "")

    def _items(self, store: Turning, talk: str, source: Input) -> Iterator[tuple[int, Row] | Drop]:
        for number, (value, twice) in enumerate(store.oldest_first(), 1):
            made = self._row(value, talk) if not twice else "duplicate key"
            if isinstance(made, str):
                yield Drop(made, twice, source=source.place(number), content=value)
            else:
                yield number, made

    def _row(self, message: Any, talk: str) -> Row | str:
        """The row, or why there is none."""
        if not is_message(message):
            return "not a message of Meta's exports"
        text, kind = text_of(message), "message"
        speaker = speaker_of(message)
        if deleted(message):
            kind = "deleted"
        elif event := event_of(message, text):
            text, kind, speaker = event, "system", ""
        elif not text.strip() and (marks := marks_of(message)):
            if self.media == "drop":
                return "only an attachment"
            text, kind = marks, "media"
        if not text.strip() and kind != "deleted":
            return "nothing is said"
        row = {"talk": talk, "time": time_of(message), "speaker": speaker, "text": text}
        return row | {"id": "", "reply_to": "", "kind": kind, "reactions": _reactions(message)}


class Messenger(_Meta):
    """A chat of Facebook Messenger: `message_1.json` of a download of the account, or the file of an end-to-end
    encrypted chat.

    A row is a message: `talk` (the title), `time` (UTC), `speaker`, `text`, `id` and `reply_to` (empty: exports have
    none), `kind` (`message`, `media`: only attachments, `system`: calls, people who come or go, `deleted`: taken back),
    and `reactions` (`❤ Ann, 👍 Bob`). Texts are repaired: downloads have each byte of UTF-8 as a character. The rows of
    a file are in the order of time, and are numbered in it, whichever way the file has them; a chat of several files
    has its newest messages in `message_1.json`, so the files of a chat follow each other from the newest.
    """

    name: ClassVar[str] = "messenger"

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the keys of a message; surer where it does not look like Instagram's."""
        if not _starts(head):
            return 0.0
        if _ENCRYPTED.search(head) and b'"threadName"' in head:
            return 0.95
        return (0.8 if _of_instagram(head, name) else 0.9) if _ACCOUNT.search(head) else 0.0


class Instagram(_Meta):
    """A chat of Instagram: `message_1.json` of a download of the account. Read as Messenger's are, with the same
    columns; see `messenger`."""

    name: ClassVar[str] = "instagram"

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the keys of a message; surer where a link or the file's name says Instagram."""
        if not _starts(head) or not _ACCOUNT.search(head):
            return 0.0
        return 0.95 if _of_instagram(head, name) else 0.85


def _starts(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") and b'"messages"' in head


def _of_instagram(head: bytes, name: str) -> bool:
    return b"instagram.com" in head or "instagram" in name.lower() or b'"participants"' not in head


def _reactions(message: dict[str, Any]) -> str:
    """Who reacted how: `❤ Ann, 👍 Bob`."""
    found = message.get("reactions")
    items = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    return ", ".join(f"{repaired(one.get('reaction'))} {repaired(one.get('actor'))}".strip() for one in items)
