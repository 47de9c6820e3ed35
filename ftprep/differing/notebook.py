"""What a difference shows of itself in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from ..fragments import fragment, head, table

if TYPE_CHECKING:
    from .difference import Difference, RowDifference


def difference_html(found: Difference) -> str:
    """What differs, from the recipe to the findings."""
    title = f"{found.a} and {found.b}: {'equal' if found.equal else 'different'}"
    parts = [table(names, rows, caption=caption) for caption, names, rows in _tables(found) if rows]
    return fragment(
        head(title, f"{found.files:,} files with the same bytes", mood="good" if found.equal else ""), *parts
    )


def _tables(found: Difference) -> Iterator[tuple[str, list[str], list[Any]]]:
    values = (*found.about, *found.recipe, *found.versions)
    yield (
        "recipe and versions",
        ["value", "A", "B"],
        [(one.path, _cell(one.before), _cell(one.after)) for one in values],
    )
    yield "inputs", ["file", "what", "was"], [(one.file, one.what, one.was) for one in found.inputs]
    names = ["output", "A", "B", "the same", "added", "removed", "changed", "moved"]
    outputs = [(o.name, *o.lines, o.same, o.added, o.removed, o.changed, o.moved) for o in found.outputs]
    yield "rows", names, outputs
    rows = [(kind, *_row(row)) for o in found.outputs for kind, of in o.rows.items() for row in of]
    yield "the first of each kind", ["", "A", "B", "from", "what"], rows
    figures = [(f"{one.check} ({one.output})", one.name, _cell(one.before), _cell(one.after)) for one in found.figures]
    yield "figures", ["check", "figure", "A", "B"], figures
    steps = [(one.step, one.output, at.path, at.before, at.after) for one in found.steps for at in one.counts]
    yield "steps", ["step", "output", "count", "A", "B"], steps
    findings = [(one.code, one.level, one.message, one.before, one.after) for one in found.findings]
    yield "findings", ["code", "level", "what", "A", "B"], findings


def _row(row: RowDifference) -> tuple[str, str, str, str]:
    place = row.b or row.a
    source = place.source if place is not None else None
    said = "; ".join(f"{one.path}: {one.words}" for one in row.wordings)
    return str(row.a or ""), str(row.b or ""), source or "", said


def _cell(value: Any) -> Any:
    if value is UNSET:
        return None
    return value if isinstance(value, (int, float)) else str(value)
