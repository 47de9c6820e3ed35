"""What a message of a Telegram export says, and how it says it.

The fields are those of Telegram Desktop's export (`export_output_json.cpp` in its source).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_MARKS = {
    "sticker": "<sticker>", "voice_message": "<audio>", "audio_file": "<audio>", "video_message": "<video>",
    "video_file": "<video>", "animation": "<video>",
}  # fmt: skip
_OTHERS = {"location_information": "<location>", "contact_information": "<contact>", "game_title": "<game>"}
_LATEST = 253402300799
"""Seconds to the end of the year 9999, the last that a date can have."""


def text_of(value: Any) -> str:
    """The text of a message: text, or a list of pieces, some of them with a type (bold, link, mention …)."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return text_of(value.get("text"))
    return "".join(text_of(piece) for piece in value) if isinstance(value, list) else ""


def time_of(message: Mapping[str, Any], key: str) -> str:
    """The time, in UTC where the export has it so, else as it was on the clock of whoever exported it."""
    try:
        seconds = int(message.get(f"{key}_unixtime", ""))
    except (TypeError, ValueError):
        return one_line(message.get(key))
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if 0 < seconds <= _LATEST else ""


def mark_of(message: Mapping[str, Any]) -> str:
    """What stands for an attachment; empty where there is none."""
    if "photo" in message:
        return "<image>"
    if (mark := _MARKS.get(str(message.get("media_type", "")))) is not None:
        return mark
    if "file" in message or "file_name" in message:
        kind = str(message.get("mime_type", "")).partition("/")[0]
        name = one_line(message.get("file_name") or str(message.get("file", "")).rpartition("/")[2])
        return f"<{kind}>" if kind in ("image", "video", "audio") else f"<file: {name}>"
    if isinstance(poll := message.get("poll"), dict):
        return f"<poll: {one_line(text_of(poll.get('question')))}>"
    return next((mark for key, mark in _OTHERS.items() if key in message), "")


def event_of(message: Mapping[str, Any]) -> str:
    """What happened, for a line that nobody wrote: `Ann invite members: Bob, Cem`."""
    words = one_line(message.get("action")).replace("_", " ")
    about = message.get("members") or message.get("title") or message.get("discard_reason") or ""
    named = ", ".join(filter(None, map(one_line, about))) if isinstance(about, list) else one_line(about)
    said = " ".join(filter(None, [one_line(message.get("actor")), words])) or text_of(message.get("text"))
    return f"{said}: {named}" if named else said


def one_line(value: Any) -> str:
    """A name, a number or an id as text; empty for anything else."""
    return " ".join(str(value).split()) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
