"""From a message of an export to a row: who says what, when, in reply to what, and of which kind it is.

Source: https://api.slack.com/events/message (subtypes) and https://slack.com/help/articles/220556107 (exports).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ftprep import Drop, Row

from .people import Names, name_of, text
from .text import instead, marks, resolved

_SAID = frozenset(
    ("", "bot_message", "me_message", "thread_broadcast", "reply_broadcast", "file_share", "file_comment",
     "file_mention", "slackbot_response")
)  # fmt: skip
"""Subtypes of what somebody wrote; the others tell of joins, topics, calls."""
_DELETED = frozenset(("tombstone", "message_deleted"))
_ANNOUNCED = re.compile(r"<@\w+(?:\|[^<>]*)?> (?:uploaded|shared|commented on|mentioned) ")
"""How the text of a file began before 2018, which says what the file says itself."""
_STAMP = re.compile(r"(\d{1,11})(?:\.(\d{1,6}))?")
_SHOWN = ("type", "subtype", "user", "ts", "text")


def row_of(message: Any, talk: str, names: Names, *, media: str) -> Row | Drop:
    """The row; a Drop without a place for what is no message, or says nothing."""
    if not isinstance(message, dict) or not ("ts" in message or message.get("type") == "message"):
        return Drop("not a message", content=message if isinstance(message, (str, int)) else _few(message))
    subtype = text(message.get("subtype"))
    said, kind = _said(message, subtype, names)
    if not said:
        shown = marks(message)
        if not shown and kind == "message":
            return Drop("an empty message", content=_few(message))
        if shown and media == "drop":
            return Drop("only media", content=_few(message))
        said, kind = ("\n".join(shown), "media") if shown else (said, kind)
    own, thread = stamp(message.get("ts")), stamp(message.get("thread_ts"))
    edited = message["edited"].get("ts") if isinstance(message.get("edited"), dict) else None
    return {
        "talk": talk,
        "time": time_of(own),
        "speaker": "" if kind == "system" else speaker_of(message, names),
        "text": said,
        "id": own,
        "reply_to": thread if thread != own else "",
        "kind": kind,
        "edited": time_of(stamp(edited)),
        "bot": "yes" if subtype == "bot_message" or message.get("bot_id") else "",
    }


def _said(message: dict[str, Any], subtype: str, names: Names) -> tuple[str, str]:
    """The text, and its kind."""
    said = text(message.get("text"))
    if subtype in _DELETED or (message.get("hidden") is True and subtype not in _SAID):
        return resolved(said, names).strip(), "deleted"
    if subtype not in _SAID:
        return resolved(said, names).strip() or instead(message, names), "system"
    if subtype.startswith("file_") and _ANNOUNCED.match(said):
        said = _comment(message)
    return resolved(said, names).strip() or instead(message, names), "message"


def _comment(message: dict[str, Any]) -> str:
    """What was said of a file."""
    first = message["file"].get("initial_comment") if isinstance(message.get("file"), dict) else None
    comment = message.get("comment") or first
    return text(comment.get("comment")) if isinstance(comment, dict) else ""


def speaker_of(message: dict[str, Any], names: Names) -> str:
    """Who wrote it: the name in the list of users, else the one that the message has."""
    comment = message.get("comment")
    user = text(message.get("user")) or text(comment.get("user") if isinstance(comment, dict) else None)
    if user in names.people:
        return names.people[user]
    for key in ("user_profile", "bot_profile"):
        if isinstance(message.get(key), dict) and (name := name_of(message[key])):
            return name
    found = (message.get("username"), names.people.get(text(message.get("bot_id"))), user, message.get("bot_id"))
    return next((name for name in map(text, found) if name), "")


def stamp(value: object) -> str:
    """A time stamp (seconds since 1970, with microseconds), by which Slack calls its messages."""
    return f"{value:.6f}" if isinstance(value, float) else str(value) if isinstance(value, (str, int)) else ""


def time_of(own: str) -> str:
    """ISO 8601 in UTC; empty where it is no time."""
    match = _STAMP.fullmatch(own)
    if match is None:
        return ""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=int(match[1]), microseconds=int((match[2] or "").ljust(6, "0"))
        )
    except OverflowError:
        return ""
    return moment.isoformat(timespec="microseconds" if match[2] else "seconds").replace("+00:00", "Z")


def _few(message: object) -> object:
    """Of a message that is dropped, what people know it by."""
    return {key: message[key] for key in _SHOWN if key in message} if isinstance(message, dict) else str(message)[:200]
