"""What pages are made of: tables, lists of facts, notes, and things to open. All give markup, and take any text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from markupsafe import Markup

from .words import prose, words

Mood = Literal["", "good", "bad", "note"]


def table(
    head: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    caption: str = "",
    row_heads: bool = False,
    right: Collection[int] = (),
    most: int = 0,
) -> Markup:
    """A table; columns of numbers stand right, and those that `right` names (from 0). `row_heads`: the first cell of a
    row names it. With `most`, only so many rows are shown, and how many there are is said. A wide one scrolls by
    itself, not the page."""
    rows = list(rows)
    shown = rows[:most] if most else rows
    numeric = [n in right or _numeric([row[n] for row in shown]) for n in range(len(head))]
    top = _row("th", head, numeric, scope="col")
    body = Markup("").join(_row("td", row, numeric, row_heads=row_heads) for row in shown)
    made = Markup("<table>{}<thead>{}</thead><tbody>{}</tbody></table>").format(_caption(caption), top, body)
    box = Markup('<div class="scroll" role="group" tabindex="0" aria-label="{}">{}</div>')
    rest = len(rows) - len(shown)
    more = Markup('<p class="more">… and {} more</p>').format(words(rest)) if rest else Markup("")
    return box.format(caption or "Table", made) + more


def facts(pairs: Mapping[str, Any]) -> Markup:
    """Names and what they are, below each other."""
    inner = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(words(name), words(value)) for name, value in pairs.items()
    )
    return Markup('<dl class="facts">{}</dl>').format(inner)


def tiles(pairs: Mapping[str, Any]) -> Markup:
    """The few numbers that matter most, large."""
    inner = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(words(name), words(value)) for name, value in pairs.items()
    )
    return Markup('<dl class="tiles">{}</dl>').format(inner)


def note(text: str, mood: Mood = "note") -> Markup:
    """A remark that stands out."""
    return Markup('<div class="remark {}">{}</div>').format(mood, prose(text))


def badge(text: str, mood: Mood = "") -> Markup:
    """A word in a coloured box."""
    return Markup('<span class="badge {}">{}</span>').format(mood, words(text))


def quoted(text: str, mood: Mood = "") -> Markup:
    """A longer text as it is, with its line ends."""
    return Markup('<div class="quoted {}"><bdi>{}</bdi></div>').format(mood, words(text))


def details(summary: str, body: str, *, opened: bool = False) -> Markup:
    """Something that is opened by those who want to see it; print shows it as it stands."""
    made = Markup("<details{}><summary>{}</summary>{}</details>")
    return made.format(Markup(" open") if opened else "", words(summary), prose(body))


def heading(text: str) -> Markup:
    """A heading inside a section."""
    return Markup("<h3>{}</h3>").format(words(text))


def items(texts: Iterable[Any]) -> Markup:
    """A list."""
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(words(text)) for text in texts))


def together(*parts: str) -> Markup:
    """Parts below each other; texts become paragraphs."""
    return Markup("\n").join(map(prose, parts))


def _numeric(column: Sequence[Any]) -> bool:
    """Whether a column has numbers and nothing else."""
    given = [value for value in column if value is not None]
    return bool(given) and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in given)


def _row(
    kind: str, cells: Sequence[Any], numeric: Sequence[bool], *, scope: str = "", row_heads: bool = False
) -> Markup:
    made = []
    for n, cell in enumerate(cells):
        is_head = row_heads and n == 0
        tag, of = ("th", "row") if is_head else (kind, scope)
        side = ' class="right"' if numeric[n] else ""
        of_what = f' scope="{of}"' if of else ""
        made.append(f"<{tag}{of_what}{side}>{words(cell)}</{tag}>")
    return Markup(f"<tr>{''.join(made)}</tr>")  # a page has thousands of cells: Markup.format takes ten times as long


def _caption(text: str) -> Markup:
    return Markup("<caption>{}</caption>").format(words(text)) if text else Markup("")
