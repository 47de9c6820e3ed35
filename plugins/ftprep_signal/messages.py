"""The messages of signal-export, in its two forms (`models.py` in its source): an object a line, or Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any, NamedTuple

_HEAD = re.compile(r"\[(\d{4}-\d\d-\d\d)(?:, (\d\d:\d\d)| (\d\d:\d\d:\d\d))\] ([^:\n]{1,200}): ?")
"""How a message begins: older versions wrote a comma and no seconds."""
_REACTIONS = re.compile(r"(?:^|\n)\(- (.+) -\)")
_STICKER = re.compile(r"(?:^|\n)\(\( .+ \)\)|\[[^\]\n]*\]\(\.\./exported_stickers/[^)\n]*\)")
_FILE = re.compile(r"!?\[([^\]\n]*)\]\((?:\./)?media/([^)\n]*)\)")
_DELETED = "(This message was deleted)"
_ENDINGS = {
    "image": ("png", "jpg", "jpeg", "gif", "tif", "tiff", "webp", "apng", "svg"),
    "audio": ("m4a", "aac", "mp3", "ogg", "opus", "wav", "flac"),
    "video": ("mp4", "mov", "mkv", "mpeg", "webm", "qt"),
}
_KIND = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings}
LONGEST = 1 << 20
"""Characters of a message, of which Signal sends 64 KiB: what goes on longer is none."""
_OF_A_CHAT = frozenset({"data.json", "chat.md", "data.md", "index.md"})


class Message(NamedTuple):
    """A message of either form."""

    line: int
    time: str
    speaker: str
    text: str
    marks: tuple[str, ...]
    quote: str
    reactions: str
    kind: str


class Raw(NamedTuple):
    """A message of the Markdown form; `time` is empty for lines that belong to none."""

    line: int
    time: str
    speaker: str
    text: str


def header(line: str) -> tuple[str, str, int] | None:
    """Time, speaker and where the text begins, of a line with which a message begins."""
    if not line.startswith("[") or (found := _HEAD.match(line)) is None:
        return None
    try:
        time = datetime.fromisoformat(f"{found[1]}T{found[2] or found[3]}").isoformat(timespec="seconds")
    except ValueError:
        return None
    return time, found[4], found.end()


def raw_messages(lines: Iterable[str]) -> Iterator[Raw]:
    """The messages of the Markdown form; the lines below one's first are its own, up to `LONGEST` characters."""
    first, time, speaker, size = 1, "", "", 0
    text: list[str] = []
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n").lstrip("\ufeff" if number == 1 else "")
        found = header(line)
        if found is None and size + len(line) <= LONGEST:
            text.append(line)
            size += len(line)
            continue
        if time or any(map(str.strip, text)):
            yield Raw(first, time, speaker, "\n".join(text))
        time, speaker, start = found or ("", "", 0)
        first, text, size = number, [line[start:]], len(line)
    if time or any(map(str.strip, text)):
        yield Raw(first, time, speaker, "\n".join(text))


def of_markdown(raw: Raw) -> Message:
    """The message that it is: quote, reactions, stickers and attachments are taken out of its text."""
    quote, text = _unquoted(raw.text)
    found = _REACTIONS.search(text)
    stickers = ["<sticker>" for _ in _STICKER.findall(text)]
    files = [mark_of(name, path) for name, path in _FILE.findall(text)]
    text = _FILE.sub("", _STICKER.sub("", _REACTIONS.sub("", text))).strip()
    kind = "deleted" if text == _DELETED else "message"
    return Message(
        raw.line, raw.time, raw.speaker, "" if kind == "deleted" else text, (*stickers, *files), quote,
        found[1] if found else "", kind,
    )  # fmt: skip


def of_object(value: Any, line: int) -> Message | None:
    """The message of a line of JSON; None where it is none."""
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in ("date", "sender", "body")):
        return None
    kind = "deleted" if value.get("deleted") is True else "system" if value.get("call") is True else "message"
    marks = ["<sticker>"] if value.get("sticker") else []
    marks += [mark_of(str(file.get("name", "")), str(file.get("path", ""))) for file in _dicts(value, "attachments")]
    quote = "\n".join(line.removeprefix("> ") for line in str(value.get("quote") or "").strip().split("\n"))
    text = value["body"] or ("<call>" if kind == "system" else "")
    return Message(line, _time(value["date"]), value["sender"], text, tuple(marks), quote, _reactions(value), kind)


def mark_of(name: str, path: str) -> str:
    """What stands for an attachment."""
    kind = _KIND.get(path.rpartition(".")[2].lower())
    return f"<{kind}>" if kind is not None else f"<file: {' '.join((name or path.rpartition('/')[2]).split())}>"


def talk_of(name: str) -> str:
    """The chat, by the folder that its files lie in; empty for a file that is called otherwise."""
    path = PurePath(name)
    return path.parent.name if path.name in _OF_A_CHAT else ""


def _unquoted(text: str) -> tuple[str, str]:
    """The quote that a message begins with, and the rest."""
    lines = text.split("\n")
    at = next((i for i, line in enumerate(lines) if line.strip()), 0)
    end = at
    while at and end < len(lines) and lines[end].startswith("> "):
        end += 1
    return "\n".join(line[2:] for line in lines[at:end]), "\n".join(lines[end:])


def _time(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat(timespec="seconds")
    except ValueError:
        return ""


def _reactions(value: dict[str, Any]) -> str:
    """`Ann: 👍, Bob: ❤`; a reaction is a pair, or an object."""
    found = value.get("reactions")
    pairs = [item for item in found if isinstance(item, list) and len(item) == 2] if isinstance(found, list) else []
    pairs += [[item.get("name", ""), item.get("emoji", "")] for item in _dicts(value, "reactions")]
    return ", ".join(f"{name}: {emoji}" for name, emoji in pairs)


def _dicts(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = value.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
