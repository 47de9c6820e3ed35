"""The reader `mbox`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, ClassVar, Literal

from ftprep import DataError, Drop, Finding, Input, Reader, Row, Rows

from .box import begins_mail, mails
from .charsets import Charsets
from .codes import CODES
from .rows import Mails
from .threads import Threads

_BLOCK = 200
_HEADER = re.compile(rb"[!-9;-~]+:")


class Mbox(Reader):
    """Mailboxes as mail programs and archives export them: `mbox: inbox.mbox`, a folder or a zip of them.

    A row is a mail: `talk` (the id of the thread's first mail in the file), `time`, `speaker`, `text` (the plain text,
    else that of the HTML; what is quoted, and the signature, removed), `id`, `reply_to`, `kind`, `subject` and
    `address` (the sender's). Its number is the line on which the mail begins. Which mails belong together is found in
    a first pass over the headers (`References`, `In-Reply-To`). Automatic answers are of the kind `system`.
    """

    name: ClassVar[str] = "mbox"
    problem_codes = CODES
    suffixes: ClassVar[tuple[str, ...]] = (".mbox",)
    inside: ClassVar[str | None] = "**/*.mbox"

    keep_quotes: bool = False
    """Keep what a mail quotes of others: lines with `>`, and the mails below it."""
    keep_signatures: bool = False
    """Keep signatures, and what mailing lists and telephones add at the end."""
    media: Literal["mark", "drop"] = "mark"
    """Mails without a text that have attachments: marks for these (`<image>`, `<file: plan.pdf>`), or a drop."""

    def read(self, source: Input) -> Iterator[Rows | Drop | Finding]:
        """Blocks of two hundred mails. Raises DataError for a file that is no mailbox."""
        with source.open() as stream:
            self._refuse(stream.readline(1 << 16), source)
        with source.open() as stream:
            threads = Threads(stream)
        charsets = Charsets()
        making = Mails(threads, charsets, quotes=self.keep_quotes, signatures=self.keep_signatures, media=self.media)
        with source.open() as stream:
            yield from self._rows(making, stream, source)

    def _rows(self, making: Mails, stream: BinaryIO, source: Input) -> Iterator[Rows | Drop | Finding]:
        rows: list[Row] = []
        numbers: list[int] = []
        told = 0
        for number, mail in enumerate(mails(stream), 1):
            made = making.row(mail, number)
            for declared, found in list(making.charsets.guessed)[told:]:
                told += 1
                yield Finding(
                    "FT276",
                    f"mails that say '{declared}' for their encoding are read as {found}",
                    hint="see whether this one reads right",
                    level="advice",
                    source=source.place(mail.line),
                )
            if isinstance(made, Drop):
                yield Drop(made.reason, made.detail, source=source.place(mail.line), content=made.content)
                continue
            rows.append(made)
            numbers.append(mail.line)
            if len(rows) == _BLOCK:
                yield Rows(rows, numbers)
                rows, numbers = [], []
        if rows:
            yield Rows(rows, numbers)

    def _refuse(self, first: bytes, source: Input) -> None:
        if not begins_mail(first.removeprefix(b"\xef\xbb\xbf")):
            text = "no mailbox: its first line is not 'From ADDRESS DATE'" if first else "there is nothing in it"
            raise DataError(text, hint="export the mails as mbox again", file=source.name)

    @classmethod
    def recognise(cls, head: bytes, name: str) -> float:
        """Sure of a line with an address and a date, and a header below it."""
        first, _, rest = head.partition(b"\n")
        if not begins_mail(first):
            return 0.0
        return 0.95 if _HEADER.match(rest) or rest.startswith(b">From ") else 0.5
