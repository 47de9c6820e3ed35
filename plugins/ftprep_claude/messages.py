"""What a message of Claude's export says: its blocks of text, its thoughts, its tools, its attachments.

Anthropic documents no schema; the fields are those that real exports had from 2023 to 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic")
_OTHERS = {".mp3": "<audio>", ".m4a": "<audio>", ".wav": "<audio>", ".mp4": "<video>", ".mov": "<video>"}


def text_of(message: Mapping[str, Any]) -> str:
    """What was said. The field `text` counts only where there are no blocks: for tools it holds a note that they cannot
    be shown."""
    blocks = list(_blocks(message))
    if not blocks:
        return _text(message.get("text"))
    return "\n\n".join(filter(str.strip, (_text(block.get("text")) for block in blocks if block.get("type") == "text")))


def thoughts_of(message: Mapping[str, Any]) -> str:
    """What the model thought before or between."""
    said = (_text(block.get("thinking")) for block in _blocks(message) if block.get("type") == "thinking")
    return "\n\n".join(filter(str.strip, said))


def tools_of(message: Mapping[str, Any]) -> str:
    """The names of the tools that were used, in order, each once."""
    names = (one_line(block.get("name")) for block in _blocks(message) if block.get("type") == "tool_use")
    return ", ".join(dict.fromkeys(filter(None, names)))


def attached(message: Mapping[str, Any]) -> str:
    """The text that was extracted from attachments; a long text that is pasted becomes one, without a name."""
    return "\n\n".join(
        said for file in _files(message, "attachments") if (said := _text(file.get("extracted_content")))
    )


def marks_of(message: Mapping[str, Any]) -> str:
    """What stands for attachments, one a line; empty where there are none."""
    names = [one_line(file.get("file_name")) for key in ("attachments", "files") for file in _files(message, key)]
    return "\n".join(map(_mark, dict.fromkeys(names)))


def time_of(value: Any) -> str:
    """A time in ISO 8601 to the second, in UTC where it has an offset; empty where it is no time."""
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
        found = found.astimezone(UTC) if found.tzinfo is not None else found
    except (ValueError, OverflowError):
        return ""
    return found.isoformat(timespec="seconds").replace("+00:00", "Z")


def one_line(value: Any) -> str:
    """A name, a number or an id as text; empty for anything else."""
    return " ".join(str(value).split()) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _blocks(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    blocks = message.get("content")
    yield from (block for block in (blocks if isinstance(blocks, list) else ()) if isinstance(block, dict))


def _files(message: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    files = message.get(key)
    yield from (file for file in (files if isinstance(files, list) else ()) if isinstance(file, dict))


def _mark(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return "<image>" if suffix in _IMAGES else _OTHERS.get(suffix, f"<file: {name}>")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
