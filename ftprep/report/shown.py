"""What there is to see of figures (`ftprep.steps.showing`), as a part of a page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ..steps.showing import Bars, Histogram, Note, Numbers, Shown, Table
from .cells import bounded, cell, cut, names
from .charts import binned, stacked
from .parts import facts, note
from .svg import bar_chart

_BARS, _PARTS, _NUMBERS, _BINS, _MARKS = 40, 6, 60, 60, 6
"""How many of each are drawn."""
_TEXT, _NARROW = 2000, 6
"""Characters of a note; columns of a table that stands beside others."""


def drawn(shown: Shown) -> Markup:
    """The part of the page."""
    if isinstance(shown, Histogram):
        return _histogram(shown)
    if isinstance(shown, Bars):
        return _bars(shown)
    if isinstance(shown, Table):
        return bounded(shown.head, shown.rows, caption=shown.caption, more=shown.more)
    if isinstance(shown, Numbers):
        return _numbers(shown.values)
    return note(cut(shown.text, _TEXT), "" if shown.mood == "note" else shown.mood)


def together(shown: Iterable[Shown]) -> Markup:
    """All of it: what is said first, then pictures, numbers and narrow tables side by side where there is room, then
    wide tables."""
    given = list(shown)
    notes = [one for one in given if isinstance(one, Note)]
    wide = [one for one in given if isinstance(one, Table) and len(one.head) > _NARROW]
    pictures = [drawn(one) for one in given if isinstance(one, (Histogram, Bars))]
    others = [drawn(one) for one in given if isinstance(one, Numbers) or (isinstance(one, Table) and one not in wide)]
    cells = [*pictures, Markup("").join(others)] if len(pictures) == 1 and others else [*pictures, *others]
    parts = [*map(drawn, notes), *([beside(cells)] if cells else []), *map(drawn, wide)]
    return Markup("\n").join(parts)


def beside(pictures: Sequence[str]) -> Markup:
    """Pictures side by side, as far as there is room."""
    cells = (Markup("<div>{}</div>").format(picture) for picture in pictures)
    return Markup('<div class="charts">{}</div>').format(Markup("").join(cells))


def _histogram(shown: Histogram) -> Markup:
    bins = [(a, b, n) for a, b, n in shown.bins[:_BINS] if _finite(a, b, n) and b > a and n >= 0]
    title, x, y = _short(shown.title), _short(shown.x), _short(shown.y)
    if not any(n for _, _, n in bins):
        return note(f"{title}: there are no numbers to draw.")
    short = names(shown.marks, 24)
    marks = {short[name]: at for name, at in list(shown.marks.items())[:_MARKS] if _finite(at)}
    return binned(bins, marks, title=title, x=x, y=y)


def _bars(shown: Bars) -> Markup:
    short = names(shown.bars)
    parts = list(dict.fromkeys(part for bar in shown.bars.values() for part in bar))
    said = names(parts, 24)
    bars = {short[name]: {said[part]: bar[part] for part in parts[:_PARTS] if _finite(bar.get(part))}
            for name, bar in list(shown.bars.items())[:_BARS]}  # fmt: skip
    title, x, y = _short(shown.title), _short(shown.x), _short(shown.y)
    if not any(bars.values()):
        return note(f"{title}: there are no numbers to draw.")
    left = [f"{len(shown.bars) - len(bars):,} more bars"] if len(shown.bars) > len(bars) else []
    left += [f"{len(parts) - _PARTS:,} more parts of each"] if len(parts) > _PARTS else []
    more = Markup('<p class="more">{}</p>').format(f"Not drawn: {', '.join(left)}.") if left else Markup("")
    if len(parts) == 1:
        lone = {name: next(iter(bar.values())) for name, bar in bars.items() if bar}
        return Markup(bar_chart(lone, title=title, x=x, y=y)) + more
    return stacked(bars, list(said.values())[:_PARTS], title=title, x=x, y=y) + more


def _numbers(values: Mapping[str, Any]) -> Markup:
    short = names(values)
    made = facts({short[name]: cell(value) for name, value in list(values.items())[:_NUMBERS]})
    if len(values) > _NUMBERS:
        made += Markup('<p class="more">… and {} more</p>').format(f"{len(values) - _NUMBERS:,}")
    return made


def _short(text: str) -> str:
    return cut(text, 100)


def _finite(*values: Any) -> bool:
    return all(isinstance(v, (int, float)) and abs(v) < 1e15 and math.isfinite(v) for v in values)
