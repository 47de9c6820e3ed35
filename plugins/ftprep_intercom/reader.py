"""The reader `intercom`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, json_records, row_blocks

from .talks import is_conversation, rows_of

_LISTS = ("conversations", "data")
_SHOWN = 20


class Intercom(Reader):
    """Conversations of Intercom: one row a message, with `talk` (the conversation's id), `time`, `speaker`, `text`,
    `id`, `reply_to` (empty), `kind`, and its `subject` and `status`, the author's `role` (`end-user`, `agent`, `bot`)
    and `public`.

    It reads what the API gives: conversations with their `source` and `conversation_parts`, one a line, in an array, or
    in an object with the list `conversations`; a single one as well. The HTML of their texts becomes plain text. Parts
    that say nothing (`assignment`, `close`) are of kind `system`, redacted ones of kind `deleted`. Lists of
    conversations come without their parts: fetch each one.
    """

    name: ClassVar[str] = "intercom"

    notes: Literal["system", "message", "drop"] = "system"
    """Notes that the team writes for itself: rows of kind `system`, of kind `message`, or drops."""
    media: Literal["mark", "drop"] = "mark"
    """Messages that are only attachments: rows of kind `media` (`<image>`, `<file: name>`), or drops."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand messages; a row's number is that of the message in the file. Raises DataError for a file
        that breaks off or is no JSON, and for one without any conversation."""
        said = False
        kept = (
            (number, item if isinstance(item, Drop) else self._kept(item))
            for number, item in enumerate(_items(source), 1)
        )
        for block in row_blocks(kept, source):
            said = said or isinstance(block, Rows)
            yield block
        if not said:
            hint = "it reads conversations with 'source' and 'conversation_parts' as JSON"
            raise DataError("no conversations are in it", hint=hint, file=source.name)

    def _kept(self, row: Row) -> Row | Drop:
        if row["kind"] == "note":
            return Drop("a note of the team", content=row) if self.notes == "drop" else {**row, "kind": self.notes}
        if row["kind"] == "media" and self.media == "drop":
            return Drop("only an attachment", content=row)
        return row

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the keys that only its conversations have."""
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return 0.0
        if b'"conversation_parts"' in head:
            return 0.95
        return 0.8 if b'"conversation.list"' in head or b'"delivered_as"' in head else 0.0


def _items(source: Input) -> Iterator[Row | Drop]:
    for record in json_records(source, _LISTS):
        if isinstance(record, Drop):
            yield record
        elif not isinstance(record.value, dict) or not is_conversation(record.value):
            yield _stray(record.value)
        else:
            rows = list(rows_of(record.value))
            yield from rows
            if not rows:
                yield Drop("a conversation without messages", content={"id": record.value.get("id")})


def _stray(value: Any) -> Drop:
    if not isinstance(value, dict):
        return Drop("not a conversation", content={"is": str(value)[:200]})
    keys = ", ".join(list(value)[:_SHOWN])
    return Drop("not a conversation", f"its keys: {keys or 'none'}", content=value)
