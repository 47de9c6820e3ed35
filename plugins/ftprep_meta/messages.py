"""What a message of Meta's exports says, in both forms: the account's, and that of end-to-end encrypted chats."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_MARKS = {
    "photos": "<image>", "gifs": "<image>", "videos": "<video>", "audio_files": "<audio>", "sticker": "<sticker>",
}  # fmt: skip
_EVENTS = frozenset({"call", "subscribe", "unsubscribe"})
_REACTED = re.compile(r"Reacted \S{1,20} to your message ?|Liked a message")
_SENT = re.compile(r".{1,200} sent (?:an attachment|a photo|a link|a voice message|a GIF|a video)\.")
"""What the service writes where somebody attached something, in English; in other languages it counts as text."""
_ENDINGS = {
    "image": ("jpg", "jpeg", "png", "gif", "webp", "heic"),
    "video": ("mp4", "mov"),
    "audio": ("m4a", "ogg", "aac", "wav", "mp3"),
}
_KIND = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}
_LATEST = 253402300799
"""Seconds to the end of the year 9999, the last that a date can have."""


def repaired(value: Any) -> str:
    """Text whose UTF-8 bytes were written as if each was a character (`cafÃ©`), as these exports do; other text as it
    is; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    if value.isascii():
        return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value


def stamp_of(message: Any) -> int:
    """When it was sent, in milliseconds; 0 where it does not say."""
    if not isinstance(message, dict):
        return 0
    found = message.get("timestamp_ms", message.get("timestamp"))
    return int(found) if isinstance(found, (int, float)) and 0 < found < _LATEST * 1000 else 0


def time_of(message: Mapping[str, Any]) -> str:
    """When it was sent, in UTC."""
    stamp = stamp_of(message)
    return datetime.fromtimestamp(stamp // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if stamp else ""


def is_message(message: Any) -> bool:
    """Whether it is a message of either form."""
    return isinstance(message, dict) and ("sender_name" in message or "senderName" in message)


def speaker_of(message: Mapping[str, Any]) -> str:
    """Who sent it, on one line."""
    return " ".join(repaired(message.get("sender_name") or message.get("senderName")).split())


def deleted(message: Mapping[str, Any]) -> bool:
    """Whether its author took it back."""
    return bool(message.get("is_unsent") or message.get("isUnsent")) or message.get("type") == "unsent"


def text_of(message: Mapping[str, Any]) -> str:
    """What its author wrote: a note of the service that something is attached is not that."""
    text = repaired(message.get("content") or message.get("text"))
    return "" if _SENT.fullmatch(text) and marks_of(message) else text


def event_of(message: Mapping[str, Any], text: str) -> str:
    """What happened, for a call, somebody who came or went, or a reaction; empty for a message."""
    sort = str(message.get("type", "")).lower()
    if sort in _EVENTS or "call_duration" in message or _REACTED.fullmatch(text):
        return text or sort or "call"
    return ""


def marks_of(message: Mapping[str, Any]) -> str:
    """What stands for its attachments, one a line; empty where there are none."""
    found: list[str] = []
    for key, mark in _MARKS.items():
        value = message.get(key)
        found += [mark] * (len(value) if isinstance(value, list) else bool(value))
    found += [_file(file) for key in ("files", "media") for file in _dicts(message.get(key))]
    share = message.get("share")
    if isinstance(share, dict):
        link = repaired(share.get("link")) or repaired(share.get("share_text"))
        found.append(f"<link: {' '.join(link.split())}>" if link else "<link>")
    return "\n".join(found)


def _file(file: Mapping[str, Any]) -> str:
    name = " ".join(repaired(file.get("uri")).rpartition("/")[2].split())
    kind = _KIND.get(name.rpartition(".")[2].lower())
    return f"<{kind}>" if kind is not None else f"<file: {name}>"


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
