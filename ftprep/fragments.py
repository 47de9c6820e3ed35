"""What an object shows of itself in a notebook: a piece of HTML that needs nothing else. Any text in it stays text.

`ftprep.report` makes whole pages; this is for records that must not know it, and small enough to be imported late.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Literal

MOST_ROWS, MOST_CHARACTERS = 50, 400
"""What is shown of a table, and of a text: a notebook keeps what it shows."""
Mood = Literal["", "good", "note", "bad"]

_STYLE = """\
.ftprep{line-height:1.45;max-width:66em}
.ftprep p,.ftprep table,.ftprep ul,.ftprep figure{margin:.3em 0 .6em}
.ftprep table{border-collapse:collapse;display:block;overflow-x:auto}
.ftprep a{color:inherit;text-decoration:underline}
.ftprep caption{text-align:start;opacity:.7}
.ftprep th,.ftprep td{text-align:start;vertical-align:top;padding:.15em .9em .15em 0;background:none;
border:0;border-bottom:1px solid rgba(128,128,128,.35);white-space:pre-wrap;overflow-wrap:break-word;max-width:34em}
.ftprep thead th,.ftprep .soft{font-weight:normal;opacity:.7}
.ftprep .right{text-align:end;font-variant-numeric:tabular-nums}
.ftprep b.good::before{content:"✓ "}.ftprep b.note::before{content:"! "}.ftprep b.bad::before{content:"✗ "}"""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What is written out, as pages do: controls (of the direction of text too), halves of characters."""


def fragment(*parts: str, style: str = "") -> str:
    """Parts below each other. Its rules hold inside it and nowhere else, and take the colours that are around it."""
    rules = f"{_STYLE}\n{style}" if style else _STYLE
    return f'<div class="ftprep"><style>{rules}</style>{"".join(parts)}</div>'


def words(value: Any, most: int = MOST_CHARACTERS) -> str:
    """A value in a cell or a sentence: numbers for people, None as nothing, texts escaped and cut."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return escape(f"{value:,}" if isinstance(value, int) else f"{value:.4g}")
    text = str(value)
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    safe = escape(_CONTROL.sub(_written, text))
    return safe if safe.isascii() else f"<bdi>{safe}</bdi>"


def head(title: str, *said: str, mood: Mood = "") -> str:
    """What it is, and what matters most of it."""
    of = f' class="{mood}"' if mood else ""
    told = " · ".join(words(text) for text in said if text)
    return f"<p><b{of}>{words(title)}</b>{f' {told}' if told else ''}</p>"


def table(names: Sequence[str], rows: Iterable[Sequence[Any]], *, caption: str = "", most: int = MOST_ROWS) -> str:
    """A table of at most so many rows, which says how many more there are. Numbers stand right; a column that has
    nothing in it is left out."""
    every = list(rows)
    kept = [n for n in range(len(names)) if any(row[n] not in (None, "") for row in every[:most])]
    top = "".join(f"<th>{words(names[n])}</th>" for n in kept)
    body = "".join(f"<tr>{''.join(_cell(row[n]) for n in kept)}</tr>" for row in every[:most])
    told = f"<caption>{words(caption)}</caption>" if caption else ""
    rest = f'<p class="soft">… and {len(every) - most:,} more</p>' if len(every) > most else ""
    return f"<table>{told}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{rest}"


def facts(pairs: Mapping[str, Any]) -> str:
    """Names and what they are; what is nothing is left out."""
    told = [(name, value) for name, value in pairs.items() if value not in (None, "", (), [], {})]
    rows = "".join(f'<tr><th class="soft">{words(name)}</th><td>{words(_flat(value))}</td></tr>'
                   for name, value in told[:MOST_ROWS])  # fmt: skip
    return f"<table><tbody>{rows}</tbody></table>" if rows else ""


def _flat(value: Any) -> Any:
    """A list or a mapping in a line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {inner}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def _cell(value: Any) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f'<td class="right">{words(value)}</td>' if number else f"<td>{words(value)}</td>"


def _written(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def problem_table(problems: Sequence[Any]) -> str:
    """Problems, a row each; empty where there is none."""
    rows = [(one.code, one.level, one.place, one.message, one.hint) for one in problems]
    return table(["code", "level", "where", "what", "what to do"], rows) if rows else ""
