"""The way of a written line for people: its rows, each step that changed something, and the line itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .preview import painted
from .saying import Reply, visible
from .terminal import takes_colour
from .walk import example_lines, short_value

if TYPE_CHECKING:
    from ..registry import Registry
    from ..tracing import Cells, Change, Fate, Told

_MOST_ROWS = 20
"""Source rows of one example that are shown."""


def run_line(text: Path) -> tuple[Path, str] | None:
    """The run folder and the line, where one path says both: `out/x/openai_chat/train.jsonl:17`."""
    from ..output import MANIFEST

    file, colon, _ = text.as_posix().rpartition(":")
    if not colon or text.exists() or not Path(file).is_file():
        return None
    folder = next((folder for folder in Path(file).parents if (folder / MANIFEST).is_file()), None)
    return (folder, text.as_posix()) if folder is not None else None


def explain_line(run_dir: Path, place: str, registry: Registry) -> Reply:
    """The reply about a place of a run."""
    from ..tracing import Explainer

    found = Explainer(run_dir, registry).explain(place)
    problems = list(dict.fromkeys(problem for told in found for problem in told.problems))
    text = "\n\n".join("\n".join(_told(told)) for told in found)
    reply = Reply(found, text, problems)
    if takes_colour(sys.stdout):
        reply.coloured = "\n".join(painted(visible(text).split("\n")))
    return reply


def _told(told: Told) -> Iterator[str]:
    if told.kind == "row":
        yield from _row(told)
        return
    yield f"{told.asked} comes from {told.source}"
    if told.split is not None:
        yield f"{told.split}: {told.why}"
    if told.drop is not None:
        yield f"dropped by {_reason(told.drop)}"
    yield from ("", *_rows(told.rows))
    yield from _steps(told)
    if told.kind == "line":
        yield from ("", told.asked, f"  {short_value(told.written)}")
    if told.same:
        again = "it is the line that was written" if told.kind == "line" else "it is dropped as it was"
        yield from ("", f"Replayed from its source, {again}.")


def _row(told: Told) -> Iterator[str]:
    yield from _rows(told.rows) if told.rows else (told.asked,)
    yield ""
    for fate in told.fates:
        of = f" (with {fate.source})" if fate.source != told.source else ""
        yield f"dropped: {fate.place}{of}, by {_reason(fate)}" if fate.step else f"became: {fate.place}{of}"
    if not told.fates:
        yield "It became no line, and stands in no drop: the run did not come so far (--limit)."


def _reason(drop: Fate) -> str:
    of = f" of {drop.output}" if drop.output not in (None, drop.step) else ""
    detail = f" ({drop.detail})" if drop.detail else ""
    return f"'{drop.step}'{of}: {drop.reason}{detail}"


def _rows(rows: list[Cells]) -> Iterator[str]:
    if any(row.used for row in rows):
        yield "the source (* stands in the line)"
    for row in rows[:_MOST_ROWS]:
        yield row.place
        for name, value in row.cells.items():
            if value not in ("", None):
                yield f"  {'*' if name in row.used else ' '} {name}: {short_value(value)}"
    if len(rows) > _MOST_ROWS:
        yield f"and {len(rows) - _MOST_ROWS:,} more rows"


def _steps(told: Told) -> Iterator[str]:
    rows: list[dict[str, Any]] = [{"fields": row.cells, "messages": []} for row in told.rows]
    before: dict[str, Any] | None = None
    same: list[str] = []
    for at, step in enumerate(told.steps):
        if step.example is None:
            same.append(_name(step))
            continue
        if "rows" in step.example:
            after = [{"fields": row, "messages": []} for row in step.example["rows"]]
            lines, rows = list(_changed_rows(told.rows, rows, after)), after
        else:
            example = {"fields": {}, "messages": [], **step.example}
            lines = list(example_lines(before, example)) if at or example["messages"] else []
            before = example
        if lines:  # else the source says the same
            yield from (*_unchanged(same), "", _name(step), *(f"  {line}" for line in lines))
            same = []
    yield from _unchanged(same)


def _changed_rows(rows: list[Cells], before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[str]:
    """What a step before the gather made of each row."""
    for row, old, new in zip(rows, before, after, strict=False):
        if old != new:
            yield from (row.place, *example_lines(old, new))


def _name(step: Change) -> str:
    own = f"{step.output} / " if step.output is not None else ""
    made = f": one of {step.made:,} that it made" if step.made > 1 else ""
    return f"{own}{step.step}{made}"


def _unchanged(names: list[str]) -> Iterator[str]:
    if names:
        yield from ("", f"unchanged: {', '.join(names)}")
