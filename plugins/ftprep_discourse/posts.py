"""What a post of a Discourse forum says, without what it quotes.

The fields are those of Discourse's serializers (`post_serializer.rb`, `export_user_archive.rb` in its source).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ftprep import html_text

SMALL_ACTION, WHISPER = 3, 4
"""Types of posts: `Post.types`; 1 is regular, 2 a moderator's."""
_SYSTEM = -1
"""The user who writes notices."""
_ASIDE = (re.compile(r"<aside\b[^<>]*>", re.IGNORECASE), re.compile(r"</aside\s*>", re.IGNORECASE))
_QUOTE = (re.compile(r"\[quote(?:=[^\[\]]*)?\]", re.IGNORECASE), re.compile(r"\[/quote\]", re.IGNORECASE))
_EMOJI = re.compile(r"<img\b[^<>]*\bclass=\"emoji[^<>]*>", re.IGNORECASE)
_ALT = re.compile(r"\balt=\"([^\"<>]*)\"", re.IGNORECASE)
_ABOUT_IMAGE = re.compile(r"<div class=\"meta\">(?:[^<]|<(?!/?div\b))*</div>", re.IGNORECASE)
_LINKED = re.compile(r"<aside\b[^<>]{0,500}\bonebox\b[^<>]{0,500}\bdata-onebox-src=\"([^\"<>]*)\"", re.IGNORECASE)
_IMAGE = re.compile(r"!\[[^\[\]]*\]\([^()]*\)")
_FILE = re.compile(r"\[([^\[\]|]+)\|attachment\]\([^()]*\)(?: \([^()]*\))?")
_VIDEO = re.compile(r"!\[[^\[\]]{0,500}\|(video|audio)[^\[\]]{0,100}\]\([^()]{0,2000}\)")


def plain(cooked: str, *, quotes: bool) -> tuple[str, str]:
    """The text of a post's HTML, and what stands for attachments; without quotes there are no previews of links."""
    links = [f"<link: {link}>" for link in _LINKED.findall(cooked)]
    html = cooked if quotes else _outside(cooked, *_ASIDE)
    html = _EMOJI.sub(lambda image: _alt(image[0]), _ABOUT_IMAGE.sub("", html))
    text, images = html_text(html)
    return text, "\n".join(["<image>"] * images + links)


def markdown(raw: str, *, quotes: bool) -> tuple[str, str]:
    """The Markdown of a post, and what stands for attachments where there is nothing else."""
    text = (raw if quotes else _outside(raw, *_QUOTE)).strip()
    if _FILE.sub("", _IMAGE.sub("", text)).strip():
        return text, ""
    marks = [f"<{kind[1]}>" for kind in _VIDEO.finditer(text)]
    marks += ["<image>"] * len(_IMAGE.findall(_VIDEO.sub("", text)))
    return "", "\n".join(marks + [f"<file: {name}>" for name in _FILE.findall(text)])


def kind_of(post: Mapping[str, Any]) -> str:
    """What kind of row a post is, by its type and author."""
    if post.get("user_deleted") is True or post.get("deleted_at") or post.get("hidden") is True:
        return "deleted"
    return "system" if post.get("post_type") in (SMALL_ACTION, WHISPER) or post.get("user_id") == _SYSTEM else "message"


def event_of(post: Mapping[str, Any]) -> str:
    """What happened, for a notice without a text: `ann: closed enabled`."""
    code = one_line(post.get("action_code")).replace(".", " ").replace("_", " ")
    return f"{one_line(post.get('username'))}: {code}" if code else ""


def time_of(value: Any) -> str:
    """A time in ISO 8601 to the second, in UTC; empty where it is no time."""
    said = value.removesuffix(" UTC") if isinstance(value, str) else ""
    try:
        found = datetime.fromisoformat(said)
        found = found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return ""
    return found.isoformat(timespec="seconds").replace("+00:00", "Z")


def one_line(value: Any) -> str:
    """A name, a number or an id as text; empty for anything else."""
    return " ".join(str(value).split()) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _alt(image: str) -> str:
    found = _ALT.search(image)
    return found[1] if found is not None else ""


def _outside(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """The text without what stands between these, also where they are nested; one that does not end stays."""
    marks = [(found.start(), found.end(), 1) for found in begin.finditer(text)]
    marks += [(found.start(), found.end(), -1) for found in end.finditer(text)]
    cuts: list[tuple[int, int]] = []
    open_: list[int] = []
    for first, last, step in sorted(marks):
        if step > 0:
            open_.append(first)
        elif open_:
            since = open_.pop()
            while cuts and cuts[-1][0] >= since:
                cuts.pop()
            cuts.append((since, last))
    parts, at = [], 0
    for first, last in cuts:
        parts.append(text[at:first])
        at = last
    return "\n".join([*parts, text[at:]]) if cuts else text
