"""The reader `claude`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, json_parts, row_blocks

from .branches import branches
from .messages import attached, marks_of, one_line, text_of, thoughts_of, time_of, tools_of

_LISTS = ("item", "conversations.item")
_HEAD = ("uuid", "id", "name", "current_leaf_message_uuid", "chat_messages")
_SENT = re.compile(rb'"(?:sender|role)"\s*:\s*"(?:human|assistant|user)"')
_SPEAKERS = {"human": "user", "user": "user", "assistant": "assistant"}


class Claude(Reader):
    """The export of a Claude account: `conversations.json`, the zip or folder it is in, or the JSON of one
    conversation.

    A row is a message: `talk` (the conversation's name and id), `time` (UTC), `speaker` (`user`, `assistant`), `text`,
    `id`, `reply_to` (the message before that is not of kind `system`), `kind` (`message`; `media`: only attachments;
    `system`: only thoughts or tools), and `thinking` (what the model thought), `tools` (the names of those it used).

    Where a message was edited or answered again and the export says so, the conversation has branches: that which the
    user ended with is read, or each. Messages that are read in no branch are drops, and so are those in which nothing
    is said. Rows are numbered as they come, the drops of a conversation behind its rows.
    """

    name: ClassVar[str] = "claude"
    inside: ClassVar[str | None] = "**/conversations*.json"

    branches: Literal["kept", "all"] = "kept"
    """The branch that was kept, or all of them, up to 100 a conversation: each is a talk of its own, which repeats the
    messages before the fork; in the second, ids end in `#2`."""
    attachments: Literal["mark", "text"] = "mark"
    """What the export holds of attachments: a mark where the message has no other text, or their text, below what the
    message says. A pasted text without a name is always text."""
    media: Literal["mark", "drop"] = "mark"
    """A message that is only attachments: its text is a mark for each (`<image>`, `<file: list.pdf>`), or it is a
    drop."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand messages; in memory is a conversation at a time. Raises DataError for a file that is no
        such export."""
        yield from row_blocks(enumerate(self._items(source), 1), source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the list of a conversation's messages, and who sent them."""
        if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"[", b"{") or b'"chat_messages"' not in head:
            return 0.0
        return 0.95 if _SENT.search(head) else 0.6

    def _items(self, source: Input) -> Iterator[Row | Drop]:
        alone: dict[str, Any] = {}
        found = False
        for part in json_parts(source, {*_LISTS, *_HEAD}):
            if part.path in _HEAD:
                alone[part.path] = part.value
            elif part.path in _LISTS and _is_conversation(part.value) and not part.twice:
                found = True
                yield from self._talk(part.value)
            elif part.path in _LISTS:
                reason = "duplicate key" if part.twice else "not a conversation of Claude"
                yield Drop(reason, part.twice, content=part.value)
        if _is_conversation(alone):
            yield from self._talk(alone)
        elif not found:
            hint = "it needs conversations with 'chat_messages', as in conversations.json"
            raise DataError("no conversations of Claude are in it", hint=hint, file=source.name)

    def _talk(self, value: Mapping[str, Any]) -> Iterator[Row | Drop]:
        messages: list[Any] = value["chat_messages"]
        title, number = one_line(value.get("name")), one_line(value.get("uuid") or value.get("id"))
        talk = f"{title} ({number})" if title and number else title or number
        given: set[int] = set()
        ways = branches(messages, value.get("current_leaf_message_uuid"), every=self.branches == "all")
        for n, way in enumerate(ways, 1):
            before = ""
            for at in way:
                given.add(at)
                made = self._row(messages[at], talk, before)
                made = _of_branch(made, n) if n > 1 and not isinstance(made, Drop) else made
                yield made
                before = before if isinstance(made, Drop) or made["kind"] == "system" else made["id"]
        reason = "not in the branch that was kept" if self.branches == "kept" else "not in a branch that is read"
        yield from (Drop(reason, content=message) for at, message in enumerate(messages) if at not in given)

    def _row(self, message: Any, talk: str, before: str) -> Row | Drop:
        sender = one_line(message.get("sender") or message.get("role")) if isinstance(message, dict) else ""
        if not sender:
            return Drop("not a message of Claude", content=message)
        text, kind = self._said(message), "message"
        if not text.strip() and (marks := marks_of(message)):
            if self.media == "drop":
                return Drop("only an attachment", content=message)
            text, kind = marks, "media"
        thinking, tools = thoughts_of(message), tools_of(message)
        if not text.strip() and not thinking and not tools:
            return Drop("nothing is said", content=message)
        kind = kind if text.strip() else "system"
        return {
            "talk": talk,
            "time": time_of(message.get("created_at")),
            "speaker": _SPEAKERS.get(sender, sender) if kind != "system" else "",
            "text": text,
            "id": one_line(message.get("uuid") or message.get("id")),
            "reply_to": before,
            "kind": kind,
            "thinking": thinking,
            "tools": tools,
        }

    def _said(self, message: Mapping[str, Any]) -> str:
        text, files = text_of(message), attached(message)
        named = bool(marks_of(message).replace("<file: >", "").strip())
        if not files or (self.attachments == "mark" and (text.strip() or named)):
            return text
        return f"{text}\n\n{files}" if text.strip() else files


def _is_conversation(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("chat_messages"), list)


def _of_branch(row: Row, n: int) -> Row:
    """The row in another talk, so that nothing takes it for the same message."""
    return {**row, "talk": f"{row['talk']}, branch {n}", "id": f"{row['id']}#{n}"}
