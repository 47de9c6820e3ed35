"""Results on disk: the metrics, a page with the curves, and one curve as a drawing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError, OutputError, refusal
from .training import run_of

if TYPE_CHECKING:
    from .results import Results

Points = Sequence[tuple[float, float]]
WORDS: Mapping[str, str] = {
    "train_loss": "training loss", "valid_loss": "validation loss", "full_valid_loss": "full validation loss",
    "train_accuracy": "training token accuracy", "valid_accuracy": "validation token accuracy",
    "full_valid_accuracy": "full validation token accuracy",
    "train_sequence_accuracy": "training sequence accuracy", "valid_sequence_accuracy": "validation sequence accuracy",
    "classification/accuracy": "classification accuracy",
}  # fmt: skip
_SVG_STYLE = (
    "text{font:12px sans-serif;fill:#5b6270}.axis{stroke:#b9b4a8}.grid{stroke:#e2dfd8}"
    "path{fill:none;stroke-width:2;stroke-linejoin:round}.s0{stroke:#1f6fb2}circle.s0{fill:#1f6fb2}"
)
_NOT_DRAWN = ("step", "elapsed_tokens", "elapsed_examples")


def beside(source: Path) -> Path:
    """The folder of all results: beside the run folder, which a new run replaces, or a training file of one's own."""
    if source.is_file():
        with suppress(DataError):
            source, _ = run_of(source.parent)
    return source.with_name(f"{source.name}.results")


def save(results: Results, folder: Path) -> tuple[Path, Path]:
    """Writes the metrics as they were fetched (`results.csv`) and `report.html`; returns both. Raises OutputError."""
    table = write(folder / f"results{results.suffix}", results.content)
    return table, write(folder / "report.html", page_of(results))


def write(path: Path, content: bytes | str) -> Path:
    """Writes a file, in a folder that is made. Raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    except OSError as error:
        hint = "name another place, or make room"
        raise OutputError(f"cannot be written ({refusal(error)})", hint=hint, file=path.as_posix()) from error
    return path


def called(name: str) -> str:
    """A metric for people."""
    return WORDS.get(name, name.replace("_", " "))


def drawing(results: Results, name: str, points: Points) -> str:
    """A metric by step as an SVG file."""
    from ..report.svg import line_chart

    figure = line_chart({called(name): points}, title=f"{called(name)} of {results.job.id}", x="step", y=called(name))
    found = re.search(r'<svg class="chart".*?</svg>', figure, re.DOTALL)
    assert found is not None, "a metric that was measured can be drawn"
    head, tail = found[0].split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{_SVG_STYLE}</style>{tail}\n'


def page_of(results: Results) -> str:
    """The page: what the job was, its best epoch, loss and accuracy by step and by epoch."""
    from ..report.page import page

    job = results.job
    return page(f"Results of {job.id}", list(_sections(results)), lead=_sentence(best_text(results)))


def best_text(results: Results) -> str:
    """The best epoch in a sentence."""
    best = results.best
    if best is None:
        return "the best epoch cannot be told: nothing says how many steps an epoch has, or there is no loss"
    mean = "" if best.measure == "full_valid_loss" else "mean "
    told = f"the best epoch is {best.epoch} of {best.epochs}: {mean}{called(best.measure)} {best.value:.4g}"
    if best.measure == "train_loss":
        told += " (there is no validation loss, and training loss nearly always falls)"
    return told


def _sections(results: Results) -> Iterator[tuple[str, str]]:
    from ..report.parts import facts, note, together

    job, best = results.job, results.best
    shown = {
        "job": job.id, "state": job.status, "trained from": job.model, "tuned model": job.tuned_model,
        "model of the best epoch": best.model if best is not None else None, "trained tokens": job.trained_tokens,
        **{str(name): value for name, value in job.settings.items()},
    }  # fmt: skip
    yield "The job", facts({name: value for name, value in shown.items() if value not in (None, "")})
    for kind in ("loss", "accuracy"):
        names = [name for name in results.metrics.columns if name.endswith(kind) and results.metrics.has(name)]
        if names:
            charts = _beside(_charts(results, kind, names))
            remark = [note(_sentence(results.hidden_tokens))] if kind == "accuracy" and results.hidden_tokens else []
            yield kind.capitalize(), together(*remark, charts)
    if others := [name for name in results.metrics.columns if _is_other(name) and results.metrics.has(name)]:
        yield "Other measures", _beside(_chart(results, name, [name]) for name in others)
    if results.by_epoch:
        yield "By epoch", _table(results)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _beside(charts: Iterable[str]) -> str:
    """Charts beside each other, as far as there is room."""
    from markupsafe import Markup

    return Markup('<div class="charts">{}</div>').format(Markup("").join(charts))


def _is_other(name: str) -> bool:
    return name not in _NOT_DRAWN and not name.endswith(("loss", "accuracy"))


def _charts(results: Results, kind: str, names: Sequence[str]) -> Iterator[str]:
    from ..report.svg import line_chart

    yield _chart(results, kind, names)
    epochs = results.by_epoch.items()
    by_epoch = {called(name): [(float(epoch), of[name]) for epoch, of in epochs if name in of] for name in names}
    if len(epochs) > 1:
        yield line_chart(by_epoch, title=f"{kind.capitalize()} by epoch", x="epoch", y=kind)


def _chart(results: Results, title: str, names: Sequence[str]) -> str:
    from ..report.svg import line_chart

    series = {called(name): results.metrics.series(name) for name in names}
    return line_chart(series, title=f"{called(title).capitalize()} by step", x="step", y=called(title))


def _table(results: Results) -> str:
    from ..report.parts import table

    names = [name for name in results.metrics.columns if name not in _NOT_DRAWN and results.metrics.has(name)]
    rows = [[epoch, *(of.get(name) for name in names)] for epoch, of in results.by_epoch.items()]
    caption = "Means of the steps; what is measured on all validation examples is its last value of the epoch."
    return table(["epoch", *map(called, names)], rows, caption=caption, row_heads=True)
