"""What is said in a cue, and by whom: tags, sounds and speakers in its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

_TAGS = r"i|b|u|s|c|v|rt|ruby|lang|font|em|strong|span|br|p"
_TAG = re.compile(
    rf"</?(?:{_TAGS})(?:[.\s/][^<>]{{0,500}})?>|<\d[\d:.]{{0,20}}>|\{{\\[^{{}}]{{0,500}}\}}|\{{/?[ibu]\}}",
    re.IGNORECASE,
)
_VOICE = re.compile(r"<v(?:\.[^\s<>]{0,100})?[ \t]([^<>\r\n]{1,200})>", re.IGNORECASE)
_TIMED = re.compile(r"<\d[\d:.]{0,20}><c[.>]")
_NAMED = re.compile(r"(?:[-–‐>]+ *)?([^\W\d_a-z][\w.'’&#-]*(?: [\w.'’&#-]+){0,3}) ?(?:\([^()]{0,40}\))? ?: *(?!//)(.*)")
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_SOUND = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|[♪♫♩♬][^♪♫♩♬]*[♪♫♩♬]|[♪♫♩♬]+")
_NEW = ("-", "–", "‐", "—", ">>", "♪", "♫", "♩", "♬", "[", "(")
"""How a line begins that does not go on with the one above."""


class Said(NamedTuple):
    """What one speaker says in a cue; `line` is the first, in the file."""

    line: int
    speaker: str
    text: str


def said(lines: Sequence[tuple[int, str]], *, names: bool) -> list[Said]:
    """What is said in the lines of a cue, by voice tags and, with `names`, by `NAME:` at the start of a line."""
    found: list[tuple[int, str, list[str]]] = []
    for number, speaker, text in _spoken(lines, names=names):
        if speaker is None and found:
            found[-1][2].append(text)
        else:
            found.append((number, speaker or "", [text]))
    return [Said(line, speaker, text) for line, speaker, parts in found if (text := _joined(parts))]


def timed(lines: Iterable[tuple[int, str]]) -> bool:
    """Whether the words have times of their own, as speech recognition gives them."""
    return any("><" in line and _TIMED.search(line) for _, line in lines)


def plain(line: str) -> str:
    """A line without tags and entities."""
    text = _TAG.sub("", line) if "<" in line or "{" in line else line
    text = unescape(text) if "&" in text else text
    return " ".join((text if text.isascii() else _UNSEEN.sub("", text)).split())


def named(line: str) -> str:
    """The name that a line begins with; empty where it begins with none."""
    found = _NAMED.fullmatch(plain(line))
    return found[1] if found is not None else ""


def is_sound(text: str) -> bool:
    """Whether it is all in brackets or between notes, so that nobody says it."""
    return text[:1] in _NEW and not _SOUND.sub("", text).strip(" -–\n")


def without_sounds(text: str) -> str:
    """The text without what stands in brackets."""
    lines = (" ".join(re.sub(r"\[[^\[\]]*\]|\([^()]*\)", " ", line).split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line.strip(" -–"))


def _spoken(lines: Sequence[tuple[int, str]], *, names: bool) -> Iterator[tuple[int, str | None, str]]:
    """The lines cut where a speaker begins; None: whoever spoke before."""
    for number, line in lines:
        first, *voices = _VOICE.split(line) if "<" in line else [line]
        if text := plain(first):
            found = _NAMED.fullmatch(text) if names else None
            yield (number, found[1], found[2]) if found is not None else (number, None, text)
        for name, part in zip(voices[::2], voices[1::2], strict=True):
            yield number, plain(name), plain(part)


def _joined(parts: Iterable[str]) -> str:
    """Lines as text: they end where the screen does, but for those that begin something new."""
    text = ""
    for part in filter(None, parts):
        text += ("\n" if part.startswith(_NEW) else " ") + part if text else part
    return text
