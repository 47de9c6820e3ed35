"""The reader `chatgpt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, json_parts, row_blocks

from .branches import branches
from .messages import CONTEXTS, THOUGHTS, marks_of, one_line, text_of, time_of, without_citations

_LISTS = ("item", "conversations.item")
_HEAD = ("id", "conversation_id", "title", "current_node", "mapping")
_NODE = re.compile(rb'"(?:current_node|author)"\s*:')


class ChatGPT(Reader):
    """The export of a ChatGPT account: `conversations.json`, its parts (`conversations-000.json`), the zip or folder
    they are in, or the JSON of one conversation.

    A row is a message: `talk` (the conversation's title and id), `time` (UTC), `speaker` (`user`, `assistant`, or a
    tool's name), `text`, `id`, `reply_to` (the message before, not of kind `system`), `kind`, and `role` (`user`,
    `assistant`, `tool`, `system`), `content` (its type: `text`, `code`, `thoughts` …), `model`. `kind` is `system` for
    what the service added or does not show, `media` for a message that is only attachments.

    Where a message was edited or answered again, the conversation has branches: that which the user ended with is
    read, or each. Messages that are read in no branch are drops, and so are those in which nothing is said. Rows are
    numbered as they come, the drops of a conversation behind its rows.
    """

    name: ClassVar[str] = "chatgpt"
    inside: ClassVar[str | None] = "**/conversations*.json"

    branches: Literal["kept", "all"] = "kept"
    """The branch that was kept, or all of them, up to 100 a conversation: each is a talk of its own, which repeats the
    messages before the fork; in the second, ids end in `#2`."""
    thoughts: Literal["system", "message", "drop"] = "system"
    """The reasoning of a model and its recaps: rows of kind `system`, of kind `message`, or drops."""
    tools: Literal["system", "message", "drop"] = "system"
    """What the assistant says to tools (code, searches) and what they answer: as `thoughts`."""
    citations: Literal["remove", "keep"] = "remove"
    """The marks of sources in an answer (`【4†source】`), which mean nothing outside the service."""
    media: Literal["mark", "drop"] = "mark"
    """A message that is only attachments: its text is a mark for each (`<image>`, `<file: list.pdf>`), or it is a
    drop."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of about a thousand messages; in memory is a conversation at a time. Raises DataError for a file that
        is no such export."""
        yield from row_blocks(enumerate(self._items(source), 1), source)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the keys of a conversation's tree."""
        if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"[", b"{") or b'"mapping"' not in head:
            return 0.0
        return 0.95 if _NODE.search(head) and (b'"content_type"' in head or b'"current_node"' in head) else 0.0

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
                reason = "duplicate key" if part.twice else "not a conversation of ChatGPT"
                yield Drop(reason, part.twice, content=part.value)
        if _is_conversation(alone):
            yield from self._talk(alone)
        elif not found:
            hint = "it needs conversations with a 'mapping', as in conversations.json"
            raise DataError("no conversations of ChatGPT are in it", hint=hint, file=source.name)

    def _talk(self, value: Mapping[str, Any]) -> Iterator[Row | Drop]:
        nodes: dict[str, Any] = value["mapping"]
        title, number = one_line(value.get("title")), one_line(value.get("conversation_id") or value.get("id"))
        talk = f"{title} ({number})" if title and number else title or number
        given: set[str] = set()
        ways = branches(nodes, value.get("current_node"), every=self.branches == "all")
        for n, way in enumerate(ways, 1):
            before = ""
            for name in way:
                given.add(name)
                if (message := _message(nodes[name])) is not None:
                    made = self._row(message, talk, before)
                    made = _of_branch(made, n) if n > 1 and not isinstance(made, Drop) else made
                    yield made
                    before = before if isinstance(made, Drop) or made["kind"] == "system" else made["id"]
        reason = "not in the branch that was kept" if self.branches == "kept" else "not in a branch that is read"
        for name, node in nodes.items():
            if name not in given and (message := _message(node)) is not None:
                yield Drop(reason, content=message)

    def _row(self, message: Any, talk: str, before: str) -> Row | Drop:
        content = message.get("content") if isinstance(message, dict) else None
        author = message.get("author") if isinstance(message, dict) else None
        if not isinstance(content, dict) or not isinstance(author, dict):
            return Drop("not a message of ChatGPT", content=message)
        sort, role = one_line(content.get("content_type")), one_line(author.get("role"))
        kind = self._kind(message, sort, role)
        if kind == "drop":
            return Drop("reasoning" if sort in THOUGHTS else "said to a tool or by it", content=message)
        text = text_of(content)
        text = text if self.citations == "keep" else without_citations(text)
        if not text.strip() and (marks := marks_of(message, content)):
            if self.media == "drop":
                return Drop("only an attachment", content=message)
            text, kind = marks, "media" if kind == "message" else kind
        if not text.strip():
            return Drop("nothing is said", content=message)
        metadata = message.get("metadata")
        return {
            "talk": talk,
            "time": time_of(message.get("create_time")),
            "speaker": "" if kind == "system" else role if role != "tool" else one_line(author.get("name")) or role,
            "text": text,
            "id": one_line(message.get("id")),
            "reply_to": before,
            "kind": kind,
            "role": role,
            "content": sort,
            "model": one_line(metadata.get("model_slug")) if isinstance(metadata, dict) else "",
        }

    def _kind(self, message: Mapping[str, Any], sort: str, role: str) -> str:
        metadata = message.get("metadata")
        hidden = ("is_visually_hidden_from_conversation", "is_user_system_message")
        if isinstance(metadata, dict) and any(metadata.get(key) is True for key in hidden):
            return "system"
        if role == "system" or sort in CONTEXTS:
            return "system"
        if sort in THOUGHTS:
            return self.thoughts
        return self.tools if role == "tool" or message.get("recipient") not in (None, "", "all") else "message"


def _is_conversation(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("mapping"), dict)


def _message(node: Any) -> Any:
    """The message of a node; None: it only holds the tree together."""
    return node.get("message") if isinstance(node, dict) else node


def _of_branch(row: Row, n: int) -> Row:
    """The row in another talk, so that nothing takes it for the same message."""
    return {**row, "talk": f"{row['talk']}, branch {n}", "id": f"{row['id']}#{n}"}
