"""The paper of a chart: where numbers fall on it, and its axes."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from markupsafe import Markup

from .words import number, plain, safe

WIDTH, HEIGHT = 400, 250
"""Of a chart, in its own units: on a telephone a unit is a little under a pixel, on a screen a little over."""
TOP, BOTTOM, LEFT, RIGHT = 10, 40, 52, 20
_WANTED = 5
"""About how many ticks an axis has."""


def ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Round numbers that span the range: steps of 1, 2 or 5 times a power of ten. `whole`: no fractions."""
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-3):  # as good as one number
        low, high = (low - abs(low) / 2, high + abs(high) / 2) if abs(low) > 1e-9 else (min(low, 0.0), 1.0)
    rough = (high - low) / _WANTED
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    step = max(step, 1.0) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round(n * step, digits) for n in range(first, max(last, first + 1) + 1)]


class Scale:
    """A range of numbers laid on a range of the paper."""

    def __init__(self, marks: Sequence[float], start: float, end: float):
        self.marks, self.low, self.high = marks, marks[0], marks[-1]
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self._start + share * (self._end - self._start), 1)


def across(low: float, high: float, *, whole: bool = False, left: float = LEFT, right: float = RIGHT) -> Scale:
    """The horizontal axis, with so much room on both sides."""
    return Scale(ticks(low, high, whole=whole), left, WIDTH - right)


def upright(low: float, high: float, *, whole: bool = False) -> Scale:
    """The vertical axis."""
    return Scale(ticks(low, high, whole=whole), HEIGHT - BOTTOM, TOP)


def frame(x: Scale, y: Scale, x_name: str, y_name: str) -> Markup:
    """Both axes with their ticks and names; the name of the vertical one stands above it."""
    return Markup("").join([*_rows(y), *_columns(x), *_names(x_name, y_name)])


def label(x: float, y: float, text: str, anchor: str = "middle", kind: str = "") -> Markup:
    """A text on the paper."""
    of = Markup(' class="{}"').format(kind) if kind else ""
    return Markup('<text x="{:g}" y="{:g}" text-anchor="{}"{}>{}</text>').format(x, y, anchor, of, _flat(text))


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    """A line on the paper."""
    return Markup('<line x1="{:g}" y1="{:g}" x2="{:g}" y2="{:g}" class="{}"/>').format(x1, y1, x2, y2, kind)


def _rows(y: Scale) -> list[Markup]:
    made = []
    for mark in y.marks:
        kind = "axis" if mark == y.marks[0] else "grid"
        made += [line(LEFT, y(mark), WIDTH - RIGHT, y(mark), kind), label(LEFT - 6, y(mark) + 4, number(mark), "end")]
    return made


def _columns(x: Scale) -> list[Markup]:
    return [label(x(mark), HEIGHT - BOTTOM + 16, number(mark)) for mark in x.marks]


def _names(x_name: str, y_name: str) -> list[Markup]:
    upright_at = Markup('<text transform="translate(11 {:g}) rotate(-90)" text-anchor="middle">{}</text>')
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return [label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, x_name), upright_at.format(middle, _flat(y_name))]


def _flat(text: str) -> Markup:
    """Escaped text without elements: there is no `code` in a drawing."""
    return Markup(safe(text).replace(Markup("<code>"), "").replace(Markup("</code>"), ""))


LETTER = 7.3
"""Units of a common letter: the widest of the fonts that a page asks for, DejaVu Sans."""


def shortened(text: str, most: int) -> str:
    """So much of a text as is about as wide as `most` common letters."""
    if breadth(text) <= most:
        return text
    ends = accumulate(map(_letter, text))
    return text[: sum(end <= most - _letter("…") for end in ends)] + "…"


def breadth(text: str) -> float:
    """How wide a text is drawn, about, in common letters; controls are written out."""
    return sum(map(_letter, text))


def _letter(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 2.0
    if character in "WMmw@%—…":
        return 1.7
    if character in "<>=+~^#&":
        return 1.4
    return 1.3 if character.isupper() else float(len(plain(character)))
