"""The text of HTML: what a person reads of it, with its line breaks."""

from __future__ import annotations

import re
from html import unescape

_LINE = frozenset(
    ("br", "p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "section", "article", "header", "footer")
)  # fmt: skip
_PARAGRAPH = frozenset(("p", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"))
_UNSEEN = frozenset(("script", "style", "head", "title", "template"))
_TAG = re.compile(
    r"<!--(?:[^-]|-(?!->))*+(?:-->|\Z)|<[!?][^<>]*>"
    r"|<(/?)([a-zA-Z][a-zA-Z0-9:-]*+)(?:(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+>|[^<>]*>)"
)
"""A comment, a declaration, or a tag; nothing in it is looked at twice, however it is broken."""
_SPACES = re.compile(r"[\t\r\n\f][ \t\r\n\f]*+|  [ \t\r\n\f]*+| [\t\r\n\f]++[ \t\r\n\f]*+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def html_text(html: str) -> tuple[str, int]:
    """The text of a piece of HTML, and the number of images in it.

    Blocks are lines, paragraphs have an empty line between them; scripts and styles are left out. Text without tags
    keeps its words, its lines become spaces as in a browser.
    """
    parts: list[str] = []
    at = images = unseen = kept = 0
    fresh = True  # nothing stands on the line yet
    for tag in _TAG.finditer(html):
        if shown := "" if unseen else _shown(html[at : tag.start()], kept, fresh):
            parts.append(shown)
            fresh = False
        at = tag.end()
        if tag[2] is None:
            continue
        name, step = tag[2].lower(), -1 if tag[1] else 1
        images += name == "img"
        unseen = max(unseen + step * (name in _UNSEEN), 0)
        kept = max(kept + step * (name == "pre"), 0)
        if name in _LINE:
            parts.append(_break(name, step < 0, fresh))
            fresh = True
    parts.append("" if unseen else _shown(html[at:], kept, fresh))
    lines = [line.rstrip(" \t\r") for line in unescape("".join(parts)).replace("\xa0", " ").split("\n")]
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip("\n"), images


def _shown(text: str, kept: int, fresh: bool) -> str:
    if kept:
        return text
    text = _SPACES.sub(" ", text)
    return text.lstrip(" ") if fresh else text


def _break(name: str, closing: bool, fresh: bool) -> str:
    """What a tag that ends a line leaves in the text."""
    if name == "br":
        return "\n"
    line = "" if fresh else "\n"
    if closing:
        return line + "\n" if name in _PARAGRAPH else line
    return line + "- " if name == "li" else line
