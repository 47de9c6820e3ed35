"""What became of the rows, step by step, as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from .axes import WIDTH, label, shortened
from .cells import bounded, cut, names, said
from .charts import piece
from .svg import figure
from .words import number

Step = Mapping[str, Any]
"""A step of the manifest's `counts.steps`."""
_NAME, _BAR, _LINE, _GAP = 17, 14, 15, 12
"""Heights: of the line with a step's name, its bar, a line of words below it, and the gap to the next step."""
_LETTERS, _LONGEST, _REASONS, _STEPS = 52, 60, 3, 40
"""Characters of a step's name and of a line, reasons that are drawn, steps that are drawn."""


class Row(msgspec.Struct):
    """A step as it is drawn; steps that change no number stand in one row with the one before."""

    names: list[str]
    entered: int
    left: int
    made: int = 0
    dropped: Mapping[str, int] = {}

    @property
    def name(self) -> str:
        """Its names, as far as there is room."""
        shown = self.names[:1]
        for other in self.names[1:]:
            if len(" · ".join([*shown, other])) > _LETTERS - 12:
                break
            shown.append(other)
        more = len(self.names) - len(shown)
        return " · ".join(shown) + (f" and {more} more" if more else "")

    @property
    def idle(self) -> bool:
        """It changes no number."""
        return not self.made and not self.dropped


def most_of(steps: Sequence[Step]) -> int:
    """The largest number there is: the width of all pictures of a run."""
    numbers: list[int] = [max(step["in"], step["in"] + step["made"], step["out"]) for step in steps]
    return max(1, *numbers) if numbers else 1


def flow(steps: Sequence[Step], most: int, *, title: str) -> Markup:
    """Steps below each other, each a bar as wide as what came in: what went on, what was added, what was dropped and
    why. `most` is the number that fills the width."""
    rows = _rows(steps)
    drawn, at, before = [], 0.0, None
    for row in rows[:_STEPS]:
        if before is not None:
            drawn.append(_band(before, row.entered, at - _GAP, at + _NAME, most))
        drawn += [*_head(row, at), *_bar(row, at + _NAME, most)]
        below = list(_below(row))
        at += _NAME + _BAR
        for n, (text, kind) in enumerate(below):
            drawn.append(label(2, at + 12 + n * _LINE, shortened(text, _LONGEST), "start", kind))
        before = row.left
        at += _LINE * len(below) + (4 if below else 0) + _GAP
        if below:  # the band begins at the bar, behind the words
            drawn.insert(0, _band(row.left, row.left, at - _GAP - _LINE * len(below) - 4, at - _GAP, most))
    if len(rows) > _STEPS:
        drawn.append(label(2, at + 12, f"… and {len(rows) - _STEPS:,} more steps: see the table", "start"))
        at += _LINE
    told = "; ".join(_told(row) for row in rows[:_STEPS])
    return figure(cut(title, 100), told, drawn, at, table_of(steps))


def table_of(steps: Sequence[Step]) -> Markup:
    """The numbers of all steps."""
    rows = [[step["step"], step["in"], step["made"], step["out"], sum(step["dropped"].values()), _reasons(step),
             said(step["notes"]) if step["notes"] else ""] for step in steps]  # fmt: skip
    head = ["step", "in", "made", "out", "dropped", "reasons", "notes"]
    return bounded(head, rows, row_heads=True)


def _reasons(step: Step) -> str:
    return said([f"{n:,} {said(reason, 80)}" for reason, n in _by_count(step["dropped"])], 400)


def _by_count(dropped: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(dropped.items(), key=lambda found: (-found[1], found[0]))


def _rows(steps: Sequence[Step]) -> list[Row]:
    made: list[Row] = []
    for step in steps:
        row = Row([said(step["step"], 30)], step["in"], step["out"], step["made"], step["dropped"])
        if made and row.idle and made[-1].idle and made[-1].names[0] != "read":
            made[-1].names += row.names
        else:
            made.append(row)
    return made


def _head(row: Row, at: float) -> Iterator[Markup]:
    yield label(2, at + 12, row.name, "start", "step")
    count = number(row.left) if row.entered == row.left else f"{number(row.entered)} → {number(row.left)}"
    yield label(WIDTH - 2, at + 12, count, "end", "value")


def _bar(row: Row, top: float, most: int) -> Iterator[Markup]:
    """What goes on, what is new or became part of others, what is dropped: in this order."""
    lost = sum(row.dropped.values())
    kept = max(0, min(row.left, row.entered - lost))
    parts = [(kept, 0, "", "go on")]
    parts.append((abs(row.made), 1, "made" if row.made > 0 else "joined", _made(row)))
    parts.append((lost, 2, "lost", "dropped"))
    at = 2.0
    for count, order, kind, told in parts:
        if count:
            wide = max(count / most * (WIDTH - 4), 1.5)
            yield piece(at, at + wide, top, _BAR, order, f"{row.name}: {number(count)} {told}", kind)
            at += wide


def _band(above: int, below: int, top: float, bottom: float, most: int) -> Markup:
    """What goes from one bar to the next."""
    a, b = (2 + n / most * (WIDTH - 4) for n in (above, below))
    made = Markup('<path d="M2 {:g}H{:g}L{:g} {:g}H2Z" class="band"/>')
    return made.format(top, a, b, bottom)


def _below(row: Row) -> Iterator[tuple[str, str]]:
    if row.made:
        sign = "+" if row.made > 0 else "→"
        yield f"{sign} {number(abs(row.made))} {_made(row)}", "made" if row.made > 0 else "soft"
    reasons = _by_count(row.dropped)
    for reason, n in reasons[:_REASONS]:
        yield f"− {number(n)} dropped: {said(reason, 80)}", "lost"
    if rest := reasons[_REASONS:]:
        yield f"− {number(sum(n for _, n in rest))} dropped for {len(rest):,} other reasons", "lost"


def _made(row: Row) -> str:
    return "made here" if row.made > 0 else "became part of others"


def _told(row: Row) -> str:
    lines = ", ".join(text for text, _ in _below(row))
    return f"{row.name}: {number(row.entered)} in, {number(row.left)} out{' (' + lines + ')' if lines else ''}"


def branches(steps: Sequence[Step]) -> tuple[list[Step], dict[str, list[Step]]]:
    """The steps of all outputs; output, named shortly -> its own steps."""
    made: dict[str, list[Step]] = {}
    for step in steps:
        made.setdefault(step.get("output") or "", []).append(step)
    shared = made.pop("", [])
    short = names(made)
    return shared, {short[name]: own for name, own in made.items()}
