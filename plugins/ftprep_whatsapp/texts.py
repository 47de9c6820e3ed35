"""What a message is: who said it, whether anybody did, and what stands for what was attached."""

from __future__ import annotations

import re
from functools import lru_cache

from .layout import MARKS
from .words import ATTACHED, CALLS, DELETED, DOING, EDITED, KINDS, NOTICES, OMITTED

_MOST_SPEAKERS = 50_000
"""Names that are kept; the largest groups have 1,024 members."""
_LONGEST_NAME = 80
"""Characters; the service allows 25 for a name, address books more."""
GATE = 6
"""Characters by which a text is known not to be one of the phrases."""
_FOLDED = {phrase[:GATE] for table in (DELETED, OMITTED, KINDS, CALLS, NOTICES) for phrase in table}
PHRASES = frozenset(_FOLDED | {phrase[:1].upper() + phrase[1:] for phrase in _FOLDED} | {"<Media", "GIF om", "GIF we"})
PHRASES |= {phrase[0] + phrase[1:].capitalize() for phrase in _FOLDED if phrase.startswith("<")} | {"GIF re", "GIF es"}
"""How a text may begin that is not what somebody wrote."""
ENDS = frozenset(")>")
"""How it may end otherwise."""
_NO_MARKS = dict.fromkeys(map(ord, MARKS))
_FILE = re.compile(rf"([{MARKS}]*)([^\n/\\<>]{{1,200}}\.\w{{1,5}}) \(([^()\n]{{2,30}})\)(?:\n(.*))?", re.DOTALL)
_TAGGED = re.compile(r"(?:(.*?)\s*\u200e)?<(attached|[^<>:\n]{2,20}?)\s?: ([^<>\n/\\]{1,200}\.\w{1,5})>", re.DOTALL)
_DOCUMENT = re.compile(r"(.*?) • .*", re.DOTALL)
_LAST_TAG = re.compile(r"\s*\u200e?(<[^<>\n]{5,60}>)\s*$")
_OURS = re.compile(r"\s*(?:POLL|UMFRAGE|ENCUESTA|SONDAGE|ENQUETE|SONDAGGIO|PEILING)\b|[^\n:]{3,20}: https?://")
"""What somebody said though the program wrote its first word: polls, places."""
_ENDINGS = {
    **dict.fromkeys(("jpg", "jpeg", "png", "gif", "heic"), "<image>"),
    **dict.fromkeys(("mp4", "mov", "3gp", "avi", "mkv"), "<video>"),
    **dict.fromkeys(("opus", "ogg", "m4a", "mp3", "aac", "amr", "wav"), "<audio>"),
    "webp": "<sticker>",
}


class Speakers:
    """Who speaks in a chat: the names as exports write them, and as they are; None for what is no name."""

    def __init__(self) -> None:
        self.known: dict[str, str | None] = {}

    def look(self, raw: str) -> str | None:
        """The name that stands before a colon; None where it is part of a notice."""
        name = raw.translate(_NO_MARKS).strip().removeprefix("~").strip("\u202f\u00a0 ")
        found = None if "\n" in raw or not name or len(name) > _LONGEST_NAME or _tells(raw) else name
        if len(self.known) >= _MOST_SPEAKERS:
            self.known.clear()
        if len(raw) <= 2 * _LONGEST_NAME:
            self.known[raw] = found
        return found

    def glued(self, body: str) -> tuple[str, str] | None:
        """Name and text of a message with no space after the colon, where the name has spoken before."""
        raw, colon, text = body.partition(":")
        name = self.known.get(raw) if colon else None
        return (name, text) if name is not None else None


def _tells(raw: str) -> bool:
    """Whether it is the beginning of a notice: it says what someone did, or quotes."""
    return any(mark in raw for mark in '"“”„«»') or any(doing in raw for doing in DOING)


def may_be_marked(text: str) -> bool:
    """Whether a text has the mark before media, or a caption below a file's name."""
    return "\u200e" in text or ")\n" in text


def judged(text: str) -> tuple[str, str]:
    """The kind and the text of what stands after a name."""
    found = _LAST_TAG.search(text)
    if found is not None and found[1].casefold() in EDITED:
        text = text[: found.start()]
    plain = text.translate(_NO_MARKS).strip()
    phrase = plain.casefold().rstrip(".")
    if phrase in DELETED or phrase.startswith("this message was deleted by "):
        return "deleted", ""
    if phrase in OMITTED:
        return "media", "<media>"
    if (mark := _attached(text) or _omitted(text)) is not None:
        return mark
    if phrase in CALLS or plain.casefold() in CALLS or phrase.startswith(NOTICES):
        return "system", plain
    if text.startswith("\u200e") and not _OURS.match(plain):
        return "system", plain
    return "message", plain


judged_before = lru_cache(4096)(judged)
"""The same, for short texts."""


def _omitted(text: str) -> tuple[str, str] | None:
    """iOS without media: `image omitted`, after the caption if there is one."""
    said, _, last = text.rpartition("\u200e")
    mark = KINDS.get(last.strip().casefold())
    if mark is None or (said.strip(MARKS + " ") and not _):
        return None
    said = said.translate(_NO_MARKS).strip()
    if mark == "<file>" and said:
        named = _DOCUMENT.fullmatch(said)
        return "media", f"<file: {(named[1] if named else said).strip()}>"
    return ("message", said) if said else ("media", mark)


def _attached(text: str) -> tuple[str, str] | None:
    """With media: `IMG-1.jpg (file attached)` and a caption on the next lines, or `<attached: 1-PHOTO.jpg>`."""
    found = _FILE.fullmatch(text)
    if found is not None and (found[1] or found[3].casefold() in ATTACHED):
        return _with_caption(found[2], found[4])
    found = _TAGGED.fullmatch(text)
    if found is not None and (found[1] is not None or found[2] == "attached"):
        return _with_caption(found[3], found[1])
    return None


def _with_caption(file: str, caption: str | None) -> tuple[str, str]:
    said = (caption or "").translate(_NO_MARKS).strip()
    file = file.translate(_NO_MARKS).strip()
    mark = _ENDINGS.get(file.rpartition(".")[2].casefold(), f"<file: {file}>")
    return ("message", said) if said else ("media", mark)
