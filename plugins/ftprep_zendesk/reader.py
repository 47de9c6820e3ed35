"""The reader `zendesk`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

from ftprep import DataError, Drop, Input, Reader, Row, Rows, row_blocks

from . import tables, tickets

_KEYS = re.compile(
    rb'"(?:requester_id|requester|submitter_id|author_id|ticket_id|via|audit_id|html_body|plain_body|comments)"\s*:'
)


class Zendesk(Reader):
    """Tickets of Zendesk: one row a comment, with `talk` (the ticket's id), `time`, `speaker`, `text`, `id`,
    `reply_to` (empty), `kind`, and the ticket's `subject` and `status`, the author's `role` and `public`.

    It reads the account's JSON export (a ticket a line, its comments inside), an array of tickets, and what the API
    gives: an object with the lists `tickets`, `comments` (each with its `ticket_id`), `audits` and `users`. A ticket
    without comments gives its description. Names and roles (`end-user`, `agent`, `bot`) go by the users in the file;
    where they are not there, the speaker is the author's id, and the role what the ticket tells: its requester is an
    end-user, its assignee and whoever writes private notes are agents. Of an object with lists, the users and the heads
    of the tickets are kept in memory while it is read, some hundred bytes each; of other files, the users.

    It reads tables as well: a CSV file of comments (`ticket_id`, `body`, `user_id` or `author_id`) or of events of
    chats (`chat_id`, `actor_id`, `message`). What other tables know is added with `join`, for CSV and XLSX alike:

        read: {zendesk: comments.csv}
        transform:
          - join: {table: tickets.csv, on: {left: talk, right: id}, columns: [subject], prefix: ticket_}
          - join: {table: users.csv, on: {left: speaker, right: id}, columns: [name, role], prefix: user_}
          - conversations: {by: talk, speaker: user_role, text: text, assistant: [agent, admin], scattered: true}
    """

    name: ClassVar[str] = "zendesk"

    notes: Literal["system", "message", "drop"] = "system"
    """Comments that are not public: rows of kind `system`, of kind `message`, or drops."""
    media: Literal["mark", "drop"] = "mark"
    """Comments that are only attachments: rows of kind `media` (`<image>`, `<file: name>`), or drops."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """Blocks of a thousand comments; a row's number is that of the comment, in a table its line. Raises DataError
        for a file that breaks off or is neither JSON nor such a table, and for one without any comment."""
        if tables.columns_of(source.head()):
            items = tables.rows_of(source)
        else:
            items = enumerate(tickets.rows_of(source), 1)
        said = False
        kept = ((number, item if isinstance(item, Drop) else self._kept(item)) for number, item in items)
        for block in row_blocks(kept, source):
            said = said or isinstance(block, Rows)
            yield block
        if not said:
            hint = "it reads tickets with comments as JSON, or tables with ticket_id, user_id and body"
            raise DataError("no comments of tickets are in it", hint=hint, file=source.name)

    def _kept(self, row: Row) -> Row | Drop:
        if row["kind"] == "note":
            if self.notes == "drop":
                return Drop("a private note", content=row)
            return {**row, "kind": self.notes}
        if row["kind"] == "media" and self.media == "drop":
            return Drop("only an attachment", content=row)
        return row

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """By the keys that tickets and comments have, or the columns of a table of comments."""
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return 0.9 if tables.columns_of(head) else 0.0
        keys = set(_KEYS.findall(head.replace(b" ", b"")))
        ticket = b'"requester_id":' in keys or b'"requester":' in keys
        comment = bool({b'"html_body":', b'"plain_body":', b'"audit_id":', b'"ticket_id":', b'"comments":'} & keys)
        if b"zendesk.com/api" in head or (ticket and comment and b'"author_id":' in keys):
            return 0.95
        return 0.85 if comment and b'"author_id":' in keys and b'"public"' in head else 0.0
