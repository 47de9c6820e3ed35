"""What a message of DiscordChatExporter's JSON says (`JsonMessageWriter.cs` in its source)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

SAID = frozenset({"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "ThreadStarterMessage"})
SAID_NUMBERS = frozenset({"0", "19", "20", "21", "23"})
"""The same where the exporter had no name for them: Discord's message types that carry what somebody wrote."""
_MENTION = re.compile(r"<@!?(\d+)>")
_EMOJI = re.compile(r"<a?(:\w+:)\d+>")
_KINDS = {
    "image": ("png", "jpg", "jpeg", "gif", "webp", "bmp", "heic", "avif"),
    "video": ("mp4", "mov", "webm", "mkv", "avi", "m4v"),
    "audio": ("mp3", "ogg", "oga", "wav", "m4a", "flac", "opus", "aac"),
}
_KIND = {ending: kind for kind, endings in _KINDS.items() for ending in endings}


def text_of(message: Mapping[str, Any]) -> str:
    """What was written, or forwarded; mentions that the exporter left as numbers have names."""
    names = {}
    for person in dicts(message.get("mentions")):
        names[word(person.get("id"))] = name_of(person)
    text = message.get("content")
    forwarded = message.get("forwardedMessage")
    if not text and isinstance(forwarded, dict):
        text = forwarded.get("content")
    if not isinstance(text, str):
        return ""
    text = _MENTION.sub(lambda found: f"@{names.get(found[1]) or found[1]}", text)
    return _EMOJI.sub(r"\1", text)


def embedded(message: Mapping[str, Any]) -> str:
    """What stands in its embeds: text that bots write so."""
    return "\n".join(line for embed in dicts(message.get("embeds")) for line in _lines(embed))


def marks_of(message: Mapping[str, Any]) -> str:
    """What stands for its attachments, stickers and links, one a line; empty where there are none."""
    found = [mark_of(word(file.get("fileName"))) for file in dicts(message.get("attachments"))]
    found += ["<sticker>" for _ in dicts(message.get("stickers"))]
    found += [f"<link: {url}>" for embed in dicts(message.get("embeds")) if (url := word(embed.get("url")))]
    forwarded = message.get("forwardedMessage")
    return "\n".join(found) or (marks_of(forwarded) if isinstance(forwarded, dict) else "")


def mark_of(name: str) -> str:
    """What stands for a file of this name."""
    kind = _KIND.get(name.rpartition(".")[2].lower())
    return f"<{kind}>" if kind is not None else f"<file: {name}>"


def event_of(speaker: str, text: str) -> str:
    """What happened, from what the exporter wrote for it: `Ann joined the server.`"""
    return f"{speaker} {text[:1].lower()}{text[1:]}".strip()


def name_of(person: Any) -> str:
    """What people call somebody: the nickname of the server, else the account's."""
    return (word(person.get("nickname")) or word(person.get("name"))) if isinstance(person, dict) else ""


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; none where there is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def word(value: Any) -> str:
    """A name, number or id as text in one line; empty for anything else."""
    return " ".join(str(value).split()) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _lines(embed: Mapping[str, Any]) -> Iterator[str]:
    for key in ("title", "description"):
        if isinstance(text := embed.get(key), str) and text.strip():
            yield text
    for field in dicts(embed.get("fields")):
        yield f"{word(field.get('name'))}: {word(field.get('value'))}"
