"""Two more charts: numbers that were counted into ranges, with marks; bars of several parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from .axes import (
    HEIGHT,
    LEFT,
    LETTER,
    RIGHT,
    TOP,
    WIDTH,
    Scale,
    across,
    breadth,
    frame,
    label,
    line,
    shortened,
    upright,
)
from .parts import facts, table
from .svg import figure
from .words import number, plain, words

_ROW = 15
"""Height of the row in which a mark's name stands."""
_BAR, _NAME, _VALUE = 26, 20, 44
_FAR = 0.6
"""A mark so many widths of the data beyond its end is told, but not drawn: it would leave no room for the data."""
HATCHES = ("", "2 3", "5 4", "1 6", "8 2", "3 8")
"""Parts differ by stripes too: not everyone sees colours, and paper may have none."""


def binned(
    bins: Sequence[tuple[float, float, int]], marks: Mapping[str, float], *, title: str, x: str, y: str
) -> Markup:
    """Columns over ranges (from, up to, how many), and lines across at marks."""
    low, high = bins[0][0], bins[-1][1]
    reach = high + _FAR * (high - low)
    near = {name: at for name, at in marks.items() if low <= at <= reach}
    whole = all(edge == int(edge) for one in bins for edge in one[:2])
    scale, up = (
        across(low, max(high, *near.values(), high), whole=whole),
        upright(0, max(n for *_, n in bins), whole=True),
    )
    columns = [_column(scale(a), scale(b), up, n) for a, b, n in bins if n]
    shift = _ROW * len(marks)
    body = Markup('<g transform="translate(0 {})">{}</g>').format(
        shift, Markup("").join([frame(scale, up, x, y), *columns, *_marked(marks, near, scale, shift)])
    )
    total = sum(n for *_, n in bins)
    top = max(bins, key=lambda one: one[2])
    told = f"{number(total)} {y}, from {number(low)} to {number(high)} {x}; most of them "
    told += f"({number(top[2])}) from {number(top[0])} to {number(top[1])}"
    told += "".join(f"; {name}: {number(at)}" for name, at in marks.items())
    rows = [(f"{number(a)} – {number(b)}", n) for a, b, n in bins]
    numbers = (facts(marks) if marks else Markup("")) + table([x, y], rows, row_heads=True)
    return figure(title, told, [body], HEIGHT + shift, numbers)


def _column(left: float, right: float, up: Scale, count: int) -> Markup:
    tall = max(up(0) - up(count), 1.0)
    bar = Markup('<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" class="s0"/>')
    return bar.format(left, up(0) - tall, max(right - left - 0.8, 0.8), tall)


def _marked(marks: Mapping[str, float], near: Mapping[str, float], scale: Scale, shift: float) -> Iterator[Markup]:
    """Each mark has a row of its own for its name, so that no two cover each other; far ones, which have no line, come
    first."""
    for n, (name, at) in enumerate(sorted(marks.items(), key=lambda pair: (pair[0] in near, pair[1]))):
        row = TOP - shift + _ROW * n + 8
        said = f"{name} {number(at)}"
        kind = "limit" if "limit" in name else "mark"
        if name not in near:
            yield label(WIDTH - RIGHT, row, f"{said} →" if at > scale.low else f"← {said}", "end", kind)
            continue
        place = scale(at)
        yield line(place, row - 9, place, HEIGHT - 40, kind)
        left = place > (LEFT + WIDTH - RIGHT) * 0.62
        yield label(place + (-4 if left else 4), row, said, "end" if left else "start", kind)


def stacked(bars: Mapping[str, Mapping[str, float]], parts: Sequence[str], *, title: str, x: str, y: str) -> Markup:
    """A horizontal bar for each name, its parts end to end; the number behind it is their sum."""
    left = 12 + LETTER * min(_NAME, max(map(breadth, bars)))
    sums = {name: sum(max(0.0, n) for n in bar.values()) for name, bar in bars.items()}
    scale = across(0, max(sums.values()), left=left, right=_VALUE, whole=all(n == int(n) for n in sums.values()))
    bottom = TOP + _BAR * len(bars)
    grid = [line(scale(mark), TOP, scale(mark), bottom, "axis" if mark == 0 else "grid") for mark in scale.marks]
    grid += [label(scale(mark), bottom + 16, number(mark)) for mark in scale.marks]
    drawn = [piece for n, name in enumerate(bars) for piece in _stack(n, name, bars[name], parts, scale, left)]
    drawn.append(label((left + WIDTH - _VALUE) / 2, bottom + 34, x))
    told = "; ".join(f"{name}: {_parts(bar)}" for name, bar in bars.items())
    rows = [[name, *(bar.get(part) for part in parts), sums[name]] for name, bar in bars.items()]
    numbers = table([y, *parts, "all"], rows, row_heads=True)
    return figure(title, f"{x}: {told}", [*grid, *drawn], bottom + 40, numbers, _legend(parts))


def _parts(bar: Mapping[str, float]) -> str:
    return ", ".join(f"{part} {number(n)}" for part, n in bar.items())


def _stack(
    n: int, name: str, bar: Mapping[str, float], parts: Sequence[str], scale: Scale, left: float
) -> Iterator[Markup]:
    top, at = TOP + _BAR * n + 4, 0.0
    for order, part in enumerate(parts):
        size = max(0.0, bar.get(part, 0.0))
        if size:
            yield piece(scale(at), scale(at + size), top, _BAR - 9, order, f"{name}, {part}: {number(size)}")
        at += size
    yield label(scale(at) + 5, top + 13, number(at), "start", "value")
    yield label(left - 6, top + 13, shortened(name, _NAME), "end", "value")


def piece(left: float, right: float, top: float, tall: float, order: int, told: str, kind: str = "") -> Markup:
    """A part of a bar, with its stripes."""
    bar = Markup('<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}" class="{}"><title>{}</title></rect>')
    wide = max(right - left, 0.8)
    made = bar.format(left, top, wide, tall, kind or f"s{order % 6}", plain(told))
    dash = HATCHES[order % 6]
    if dash and wide > 2:
        hatch = Markup('<path d="M{:g} {:g}h{:g}" class="hatch" stroke-width="{:g}" stroke-dasharray="{}"/>')
        made += hatch.format(left, top + tall / 2, wide, tall, dash)
    return made


def _legend(parts: Sequence[str]) -> Markup:
    swatch = Markup('<li><svg class="swatch" viewBox="0 0 28 12" aria-hidden="true">{}</svg>{}</li>')
    made = (swatch.format(piece(0, 28, 0, 12, n, part), words(part)) for n, part in enumerate(parts))
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(made))
