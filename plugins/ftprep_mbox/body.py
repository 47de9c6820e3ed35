"""What a mail says: the text of its parts, and marks for what is attached."""

from __future__ import annotations

import re
from email.message import Message
from typing import NamedTuple, cast

from ftprep import html_text

from .charsets import Charsets

_QUOTE_TAG = re.compile(r"<(/?)blockquote\b[^<>]*>", re.IGNORECASE)
_DEEPEST = 50
"""Parts in parts that are looked at."""


class Body(NamedTuple):
    """The text, and a mark for each attachment."""

    text: str
    marks: tuple[str, ...]


def body_of(mail: Message, charsets: Charsets, *, quotes: bool) -> Body:
    """What a mail says. `quotes`: what HTML marks as quoted is kept."""
    texts: list[str] = []
    marks: list[str] = []
    _collect(mail, texts, marks, charsets, quotes, 0)
    return Body("\n\n".join(text for text in texts if text.strip()), tuple(marks))


def _collect(part: Message, texts: list[str], marks: list[str], charsets: Charsets, quotes: bool, depth: int) -> None:
    kind = part.get_content_type()
    parts = _parts(part)
    if parts and kind != "message/rfc822" and depth < _DEEPEST:
        chosen = [_best(parts)] if kind == "multipart/alternative" else parts
        for inner in chosen:
            _collect(inner, texts, marks, charsets, quotes, depth + 1)
    elif kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment" and not _named(part):
        texts.append(_text(part, kind, charsets, quotes))
    elif kind not in ("application/pgp-signature", "application/pkcs7-signature", "multipart/alternative"):
        marks.append(_mark(part, kind, charsets))


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return cast("list[Message]", payload) if isinstance(payload, list) else []


def _best(parts: list[Message]) -> Message:
    """Of the same text in several forms: the plain one, unless it is empty; else the last, which is the richest."""
    plain = (part for part in parts if part.get_content_type() == "text/plain" and str(part.get_payload()).strip())
    return next(plain, parts[-1])


def _text(part: Message, kind: str, charsets: Charsets, quotes: bool) -> str:
    raw = part.get_payload(decode=True)
    declared = part.get_content_charset()
    text = charsets.text(raw, declared) if isinstance(raw, bytes) else ""
    if kind == "text/html":
        return html_text(text if quotes else _without_blockquotes(text))[0]
    return _unfolded(text, str(part.get_param("delsp", "")).lower() == "yes") if _flowed(part) else text


def _flowed(part: Message) -> bool:
    return str(part.get_param("format", "")).lower() == "flowed"


def _unfolded(text: str, delsp: bool) -> str:
    """A text whose paragraphs were folded into lines that end with a space (RFC 3676)."""
    made: list[str] = []
    open_ = False
    for line in text.replace("\r\n", "\n").split("\n"):
        own = not line.startswith(">")
        stuffed = line[1:] if line.startswith(" ") else line
        if open_ and own and stuffed != "-- ":
            made[-1] += stuffed
        else:
            made.append(stuffed)
        open_ = own and stuffed.endswith(" ") and stuffed != "-- "
        if open_ and delsp:
            made[-1] = made[-1][:-1]
    return "\n".join(made)


def _without_blockquotes(html: str) -> str:
    """The HTML with a quoted line of text for each of its quotes, so that the line above tells whose it is."""
    made: list[str] = []
    depth = at = 0
    for tag in _QUOTE_TAG.finditer(html):
        if not depth:
            made.append(html[at : tag.start()])
            made.append("" if tag[1] else "<br>&gt; …<br>")
        depth = max(depth + (-1 if tag[1] else 1), 0)
        at = tag.end()
    return "".join(made) + ("" if depth else html[at:])


def _named(part: Message) -> bool:
    try:
        return bool(part.get_filename())
    except (LookupError, ValueError):  # a name in an encoding that is none
        return True


def _mark(part: Message, kind: str, charsets: Charsets) -> str:
    group = kind.partition("/")[0]
    if group in ("image", "video", "audio"):
        return f"<{group}>"
    try:
        name = charsets.words(part.get_filename() or "")
    except (LookupError, ValueError):
        name = ""
    return f"<file: {name or kind}>"
