"""A small curve of characters: what a terminal can show of a metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Points = Sequence[tuple[float, float]]
BLOCKS = " ▁▂▃▄▅▆▇█"
ASCII = " .:|"
"""From nothing to a full character."""


def curve(points: Points, *, width: int = 60, height: int = 5, blocks: bool = True) -> Iterator[str]:
    """Lines of text, the highest first: bars of at most `width` columns with the top and bottom value at their left.
    A column is the mean of its part of the steps; empty parts are left blank. `blocks`: with the characters of BLOCKS,
    else in ASCII."""
    if not points:
        return
    columns = _columns(points, min(width, len(points)))
    found = [value for value in columns if value is not None]
    low, high = min(found), max(found)
    low = min(low, high - 0.05 * abs(high)) if high != low else low - (abs(low) or 1.0)
    signs = BLOCKS if blocks else ASCII
    full = len(signs) - 1
    heights = [None if value is None else _height(value, low, high, height * full) for value in columns]
    labels = [f"{high:.4g}", *[""] * (height - 2), f"{low:.4g}"] if height > 1 else [f"{high:.4g}"]
    margin = max(map(len, labels))
    for row, label in zip(range(height - 1, -1, -1), labels, strict=True):
        cells = (" " if of is None else signs[max(0, min(full, of - row * full))] for of in heights)
        yield f"{label:>{margin}} {''.join(cells)}".rstrip()


def _height(value: float, low: float, high: float, most: int) -> int:
    """At least one step, so that each column that has a value is seen."""
    return max(1, round((value - low) / (high - low) * most))


def _columns(points: Points, width: int) -> list[float | None]:
    first, last = points[0][0], points[-1][0]
    span = (last - first) or 1.0
    parts: list[list[float]] = [[] for _ in range(width)]
    for step, value in points:
        parts[min(width - 1, int((step - first) / span * width))].append(value)
    return [sum(part) / len(part) if part else None for part in parts]
