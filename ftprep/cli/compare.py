"""`ftprep compare`: models side by side, on rows that were held out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .frame import Count, installed, plugin_option, replying
from .progress import Progress
from .reach import asking_options, given_params, output_option, reach
from .saying import Reply
from .service import service_options
from .table import table

if TYPE_CHECKING:
    from ..remote.comparing import Comparison
    from ..remote.scores import Measure
    from ..steps import Split

_MOST = 5
"""Places of rows that are named."""


@replying(name="compare")
@click.argument("models", metavar="MODEL...", nargs=-1, required=True)
@click.argument("run_dir", type=click.Path(path_type=Path))
@output_option
@click.option(
    "--split",
    type=click.Choice(["validation", "test", "train"]),
    help="Which rows (default: validation, else test).",
)
@click.option("--rows", metavar="N", type=Count(), help="Only N rows, taken from all over the split.")
@click.option("--positive", metavar="LABEL", help="The label to look for (default: of two, the rarer one).")
@click.option(
    "--beta", metavar="B", type=click.FloatRange(0, min_open=True), default=1.0,
    help="How much more recall counts than precision in F-beta (default: 1).",
)  # fmt: skip
@asking_options
@service_options
@plugin_option
def command(
    models: tuple[str, ...],
    run_dir: Path,
    output: str | None,
    split: Split | None,
    rows: int | None,
    positive: str | None,
    beta: float,
    params: tuple[str, ...],
    concurrency: int,
    fresh: bool,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Ask each MODEL... the rows that the run in RUN_DIR held out, and hold the answers against the right ones.

    The first model is what the others are held against: name the base model first. A page with all answers is written
    beside RUN_DIR, and the same as JSON. What was answered before is not asked again.
    """
    from ..remote.comparing import compared, held_out
    from ..remote.heldout import Trained
    from ..remote.sampling import Asking

    asking = Asking(params=given_params(params), concurrency=concurrency, fresh=fresh)
    way = reach(installed(plugin_files), via, options)
    trained = Trained(run_dir, output, registry=way.registry)
    with Progress() as progress:
        found = compared(
            models, trained, held_out(trained, split), rows, way, asking, beta=beta, positive=positive,
            told=lambda model, done, total: progress.tell(f"{model}: {done:,} of {total:,} answers"),
        )  # fmt: skip
    page = found.report()
    result = {**found.as_json(), "report": page.as_posix(), "data": page.with_suffix(".json").as_posix()}
    failed = any(problem.level == "error" for problem in found.problems)
    text = "\n".join([*_lines(found), f"all answers are in {page.as_posix()}"])
    return Reply(result, text, found.problems, exit_code=3 if failed else 0)


def _lines(found: Comparison) -> Iterator[str]:
    yield f"{len(found.compared):,} {found.split} rows of {found.output}"
    yield ""
    yield from table(list(_table(found)), right=range(1, 9), indent="  ")
    yield ""
    for model in found.models[1:]:
        worse, better = found.changed(model), found.changed(model, better=True)
        yield f"{model}: {len(better):,} rows better than {found.models[0]}, {len(worse):,} worse"
        yield from (f"  worse: {found.rows[n].place}" for n in worse[:_MOST])
        if len(worse) > _MOST:
            yield f"  … and {len(worse) - _MOST:,} more"
    for one in found.judged:
        if (at := one.threshold) is not None:
            told = f"precision {at.precision:.2f}, recall {at.recall:.2f}"
            yield f"{one.model}: '{found.positive}' from a probability of {at.threshold:.3g} on: {told}, on these rows"


def _table(found: Comparison) -> Iterator[list[str]]:
    """A row for each model, after the head."""
    named = {found.positive} & {area.name for one in found.judged for area in one.areas}
    head = ["model", "right", "accuracy" if found.classes else "exact"]
    scores = ["weighted F1", *(f"{what} {name}" for name in named for what in ("AUROC", "AUPRC"))]
    yield [*head, *(scores if found.classes else ["characters", "tokens"])]
    for one in found.judged:
        row = [one.model, f"{one.right:,}", f"{one.exact:.3f}"]
        if one.classes is None:
            yield [*row, f"{one.characters:,.0f}", f"{one.tokens:,.1f}" if one.tokens is not None else "–"]
            continue
        told = [_told(value) for area in one.areas if area.name in named for value in (area.auroc, area.auprc)]
        yield [*row, f"{one.classes.weighted_f1:.3f}", *(told or ["–"] * 2 * len(named))]


def _told(measure: Measure) -> str:
    return f"{measure.value:.3f}" if measure.value is not None else "–"
