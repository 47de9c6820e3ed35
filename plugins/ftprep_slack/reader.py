"""The reader `slack`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import PrivateAttr

from ftprep import DataError, Drop, Input, Reader, Rows, json_parts, row_blocks

from .messages import row_of
from .people import Names, names_in

_BLOCK = 1000
_BEFORE = b"\xef\xbb\xbf \t\r\n"
"""What may stand before JSON: a byte-order mark, and space."""
_MESSAGE = re.compile(rb'"type"\s*:\s*"message"')
_STAMPED = re.compile(rb'"ts"\s*:\s*"\d{9,11}\.\d{6}"')


class Slack(Reader):
    """The export of a Slack workspace: `slack: export.zip`, or the folder it was unpacked to.

    A row is a message: `talk` (the channel), `time` (UTC), `speaker` (display name, else real name, else id), `text`
    (mentions, links and entities resolved), `id`, `reply_to` (the message that opened the thread), `kind`, `edited`
    (when) and `bot` (`yes`). Its number is that of the message in its file. People's and channels' names come from
    `users.json` and `channels.json` beside the channels' folders; without, they are ids.
    """

    name: ClassVar[str] = "slack"
    inside: ClassVar[str | None] = "**/[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9].json"

    media: Literal["mark", "drop"] = "mark"
    """Messages that are only a file: a mark for it (`<image>`, `<file: plan.pdf>`), or a drop."""

    _names: dict[str, Names] = PrivateAttr(default_factory=dict)
    """Of the export that was read last, by its folder."""

    def read(self, source: Input) -> Iterator[Rows | Drop]:
        """The messages of one day of a channel. Raises DataError for what is no list of messages."""
        self._refuse(source)
        names = self._names_in(source)
        folder = source.path.parent.name
        talk = names.direct.get(folder, folder)
        parts = json_parts(source, ["item"])
        made = (row_of(part.value, talk, names, media=self.media) for part in parts)
        yield from row_blocks(enumerate(made, 1), source)

    def _refuse(self, source: Input) -> None:
        if source.head(1024).lstrip(_BEFORE)[:1] not in (b"[", b""):
            hint = "name the export's folder, its zip, or a day of a channel in it"
            raise DataError("no list of Slack messages", hint=hint, file=source.name)

    def _names_in(self, source: Input) -> Names:
        export = source.path.parent.parent.as_posix()
        if export not in self._names:
            self._names.clear()
            self._names[export] = names_in(source)
        return self._names[export]

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Sure of an array whose messages have Slack's time stamps."""
        start = head.lstrip(_BEFORE)[:1]
        if start != b"[" or _STAMPED.search(head) is None:
            return 0.0
        return 0.95 if _MESSAGE.search(head) is not None else 0.6
