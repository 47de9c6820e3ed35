"""Pictures of block characters: histograms and bars, in lines of a terminal's width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TextIO

from ..steps.showing import Bars, Histogram
from .table import GAP, broken
from .terminal import can_show

_ROWS = 3
"""Lines of a histogram."""
_WIDEST_BIN = 4
_LONGEST_BAR = 32
_MOST_BARS = 12
_LONGEST_NAME = 24


class Marks(NamedTuple):
    """The characters that pictures are made of."""

    levels: str
    """Of a column's top, from nothing to all of a line."""
    fills: str
    """Of the parts of a bar."""
    side: str
    corner: str
    line: str
    tick: str
    more: str
    """Further on to the right."""
    cut: str


BLOCKS = Marks(" ▁▂▃▄▅▆▇█", "█▓▒░", "│", "└", "─", "┬", "→", "…")
ASCII = Marks(" .:#", "#=-.", "|", "+", "-", "+", ">", "~")


def marks_for(stream: TextIO | None) -> Marks:
    """The characters that a stream can show."""
    return BLOCKS if can_show(stream, "".join(BLOCKS)) else ASCII


def number(value: Any) -> str:
    """A number for people."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def histogram(shown: Histogram, width: int, marks: Marks) -> Iterator[str]:
    """Columns with the most examples at the left of the top line, and the places of the marks below."""
    bins = _wider(shown.bins, max(10, width - 12))
    if not bins:
        return
    most = max(count for _, _, count in bins)
    each = max(1, min(_WIDEST_BIN, (width - len(number(most)) - 4) // len(bins)))
    yield _title(shown, f"{shown.y} by {shown.x}")
    side = len(number(most)) + 1
    for row in reversed(range(_ROWS)):
        cells = "".join(_cell(count, most, row, marks) * each for _, _, count in bins)
        yield f"{number(most) if row == _ROWS - 1 else '':>{side}} {marks.side}{cells}".rstrip()
    yield from _axis(shown.marks, bins, each, side + 1, width, marks)


def _wider(bins: Sequence[tuple[float, float, int]], room: int) -> list[tuple[float, float, int]]:
    """As many bins as there is room for: neighbours put together."""
    by = -(-len(bins) // room)
    groups = [bins[at : at + by] for at in range(0, len(bins), by)] if bins else []
    return [(group[0][0], group[-1][1], sum(count for _, _, count in group)) for group in groups]


def _cell(count: int, most: int, row: int, marks: Marks) -> str:
    """What a column shows in a line; the smallest count is still seen."""
    steps = len(marks.levels) - 1
    height = max(1, round(count / most * _ROWS * steps)) if count else 0
    return marks.levels[max(0, min(steps, height - row * steps))]


def _axis(
    places: Mapping[str, float],
    bins: Sequence[tuple[float, float, int]],
    each: int,
    indent: int,
    width: int,
    marks: Marks,
) -> Iterator[str]:
    start, end = bins[0][0], bins[-1][1]
    length = each * len(bins)
    named: dict[float, list[str]] = {}
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        named.setdefault(place, []).append(name)
    told = [
        (min(length - 1, int((place - start) / (end - start) * length)), f"{', '.join(names)} {number(place)}")
        for place, names in named.items()
        if start <= place <= end
    ]
    ticks = {spot for spot, _ in told}
    yield f"{'':{indent}}{marks.corner}{''.join(marks.tick if i in ticks else marks.line for i in range(length))}"
    lines = _labels([(0, number(start)), *told] if 0 not in ticks else told, width - indent - 1)
    beyond = [f"{', '.join(names)} {number(place)} {marks.more}" for place, names in named.items() if place > end]
    for text in beyond:
        fits = lines and len(lines[-1]) + len(GAP) + len(text) < width - indent
        lines[-1:] = [f"{lines[-1]}{GAP}{text}"] if fits else [*lines[-1:], text]
    yield from (f"{'':{indent + 1}}{text}" for text in lines)


def _labels(told: Sequence[tuple[int, str]], room: int) -> list[str]:
    """Texts that begin at their places, in as few lines as hold them apart."""
    lines: list[str] = []
    for spot, text in told:
        spot = max(0, min(spot, room - len(text)))
        free = next((i for i, line in enumerate(lines) if not line or len(line) + 1 < spot), None)
        if free is None:
            lines.append("")
            free = len(lines) - 1
        lines[free] = f"{lines[free]:{spot}}{text}"
    return lines


def bars(shown: Bars, width: int, marks: Marks, more: str = "") -> Iterator[str]:
    """A line for each name: its bar, parts end to end, and the numbers."""
    names = list(shown.bars)[:_MOST_BARS]
    parts = list(dict.fromkeys(part for name in shown.bars for part in shown.bars[name]))
    if not names:
        return
    told = {name: [number(shown.bars[name].get(part, 0)) for part in parts] for name in names}
    widths = [max(len(told[name][i]) for name in names) for i in range(len(parts))]
    first = max(len(_name(name, marks)) for name in names)
    room = max(8, min(_LONGEST_BAR, width - first - sum(widths) - 2 * len(parts) - 4))
    most = max(sum(shown.bars[name].values()) for name in names) or 1
    yield from broken(_title(shown, shown.x) + _legend(parts, marks), width, "  ")
    for name in names:
        bar = _bar([shown.bars[name].get(part, 0) for part in parts], most, room, marks)
        cells = GAP.join(text.rjust(width) for text, width in zip(told[name], widths, strict=True))
        yield f"  {_name(name, marks):{first}}  {bar:{room}}  {cells}"
    if len(shown.bars) > len(names):
        yield f"  {marks.cut} and {len(shown.bars) - len(names):,} more {more}".rstrip()


def _title(shown: Histogram | Bars, measured: str) -> str:
    """The title; with what is measured, where it does not say it."""
    return shown.title if shown.x.lower() in shown.title.lower() else f"{shown.title} ({measured})"


def _legend(parts: Sequence[str], marks: Marks) -> str:
    told = [f"{_fill(i, marks)} {part}" for i, part in enumerate(parts)]
    return f": {GAP.join(told)}" if len(parts) > 1 else ""


def _bar(values: Sequence[float], most: float, room: int, marks: Marks) -> str:
    """Each part's length, so that all lengths together are that of the sum; the smallest one is still seen."""
    text, total = "", 0.0
    for i, value in enumerate(values):
        total += value
        length = max(int(value > 0), round(total / most * room) - len(text))
        text += _fill(i, marks) * length
    return text[:room]


def _fill(part: int, marks: Marks) -> str:
    return marks.fills[min(part, len(marks.fills) - 1)]


def _name(name: str, marks: Marks) -> str:
    text = name if name.isprintable() and name == name.strip() and name else repr(name)
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + marks.cut
