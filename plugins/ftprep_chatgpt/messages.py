"""What a message of ChatGPT's export says, by the type of its content.

OpenAI documents no schema; the types are those that real exports had from 2023 to 2026.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

THOUGHTS = ("thoughts", "reasoning_recap")
CONTEXTS = ("user_editable_context", "model_editable_context", "system_error")
"""Content that the service added: what a user had told it of himself, its memory, errors."""
_KEYS = ("text", "result", "content", "user_profile", "user_instructions", "model_set_context")
"""Where content without parts has its text."""
_LATEST = 253402300799
"""Seconds to the end of the year 9999, the last that a date can have."""
_CITED = re.compile(r" ?【[^【】]{0,200}†[^【】]{0,200}】")
_MARKED = re.compile("( ?)\ue200([^\ue200\ue201]{0,4000})\ue201")
"""What the service shows as a link, a card or a name: `cite`, `entity` and others, their parts divided by U+E202."""


def text_of(content: Mapping[str, Any]) -> str:
    """The text, without what is not text."""
    parts = content.get("parts")
    if isinstance(parts, list):
        return "\n".join(filter(None, map(_said, parts)))
    if isinstance(thoughts := content.get("thoughts"), list):
        return "\n\n".join(filter(None, map(_thought, thoughts)))
    return "\n".join(value for key in _KEYS if isinstance(value := content.get(key), str) and value)


def marks_of(message: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """What stands for attachments, one a line; empty where there are none."""
    parts = content.get("parts")
    found = [_mark(part) for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return "\n".join(found or list(_files(message)))


def without_citations(text: str) -> str:
    """The text without the marks of sources; a name that is marked stays."""
    return _MARKED.sub(_shown, _CITED.sub("", text)) if "【" in text or "\ue200" in text else text


def time_of(value: Any) -> str:
    """Seconds since 1970 in ISO 8601 (UTC); empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _LATEST:
        return ""
    return datetime.fromtimestamp(int(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def one_line(value: Any) -> str:
    """A name, a number or an id as text; empty for anything else."""
    return " ".join(str(value).split()) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _said(part: Any) -> str:
    """The text of a part; of speech, what was understood."""
    value = part.get("text") if isinstance(part, dict) else part
    return value if isinstance(value, str) else ""


def _thought(value: Any) -> str:
    if not isinstance(value, dict):
        return value if isinstance(value, str) else ""
    return "\n".join(said for key in ("summary", "content") if isinstance(said := value.get(key), str) and said)


def _mark(part: Mapping[str, Any]) -> str:
    kind = one_line(part.get("content_type"))
    marks = (("image", "<image>"), ("video", "<video>"), ("audio", "<audio>"))
    return next((mark for word, mark in marks if word in kind), f"<file: {kind}>")


def _files(message: Mapping[str, Any]) -> Iterator[str]:
    metadata = message.get("metadata")
    files = metadata.get("attachments") if isinstance(metadata, dict) else None
    for file in files if isinstance(files, list) else ():
        if isinstance(file, dict):
            kind = one_line(file.get("mime_type") or file.get("mimeType")).partition("/")[0]
            yield f"<{kind}>" if kind in ("image", "video", "audio") else f"<file: {one_line(file.get('name'))}>"


def _shown(match: re.Match[str]) -> str:
    kind, _, rest = match[2].partition("\ue202")
    if kind != "entity":
        return ""
    try:
        value = json.loads(rest)
    except (ValueError, RecursionError):
        return ""
    named = isinstance(value, list) and len(value) > 1 and isinstance(value[1], str)
    return match[1] + value[1] if named else ""
