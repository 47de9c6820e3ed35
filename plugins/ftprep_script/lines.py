"""What the lines of a script are: scene headings, speakers, speech, stage directions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_NAME = r"[^\W\d_][\w.,&'’ \-]{0,38}"
_SAID = re.compile(rf"({_NAME})(?:\s*\([^()]*\))?\s*:(?:\s+(\S.*))?")
_CAPITALS = re.compile(r"[^\W\d_][\w.'’ \-]{0,38}(?:\s*\([^()]*\))?\.?")
SCENE = re.compile(
    r"(?:ACT|SCENE|ACTO|ESCENA|AKT|SZENE|AUFTRITT|ACTE|SCÈNE|ATTO|SCENA|ATO|CENA|PROLOGUE|EPILOGUE|PRÓLOGO|EPÍLOGO)\b"
    r"[^a-z:]{0,10}.{0,80}|(?:INT|EXT|INT\./EXT|I/E)[. ].{0,80}",
    re.IGNORECASE,
)
_DIRECTION = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_MOST_WORDS = 5


class Speech(NamedTuple):
    """What one person says without a break; `speaker` is None for text that nobody says."""

    line: int
    talk: int
    scene: str
    speaker: str | None
    text: str


def speeches(lines: Iterable[str], scene: re.Pattern[str] | None) -> Iterator[Speech]:
    """The speeches of a script. `scene`: what a heading looks like, instead of the usual ones."""
    heading, pattern = "", scene or SCENE
    talk, first = 1, 0
    speaker: str | None = None
    said: list[str] = []
    begun = block = False
    for number, raw in enumerate(lines, 1):
        line = raw.strip().lstrip("\ufeff")
        new = speaker_of(line) if line else None
        if new is not None and block and speaker is not None and not new[0].isupper():
            new = None  # a line such as `And thus I say:` in a speech below its speaker's name
        headed = bool(line) and pattern.fullmatch(line) is not None
        if (said or speaker is not None) and (headed or new is not None or not line):
            yield Speech(first, talk, heading, speaker, "\n".join(said))
            said, speaker = [], None
        if headed:
            talk += begun
            heading = line
        elif new is not None:
            speaker, rest = new
            first, begun, block = number, True, not rest
            said = [rest] if rest else []
        elif line:
            first = number if not said and speaker is None else first
            said.append(line)
    if said or speaker is not None:
        yield Speech(first, talk, heading, speaker, "\n".join(said))


def without_directions(text: str) -> str:
    """The text without what stands in round or square brackets, and without the holes that leaves."""
    lines = (" ".join(_DIRECTION.sub(" ", line).split()) for line in _DIRECTION.sub(" ", text).split("\n"))
    return "\n".join(re.sub(r"\s+([,.;:!?…])", r"\1", line) for line in lines if line)


def speaker_of(line: str) -> tuple[str, str] | None:
    """The speaker that a line names, and what he says on it; None where it names none."""
    match = _SAID.fullmatch(line)
    if match is not None and len(match[1].split()) <= _MOST_WORDS:
        return match[1].strip(), match[2] or ""
    if _CAPITALS.fullmatch(line) and line.isupper() and len(line.split()) <= _MOST_WORDS:
        return re.sub(r"\s*\(.*\)|\.$", "", line).strip(), ""
    return None
