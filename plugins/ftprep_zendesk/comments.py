"""What a comment, an event of a chat or a ticket's description says, as a row of a chat log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ftprep import Row, html_text

from .people import SYSTEM, People, Ticket, text

_MARKS = {"image": "<image>", "video": "<video>", "audio": "<audio>"}
_VOICES = ("VoiceComment", "TpeVoiceComment")
_COMMENTS = ("Comment", *_VOICES, "FacebookComment", "Tweet")
_CHATS = "ChatMessage"
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|z|UTC|[+-]\d\d:?\d\d)?", re.ASCII)


def row_of(comment: Mapping[str, Any], ticket: Ticket, people: People) -> Row:
    """The row of a comment, as the API and exports of tables have it."""
    public = _flag(comment.get("public"))
    author = text(comment.get("author_id") or comment.get("user_id") or _author_id(comment))
    said, kind = _said(comment)
    if public == "false":
        kind = "note"
    elif author == SYSTEM:
        kind = "system"
    speaker = "" if author == SYSTEM else _named(comment) or people.name(author)
    time = text(comment.get("created_at") or comment.get("created"))
    role = people.role(author, ticket, public)
    return _row(ticket, time, speaker, said, text(comment.get("id")), kind, role, public)


def opening(value: Mapping[str, Any], ticket: Ticket, people: People) -> Row | None:
    """The row of a ticket's description, which is its first comment; None where there is none."""
    said = text(value.get("description"))
    if not said:
        return None
    public, who = _flag(value.get("is_public")), ticket.requester
    role = people.role(who, ticket, "")
    return _row(
        ticket, ticket.time, people.name(who), said, "", "message" if public != "false" else "note", role, public
    )


def of_audit(audit: Mapping[str, Any], ticket: Ticket, people: People) -> Iterator[Row]:
    """The rows of the comments and chats in an audit; its other events are no messages."""
    events = audit.get("events")
    for event in events if isinstance(events, list) else ():
        if not isinstance(event, dict):
            continue
        kind = event.get("type")
        if kind in _COMMENTS:
            yield row_of(
                {"author_id": audit.get("author_id"), "created_at": audit.get("created_at"), **event}, ticket, people
            )
        elif kind == "ChatStartedEvent" and isinstance(event.get("value"), dict):
            history = event["value"].get("history")
            for said in history if isinstance(history, list) else ():
                if isinstance(said, dict):
                    yield of_chat(said, ticket, people)


def of_chat(event: Mapping[str, Any], ticket: Ticket, people: People) -> Row:
    """The row of an event of a chat: what is neither a text nor a file is of kind `system`."""
    actor = text(event.get("actor_id"))
    side, _, id_ = actor.rpartition(":")
    said, kind = text(event.get("message")), "message"
    if event.get("type") != _CHATS or actor.startswith("__"):
        kind = "system"
    if not said and (file := text(event.get("filename"))):
        said, kind = _mark(text(event.get("mime_type")), file), "media"
    elif not said:
        kind = "system"
    speaker = "" if actor.startswith("__") else text(event.get("actor_name")) or people.name(id_)
    role = text(event.get("actor_type")) or side
    role = "bot" if actor.startswith("__") else role if role in ("agent", "end-user") else people.role(id_, ticket, "")
    time = text(event.get("created_at")) or _moment(event.get("timestamp"))
    return _row(ticket, time, speaker, said, text(event.get("message_id")), kind, role, "true")


def _row(ticket: Ticket, time: str, speaker: str, said: str, id_: str, kind: str, role: str, public: str) -> Row:
    return {
        "talk": ticket.id, "time": _iso(time), "speaker": speaker, "text": said, "id": id_,
        "reply_to": "", "kind": kind, "subject": ticket.subject, "status": ticket.status, "role": role,
        "public": public,
    }  # fmt: skip


def _said(comment: Mapping[str, Any]) -> tuple[str, str]:
    """The text of a comment, and its kind."""
    if comment.get("type") in _VOICES and isinstance(data := comment.get("data"), dict):
        if said := text(data.get("transcription_text")):
            return said, "message"
        return text(comment.get("body")) or "<audio>", "media" if not comment.get("body") else "system"
    said = text(comment.get("body") or comment.get("plain_body"))
    images = 0
    if not said and (html := text(comment.get("html_body"))):
        said, images = html_text(html)
    files = comment.get("attachments")
    marks = ["<image>"] * images + [
        _mark(text(file.get("content_type")), text(file.get("file_name")))
        for file in (files if isinstance(files, list) else ())
        if isinstance(file, dict)
    ]
    return (said, "message") if said or not marks else ("\n".join(marks), "media")


def _mark(kind: str, name: str) -> str:
    return _MARKS.get(kind.partition("/")[0]) or f"<file: {name}>"


def _named(comment: Mapping[str, Any]) -> str:
    """The author's name, where it stands in the comment."""
    author = comment.get("author")
    return text(author.get("name")) if isinstance(author, dict) else text(author)


def _author_id(comment: Mapping[str, Any]) -> Any:
    author = comment.get("author")
    return author.get("id") if isinstance(author, dict) else None


def _flag(value: Any) -> str:
    """`true`, `false`, or empty where it is not said."""
    said = text(value).lower()
    return {"true": "true", "1": "true", "false": "false", "0": "false"}.get(said, "")


def _iso(said: str) -> str:
    """A time to the second, with its offset where it has one; empty where it is no time."""
    if not (found := _TIME.fullmatch(said)):
        return ""
    return f"{found[1]}T{found[2]}{'Z' if found[3] in ('Z', 'z', 'UTC') else found[3] or ''}"


def _moment(value: Any) -> str:
    """Milliseconds since 1970 in ISO 8601; what is no such number stays."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return text(value)
    try:
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return ""
