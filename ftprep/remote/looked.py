"""What the data doctor finds in files that are to be sent, and what training on them costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ..doctor import Group, How, examine
from ..errors import Problem
from ..offers import Registered
from ..registry import Registry
from ..steps import ModelFacts
from ..watching import Watch
from .training import TrainingFile

_MILLION = 1_000_000


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one file."""

    figures: Mapping[str, Any] = {}
    """Of the check that counts tokens: `examples`, `tokens`, `per_epoch`, `epochs`."""
    counts: Mapping[str, int] = {}
    """Level -> kinds of findings."""
    format: str | None = None
    """The writer whose rows these are."""
    problems: tuple[Problem, ...] = ()
    """Findings at error level: they stand against sending it."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a training costs, as far as it is known."""

    epochs: int | None = None
    billed: int | None = None
    """Tokens of all epochs."""
    price: float | None = None
    """USD a million tokens."""
    date: str | None = None
    """When the price was read."""
    usd: float | None = None


def look_into(
    file: TrainingFile,
    *,
    model: str | None,
    allow: Sequence[str],
    registry: Registry,
    writers: Sequence[Registered],
    progress: Watch | None,
) -> Looked:
    """Looks at a file with the checks that may find errors, and, with a model, that count tokens. `allow`: codes, or
    beginnings of codes, that do not count. Raises as `ftprep.check` does."""
    if file.path is None:
        return Looked()
    how = How(model=model, ignore=tuple(allow), grave=True, progress=progress, ahead=True)
    with examine(file.path, registry, how) as report:
        figures = [found for checks in report.figures.values() for found in checks.values() if "billed" in found]
        return Looked(
            figures=figures[0] if figures else {},
            counts={level: sum(g.level == level for g in report.groups) for level in ("error", "warning", "advice")},
            format=next((item.name for item in writers if all(map(item.cls.matches, report.data.rows))), None),
            problems=tuple(_problem(file, group) for group in report.groups if group.level == "error"),
        )


def _problem(file: TrainingFile, group: Group) -> Problem:
    assert file.path is not None
    times = f" ({group.count:,} rows)" if group.count > 1 else ""
    line = group.places[0].first if group.places else None
    hint = f"{group.hint}; or allow it with --allow {group.code}"
    text = f"{group.code} {group.message}{times}"
    return Problem(code="FT612", message=text, hint=hint, file=file.path.as_posix(), line=line)


def cost_of(figures: Mapping[str, Any], epochs: Any, facts: ModelFacts | None) -> Cost:
    """What training costs: with these epochs, or as many as the provider would choose."""
    per_epoch = figures.get("per_epoch")
    chosen = epochs if isinstance(epochs, int) else figures.get("epochs")
    billed = per_epoch * chosen if per_epoch is not None and chosen is not None else None
    price = facts.prices.get("training") if facts is not None else None
    usd = billed * price / _MILLION if billed is not None and price is not None else None
    date = facts.price_date if facts is not None else None
    return Cost(epochs=chosen, billed=billed, price=price, date=date, usd=usd)
