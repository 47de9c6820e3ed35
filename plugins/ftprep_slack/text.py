"""The text of a message, as people saw it: mentions, links and entities resolved; what stands in its place if none.

Source: https://api.slack.com/reference/surfaces/formatting (escaping `&`, `<`, `>`; `<@U…>`, `<#C…>`, `<!…>`, links).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .people import Names, text

_MARKUP = re.compile(r"<([^<>\n]+)>|&(?:lt|gt|amp);")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_DEEPEST = 20
"""Levels of blocks in blocks that are looked at."""


def resolved(said: str, names: Names) -> str:
    """The text without Slack's markup of ids and links; bold and code are left as they were typed."""
    return _MARKUP.sub(lambda match: _ENTITIES.get(match[0]) or _meant(match[1], names), said)


def _meant(inner: str, names: Names) -> str:
    target, _, label = inner.partition("|")
    label = _MARKUP.sub(lambda match: _ENTITIES.get(match[0], match[0]), label)
    target = _MARKUP.sub(lambda match: _ENTITIES.get(match[0], match[0]), target)
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return f"@{names.people.get(rest) or label or rest}"
    if kind == "#":
        return f"#{label or names.channels.get(rest) or rest}"
    if kind == "!":
        return label or f"@{rest.split('^')[0]}"
    return label or target.removeprefix("mailto:")


def instead(message: dict[str, Any], names: Names) -> str:
    """What a message without a text says: in its attachments (bots' messages), else in its blocks."""
    found = [said for item in _dicts(message.get("attachments")) if (said := _of_attachment(item))]
    said = "\n".join(found) or "\n".join(line for line in _of_blocks(message.get("blocks"), 0) if line.strip())
    return resolved(said, names).strip()


def _of_attachment(item: dict[str, Any]) -> str:
    said = [text(item.get(key)) for key in ("pretext", "title", "text")]
    return "\n".join(piece for piece in said if piece) or text(item.get("fallback"))


def _of_blocks(value: object, depth: int) -> Iterator[str]:
    """The texts in blocks, a line for each section."""
    for block in _dicts(value) if depth < _DEEPEST else ():
        kind = block.get("type")
        if kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield "".join(map(_of_element, _dicts(block.get("elements"))))
        elif isinstance(block.get("text"), dict):
            yield text(block["text"].get("text"))
        elif kind in ("rich_text", "rich_text_list", "context"):
            yield from _of_blocks(block.get("elements"), depth + 1)
        elif isinstance(block.get("text"), str):
            yield block["text"]


def _of_element(item: dict[str, Any]) -> str:
    """A piece of a line, in the markup that texts have."""
    ids = {"user": ("user_id", "@"), "channel": ("channel_id", "#"), "broadcast": ("range", "!")}
    kind = text(item.get("type"))
    if kind in ids:
        key, sign = ids[kind]
        return f"<{sign}{text(item.get(key))}>"
    if kind == "emoji":
        return f":{text(item.get('name'))}:"
    return text(item.get("text")) or text(item.get("url"))


def marks(message: dict[str, Any]) -> list[str]:
    """What stands for the files of a message."""
    files = _dicts(message.get("files")) or _dicts([message.get("file")])
    return [_mark(file) for file in files]


def _mark(file: dict[str, Any]) -> str:
    kind = text(file.get("mimetype")).partition("/")[0]
    name = text(file.get("name")) or text(file.get("title"))
    return f"<{kind}>" if kind in ("image", "video", "audio") else f"<file: {name}>" if name else "<file>"


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
