"""Charts as figures for a page: inline SVG with a title and a description, and the same numbers in a table."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from markupsafe import Markup

from .axes import HEIGHT, LETTER, TOP, WIDTH, Scale, across, breadth, frame, label, line, shortened, upright
from .parts import details, note, table
from .words import number, plain, words

Points = Sequence[tuple[float, float]]
_DASHES = ("", "7 4", "2 4", "9 4 2 4", "4 3", "1 3")
"""Series differ by their dashes too: not everyone sees colours, and paper may have none."""
_MOST_POINTS, _MOST_ROWS = 300, 40
"""Points of a series that are drawn, rows of the table: of more, those that show the same course."""
_BAR, _NAME, _VALUE = 24, 20, 44
"""Height of a bar with its gap; characters of its name; room for the number after it."""


def line_chart(series: Mapping[str, Points], *, title: str, x: str, y: str) -> str:
    """Lines over a common axis: `series` is name -> points (x, y), `x` and `y` name the axes. Points that are no
    numbers leave a gap. Of long series the lowest and highest of each stretch are drawn."""
    all_x = [p[0] for points in series.values() for p in points if _is_point(p)]
    all_y = [p[1] for points in series.values() for p in points if _is_point(p)]
    if not all_x:
        return note(f"{title}: there are no numbers to draw.")
    whole = all(value == int(value) for value in all_x)
    right, up = across(min(all_x), max(all_x), whole=whole), upright(min(0.0, *all_y), max(all_y))
    drawn = Markup("").join(_line(n, points, right, up) for n, points in enumerate(series.values()))
    told = "; ".join(_course(name, points) for name, points in series.items())
    return figure(title, f"{y} by {x}. {told}", [frame(right, up, x, y), drawn], HEIGHT, _numbers(series, x),
                   _legend(list(series)))  # fmt: skip


def bar_chart(bars: Mapping[str, float], *, title: str, x: str, y: str = "", reach: float = 0.0) -> str:
    """A horizontal bar for each name, in the order given: `x` names what is measured, `y` what the names are. The axis
    goes to `reach` at least: 1 for shares."""
    shown = {name: value for name, value in bars.items() if math.isfinite(value)}
    if not shown:
        return note(f"{title}: there are no numbers to draw.")
    left = 12 + LETTER * min(_NAME, max(map(breadth, shown)))
    scale = across(min(0.0, *shown.values()), max(0.0, reach, *shown.values()), left=left, right=_VALUE)
    bottom = TOP + _BAR * len(shown)
    grid = [line(scale(mark), TOP, scale(mark), bottom, "axis" if mark == 0 else "grid") for mark in scale.marks]
    grid += [label(scale(mark), bottom + 16, number(mark)) for mark in scale.marks]
    drawn = [_bar(n, name, value, scale, left) for n, (name, value) in enumerate(shown.items())]
    drawn.append(label((left + WIDTH - _VALUE) / 2, bottom + 34, x))
    told = ", ".join(f"{name}: {number(value)}" for name, value in list(shown.items())[:_MOST_ROWS])
    numbers = table([y, x], bars.items(), row_heads=True)
    return figure(title, f"{x}: {told}", [*grid, *drawn], bottom + 40, numbers)


def figure(
    title: str, told: str, drawn: Sequence[Markup], height: float, numbers: Markup, legend: Markup | None = None
) -> Markup:
    """The drawing with its caption, and the numbers behind it."""
    inner = Markup("").join(drawn)
    id_ = "c" + hashlib.sha256(f"{title}{told}{inner}".encode(errors="replace")).hexdigest()[:10]
    made = Markup(
        '<figure><figcaption>{title}</figcaption>{legend}<svg class="chart" viewBox="0 0 {width} {height:g}" '
        'role="img" aria-labelledby="{id} {id}d"><title id="{id}">{plain}</title><desc id="{id}d">{told}</desc>{inner}'
        "</svg>{numbers}</figure>"
    )
    return made.format(
        title=words(title), legend=legend or Markup(""), width=WIDTH, height=height, id=id_, plain=plain(title),
        told=plain(told), inner=inner, numbers=details("The numbers", numbers),
    )  # fmt: skip


def _is_point(point: tuple[float, float]) -> bool:
    return math.isfinite(point[0]) and math.isfinite(point[1])


def _line(n: int, points: Points, x: Scale, y: Scale) -> Markup:
    """The lines of a series, one for each stretch without a gap; a point that stands alone is a dot."""
    made = []
    dash = Markup(' stroke-dasharray="{}"').format(_DASHES[n % 6]) if n % 6 else Markup("")
    for there, stretch in groupby(points, _is_point):
        run = thinned(list(stretch), _MOST_POINTS)
        if there and len(run) == 1:
            dot = Markup('<circle cx="{:g}" cy="{:g}" r="3" class="s{}"/>')
            made.append(dot.format(x(run[0][0]), y(run[0][1]), n % 6))
        elif there:
            path = "M" + "L".join(f"{x(a):g} {y(b):g}" for a, b in run)
            made.append(Markup('<path d="{}" class="s{}"{}/>').format(path, n % 6, dash))
    return Markup("").join(made)


def thinned(points: Points, most: int) -> list[tuple[float, float]]:
    """At most about so many of the points: the first and the last, and of each stretch the lowest and the highest."""
    if len(points) <= most:
        return list(points)
    size = math.ceil(2 * len(points) / most)
    kept = {0, len(points) - 1}
    for start in range(0, len(points), size):
        stretch = range(start, min(start + size, len(points)))
        kept |= {min(stretch, key=lambda n: points[n][1]), max(stretch, key=lambda n: points[n][1])}
    return [points[n] for n in sorted(kept)]


def _course(name: str, points: Points) -> str:
    """What a line says, in words."""
    there = [point for point in points if _is_point(point)]
    if not there:
        return f"{name}: no numbers"
    low, high = min(there, key=lambda p: p[1]), max(there, key=lambda p: p[1])
    ends = f"from {number(there[0][1])} to {number(there[-1][1])}"
    return (
        f"{name}: {ends}, lowest {number(low[1])} at {number(low[0])}, highest {number(high[1])} at {number(high[0])}"
    )


def _numbers(series: Mapping[str, Points], x: str) -> Markup:
    """The table behind the lines: a row for each place where one of them has a point."""
    values = [{a: b for a, b in points if _is_point((a, b))} for points in series.values()]
    places = sorted({place for one in values for place in one})
    every = math.ceil(len(places) / _MOST_ROWS)
    shown = sorted({*places[::every], places[-1]})
    caption = "" if every == 1 else f"{len(shown)} of {len(places):,} rows"
    rows = [[place, *(one.get(place) for one in values)] for place in shown]
    return table([x, *series], rows, caption=caption)


def _legend(names: Sequence[str]) -> Markup:
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(_entries(names)))


def _entries(names: Sequence[str]) -> Iterator[Markup]:
    for n, name in enumerate(names):
        dash = Markup(' stroke-dasharray="{}"').format(_DASHES[n % 6]) if n % 6 else Markup("")
        swatch = Markup('<svg viewBox="0 0 28 10" aria-hidden="true"><path d="M1 5H27" class="s{}"{}/></svg>')
        yield Markup("<li>{}{}</li>").format(swatch.format(n % 6, dash), words(name))


def _bar(n: int, name: str, value: float, scale: Scale, left: float) -> Markup:
    top, zero, end = TOP + _BAR * n + 4, scale(0), scale(value)
    bar = Markup('<rect x="{:g}" y="{}" width="{:g}" height="{}" rx="2" class="s0"><title>{}</title></rect>')
    made = bar.format(min(zero, end), top, abs(end - zero), _BAR - 8, plain(f"{name}: {number(value)}"))
    said = label(max(zero, end) + 5, top + 12, number(value), "start", "value")
    return made + said + label(left - 6, top + 12, shortened(name, _NAME), "end", "value")
