"""The reader `signal`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar, Literal, TextIO

from ftprep import DataError, Drop, Input, Reader, Row, Rows, Survey, row_blocks, survey_text

from .messages import Message, header, of_markdown, of_object, raw_messages, talk_of

_LONGEST = 1 << 25
"""Characters of a line: a message of Signal has at most 64 KiB, so what is longer is no export."""
_LOOK = 1 << 16
_SHOWN = 200
_KEYS = frozenset({"date", "sender", "body", "quote", "sticker", "reactions", "attachments"})
_NOBODY = "No-Sender"
"""What signal-export calls the sender of what nobody sent."""


class Signal(Reader):
    """A chat of Signal as signal-export writes it: `data.json` (an object a line), `chat.md`, or plain text with
    `[2024-05-01 18:03:22] Ann: Hello`.

    A row is a message: `talk` (the folder's name, which is the chat), `time` (local), `speaker`, `text`, `id` and
    `reply_to` (empty: exports have none), `kind` (`message`, `media`: only attachments, `system`: calls, `deleted`),
    `quote` (what it answers) and `reactions` (`Ann: 👍`). Rows are numbered by the lines of the file. Lines before the
    first message are a drop, and so is a message in which nothing is said.
    """

    name: ClassVar[str] = "signal"
    inside: ClassVar[str | None] = "**/data.json"

    media: Literal["mark", "drop"] = "mark"
    """A message that is only attachments: its text is a mark for each (`<image>`, `<sticker>`), or it is a drop."""
    encoding: str | None = None
    """The file's encoding; without, UTF-8 or what its byte-order mark says."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand messages. Raises DataError for a file that is no such export."""
        yield from row_blocks(self._items(source), source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the keys of the first object, or by how the first line begins."""
        first = head.decode("utf-8-sig", "ignore").lstrip().partition("\n")[0]
        if _is_object(first):
            return 0.95
        return 0.96 if header(first) is not None else 0.0

    @classmethod
    def survey(cls, source: Input) -> Survey:
        """Its encoding."""
        return survey_text(source)

    def _items(self, source: Input) -> Iterator[tuple[int, Row] | Drop]:
        talk = talk_of(source.name)
        with source.text(self.encoding) as text:
            objects = text.read(_LOOK).lstrip("\ufeff \r\n").startswith("{")
        found = False
        with source.text(self.encoding) as text:
            lines = _lines(text, source.name)
            for item in _of_objects(lines, source) if objects else _of_text(lines, source):
                made = item if isinstance(item, Drop) else self._row(item, talk)
                if isinstance(item, Message) and isinstance(made, str):
                    found = True
                    yield Drop(made, source=source.place(item.line), content=item._asdict())
                elif isinstance(made, Drop):
                    yield made
                elif isinstance(item, Message) and isinstance(made, dict):
                    found = True
                    yield item.line, made
        if not found:
            hint = "a message is '[2024-05-01 18:03:22] Name: text', or an object a line with date, sender and body"
            raise DataError("no messages of Signal are in it", hint=hint, file=source.name)

    def _row(self, message: Message, talk: str) -> Row | str:
        """The row, or why there is none."""
        text, kind = message.text, message.kind
        if not text.strip() and kind == "message" and message.marks:
            if self.media == "drop":
                return "only an attachment"
            text, kind = "\n".join(message.marks), "media"
        if not text.strip() and kind != "deleted":
            return "nothing is said"
        kind = "system" if message.speaker == _NOBODY else kind
        row = {"talk": talk, "time": message.time, "speaker": "" if kind == "system" else message.speaker}
        row |= {"text": text, "id": "", "reply_to": "", "kind": kind}
        return row | {"quote": message.quote, "reactions": message.reactions}


def _is_object(line: str) -> bool:
    if not line.startswith("{"):
        return False
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and set(value) >= _KEYS


def _lines(text: TextIO, name: str) -> Iterator[str]:
    """Its lines. Raises DataError for one that is too long."""
    number = 0
    while line := text.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST:
            hint = "it is no export of Signal"
            raise DataError(f"a line has more than {_LONGEST:,} characters", hint=hint, file=name, line=number)
        yield line


def _of_objects(lines: Iterable[str], source: Input) -> Iterator[Message | Drop]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        made = of_object(_decoded(line.lstrip("\ufeff")), number)
        shown = line[:_SHOWN].rstrip("\r\n")
        yield made or Drop("not a message of Signal", source=source.place(number), content=shown)


def _decoded(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _of_text(lines: Iterable[str], source: Input) -> Iterator[Message | Drop]:
    for raw in raw_messages(lines):
        if raw.time:
            yield of_markdown(raw)
        else:
            text = "\n".join(islice(raw.text.splitlines(), 10))
            yield Drop("belongs to no message", source=source.place(raw.line), content=text[:_SHOWN])
