"""Texts that YAML reads as something else than their author meant, though it does not complain."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"[ \t]+(#.*)")
_PROSE = re.compile(r"#[ \t]+[^#\s]")
_ESCAPE = re.compile(r"(?<!\\)\\[nrt]")
_FILE = re.compile(r"(?:[A-Za-z]:\\|\.{1,2}\\|\\\\).*|\S*\.[A-Za-z0-9*]{1,8}")
_CONTINUED = re.compile(r"[\n\r\x85\u2028\u2029][ \t]*- ")
_ALL_LINE = re.compile(r"[^\n\r\x85\u2028\u2029]*")


def line_at(text: str, index: int) -> str:
    """What stands from `index` to the end of its line."""
    match = _ALL_LINE.match(text, index)
    return match[0] if match else ""


def quoted(text: str, most: int = 50) -> str:
    """A text as it should stand in a recipe: double quotes where they do, for single ones need no escapes."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return "'" + short.replace("'", "''") + "'" if '"' in short or "\\" in short else f'"{short}"'


def hidden(text: str, index: int) -> str | None:
    """The comment right after `index`, where it looks like a text that was meant: `###`, `#tag`, not `# a remark`."""
    match = _COMMENT.match(line_at(text, index))
    return match[1].strip() if match and not _PROSE.match(match[1]) else None


def backslashes(value: str) -> str | None:
    r"""The `\n`, `\r` or `\t` in an unescaped text that stays two characters; None in what looks like a file's path."""
    match = _ESCAPE.search(value)
    return match[0] if match and not _FILE.fullmatch(value) else None


def swallows_item(source: str) -> bool:
    """Whether an unquoted text goes on into a line that looks like a list item."""
    return _CONTINUED.search(source) is not None
