"""What came of a run: curves of its trainings, comparisons of the models, as they lie beside its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from ..errors import FtprepError
from .cells import bounded, cut, said
from .parts import heading, note, together
from .shown import beside
from .svg import bar_chart, line_chart

_MOST = 3
"""Trainings and comparisons that are shown."""
_BYTES = 1 << 28


def aftermath(folder: Path) -> Iterator[tuple[str, Markup]]:
    """Sections about what lies in the folder of results: `ID/results.*` of trainings, `compare-*.json`."""
    trainings = [path for path in sorted(folder.glob("*/results.*")) if path.is_file()]
    if trainings:
        yield "Training", _several(trainings, _training, "trainings")
    if compared := sorted(folder.glob("compare-*.json")):
        yield "Comparison of models", _several(compared, _comparison, "comparisons")


def _several(paths: list[Path], shown: Any, what: str) -> Markup:
    newest = sorted(paths, key=lambda path: (-path.stat().st_mtime_ns, path.as_posix()))
    parts = [part for path in newest[:_MOST] for part in shown(path)]
    more = [f"… and {len(paths) - _MOST:,} more {what} beside the run folder."] if len(paths) > _MOST else []
    return together(*parts, *more)


def _training(path: Path) -> Iterator[str]:
    from ..remote.metrics import read_metrics
    from ..remote.results_page import called

    yield heading(cut(path.parent.name, 80))
    try:
        metrics = read_metrics(_read(path))
    except (OSError, FtprepError) as error:
        yield note(f"{path.name} cannot be read: {cut(str(error))}", "bad")
        return
    charts = []
    for kind in ("loss", "accuracy"):
        names = [name for name in metrics.columns if name.endswith(kind) and metrics.has(name)][:6]
        series = {called(name): metrics.series(name) for name in names}
        if series:
            charts.append(line_chart(series, title=f"{kind.capitalize()} by step", x="step", y=kind))
    yield beside(charts) if charts else note(f"{path.name} has neither a loss nor an accuracy.")


def _comparison(path: Path) -> Iterator[str]:
    try:
        told = msgspec.json.decode(_read(path))
        yield heading(f"{cut(told['output'], 60)}: {told['compared']:,} {told['split']} rows")
        yield from _judged(told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        yield note(f"{cut(path.name)} cannot be read; 'ftprep compare' makes it again", "bad")


def _judged(told: Mapping[str, Any]) -> Iterator[str]:
    word = "accuracy" if told["classes"] else "just as wanted"
    bars = {cut(one["model"], 60): float(one["exact"]) for one in told["judged"]}
    yield bar_chart(dict(list(bars.items())[:12]), title=word.capitalize(), x=word, y="model", reach=1.0)
    head = ["model", "right", word, "worse than the first", "better than the first"]
    rows = [[one["model"], one["right"], round(float(one["exact"]), 3), _count(told["worse"], one["model"]),
             _count(told["better"], one["model"])] for one in told["judged"]]  # fmt: skip
    yield bounded(head, rows, row_heads=True)
    for model, places in told["worse"].items():
        if places:
            yield f"Wrong now, right before, with {cut(model, 60)}: {said(places[:5])}{' …' if len(places) > 5 else ''}"


def _count(changed: Mapping[str, list[str]], model: str) -> int | None:
    return len(changed[model]) if model in changed else None


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_BYTES)
