"""The messages of a conversation: what opened it, and its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ftprep import Row, as_text, html_text

_ROLES = {"user": "end-user", "lead": "end-user", "contact": "end-user", "customer": "end-user", "visitor": "end-user",
          "admin": "agent", "team": "agent", "teammate": "agent", "bot": "bot", "operator": "bot"}  # fmt: skip
_OPENINGS = ("source", "conversation_message", "first_contact_reply")
_OPEN = {"true": "open", "false": "closed"}
"""What an older form says in place of a state."""
_MARKS = {"image": "<image>", "video": "<video>", "audio": "<audio>"}
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII)
_PEOPLE = ("contacts", "teammates", "admins", "customers", "users")


class Talk(NamedTuple):
    """What its messages have from a conversation."""

    id: str
    subject: str
    status: str
    names: Mapping[str, str]
    """The authors' names by their ids, as far as the conversation tells."""


def is_conversation(value: Mapping[str, Any]) -> bool:
    """Whether an object has the messages of a conversation."""
    parts = value.get("conversation_parts")
    return isinstance(parts, (dict, list)) or any(isinstance(value.get(key), dict) for key in _OPENINGS[:2])


def rows_of(value: Mapping[str, Any]) -> Iterator[Row]:
    """The message that opened a conversation, then its parts, in their order."""
    parts = _listed(value.get("conversation_parts"), "conversation_parts")
    first = next((value[key] for key in _OPENINGS if isinstance(value.get(key), dict)), None)
    status = _text(value.get("state")) or _OPEN.get(_text(value.get("open")), "")
    talk = Talk(_text(value.get("id")), _subject(value, first), status, _names(value, first, parts))
    if first is not None and (first.get("body") or first.get("attachments") or first.get("redacted")):
        yield _row({"created_at": value.get("created_at"), "part_type": "comment", **first}, talk)
    for part in parts:
        yield _row(part, talk)


def _text(value: Any) -> str:
    return as_text(value).strip()


def _listed(value: Any, key: str) -> list[Mapping[str, Any]]:
    """The objects of a list, bare or as the API wraps it: `{"type": "….list", "contacts": […]}`."""
    items = value.get(key) if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _subject(value: Mapping[str, Any], first: Mapping[str, Any] | None) -> str:
    said = _text(value.get("title")) or (_text(first.get("subject")) if first is not None else "")
    return html_text(said)[0] if said.startswith("<") else said


def _names(value: Mapping[str, Any], first: Mapping[str, Any] | None, parts: list[Mapping[str, Any]]) -> dict[str, str]:
    people = [person for key in _PEOPLE for person in _listed(value.get(key), key)]
    people += [value[key] for key in ("user", "assignee") if isinstance(value.get(key), dict)]
    for part in ([first] if first is not None else []) + parts:
        people += [part[key] for key in ("author", "assigned_to") if isinstance(part.get(key), dict)]
    return {_text(person["id"]): name for person in people if person.get("id") and (name := _text(person.get("name")))}


def _row(part: Mapping[str, Any], talk: Talk) -> Row:
    author = part.get("author")
    author = author if isinstance(author, dict) else {}
    id_, type_ = _text(author.get("id")), _text(part.get("part_type"))
    said, kind = _said(part, type_)
    note = "note" in type_.split("_")
    name = _text(author.get("name")) or talk.names.get(id_) or _text(author.get("email")) or id_
    role = "bot" if author.get("from_ai_agent") is True else _ROLES.get(_text(author.get("type")).lower(), "")
    return {
        "talk": talk.id, "time": _moment(part.get("created_at")), "speaker": name, "text": said,
        "id": _text(part.get("id")), "reply_to": "", "kind": "note" if note and kind != "deleted" else kind,
        "subject": talk.subject, "status": talk.status, "role": role, "public": "false" if note else "true",
    }  # fmt: skip


def _said(part: Mapping[str, Any], type_: str) -> tuple[str, str]:
    """The text of a part, and its kind; one without a body says what happened: `assignment`, `close`."""
    if part.get("redacted") is True:
        return "", "deleted"
    said, images = html_text(_text(part.get("body")))
    if said:
        return said, "message"
    marks = ["<image>"] * images + [_mark(file) for file in _listed(part.get("attachments"), "attachments")]
    return ("\n".join(marks), "media") if marks else (type_.replace("_", " "), "system")


def _mark(file: Mapping[str, Any]) -> str:
    kind = _text(file.get("content_type")).partition("/")[0]
    return _MARKS.get(kind) or f"<file: {_text(file.get('name'))}>"


def _moment(value: Any) -> str:
    """Seconds since 1970, or a time as ISO 8601 has it, to the second; empty where it is no time."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        found = _TIME.fullmatch(_text(value))
        zone = found[3] or "" if found else ""
        return f"{found[1]}T{found[2]}{'Z' if zone == 'UTC' else zone}" if found else ""
    try:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return ""
