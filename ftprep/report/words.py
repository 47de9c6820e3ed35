"""Texts and numbers as pages show them: no text can become markup, or change the direction of what is around it."""

from __future__ import annotations

import math
import re
from typing import Any

from markupsafe import Markup, escape

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What a page may not hold or does not show: controls (of the direction of text too), halves of characters."""
NOTHING = Markup('<span class="none" title="nothing">–</span>')


def safe(text: str) -> Markup:
    """A text as it is, escaped; what would not be seen is written out."""
    if _CONTROL.search(text) is None:
        return escape(text)
    parts, end = [], 0
    for match in _CONTROL.finditer(text):
        code = ord(match[0])
        written = f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
        parts += [escape(text[end : match.start()]), Markup("<code>{}</code>").format(written)]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def plain(text: str) -> str:
    """The same for places that hold no markup: titles, attributes."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def words(value: Any) -> Markup:
    """Anything in a line of text: made markup is kept, texts are set apart from their surroundings (`bdi`), numbers
    are written for people, None is a dash."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return NOTHING
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Markup(f'<span class="num">{number(value)}</span>')
    return Markup(f"<bdi>{safe(str(value))}</bdi>")


def prose(text: str) -> Markup:
    """A text as paragraphs, parted by empty lines; made markup is kept."""
    if isinstance(text, Markup):
        return text
    return Markup("\n").join(Markup("<p>{}</p>").format(words(part)) for part in re.split(r"\n\s*\n", text.strip()))


def number(value: float) -> str:
    """A number for people: whole ones in full, others with four digits that tell."""
    if not math.isfinite(value):
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
