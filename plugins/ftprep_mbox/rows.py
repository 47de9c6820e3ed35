"""From a mail to a row: when it was written, by whom, in which thread, and what it says."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from ftprep import Drop, Row

from .body import body_of
from .box import Mail
from .charsets import Charsets
from .quotes import own_words
from .threads import Threads, ids_in

_PARSER = BytesParser()
_ARRIVED = re.compile(
    r"([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{1,2}:\d\d(?::\d\d)?)(?:\s+[A-Z]{1,5}|\s+[+-]\d{4})?\s+(\d{4})"
)
_AT = re.compile(r"^([^\s@<>\"]+) at ([^\s@<>\"]+)(?=\s|$)")
"""How the archives of mailing lists write an address."""
_SHOWN = ("from", "date", "subject", "message-id")


class Mails:
    """Makes the rows of a mailbox."""

    def __init__(self, threads: Threads, charsets: Charsets, *, quotes: bool, signatures: bool, media: str):
        self.threads, self.charsets = threads, charsets
        self.quotes, self.signatures, self.media = quotes, signatures, media

    def row(self, mail: Mail, number: int) -> Row | Drop:
        """The row of the mail; a Drop without a place where nothing is left of it."""
        if mail.raw is None:
            return Drop("larger than a mail may be", content={"envelope": _ascii(mail.envelope)})
        try:
            parsed = _PARSER.parsebytes(mail.raw)
            return self._row(mail, parsed, number)
        except RecursionError:
            return Drop("parts in parts without an end", content={"envelope": _ascii(mail.envelope)})

    def _row(self, mail: Mail, parsed: Message, number: int) -> Row | Drop:
        header = {name: self.charsets.header(parsed, name) for name in _SHOWN}
        body = body_of(parsed, self.charsets, quotes=self.quotes)
        text = own_words(body.text, quotes=self.quotes, signature=self.signatures)
        kind = "message"
        if not text:
            if not body.marks:
                return Drop("an empty mail" if not body.text.strip() else "only quoted", content=header)
            if self.media == "drop":
                return Drop("only media", content=header)
            text, kind = "\n".join(body.marks), "media"
        if self.charsets.header(parsed, "auto-submitted").partition(";")[0].strip().lower() not in ("", "no"):
            kind = "system"
        own, above = ids_in(header["message-id"])[:1], ids_in(self.charsets.header(parsed, "in-reply-to"))[:1]
        named = ids_in(self.charsets.header(parsed, "references"))
        name, address = parseaddr(_AT.sub(r"\1@\2", _raw(parsed, "from")))
        return {
            "talk": self.threads.talk([*own, *named, *above], own[0] if own else f"mail {number}"),
            "time": _written(header["date"]) or _arrived(mail.envelope),
            "speaker": self.charsets.words(name).strip("\"' ") or address,
            "text": text,
            "id": own[0] if own else "",
            "reply_to": (above or named[-1:] or [""])[0],
            "kind": kind,
            "subject": header["subject"],
            "address": self.charsets.words(address),
        }


def _raw(mail: Message, name: str) -> str:
    return next((str(value) for key, value in mail.raw_items() if key.lower() == name), "")


def _written(date: str) -> str:
    """The date of a header as ISO 8601; empty where it is none. `-0000` is UTC, said by somebody elsewhere."""
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    made = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"{made}Z" if moment.tzinfo is None and date.rstrip().endswith("-0000") else made


def _arrived(envelope: bytes) -> str:
    """The date in the line before a mail, whose zone is not known."""
    match = _ARRIVED.search(_ascii(envelope))
    if match is None:
        return ""
    time = match[3] if match[3].count(":") == 2 else f"{match[3]}:00"
    try:
        return datetime.strptime(f"{match[1]} {match[2]} {time} {match[4]}", "%b %d %H:%M:%S %Y").isoformat()
    except ValueError:
        return ""


def _ascii(line: bytes) -> str:
    return line.decode("ascii", "replace").strip()
