"""`ftprep jobs results`: how well a training went."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import installed, plugin_option, replying
from .jobs_show import nearby
from .saying import Reply
from .service import ledger, link_to, service_options

if TYPE_CHECKING:
    from ..remote.jobs import Found
    from ..remote.results import Results

_NO_SOURCE = Path("out", "jobs")
"""Stands for the run folder of a job that the ledger does not know."""
_CURVES = (
    ("valid_loss", "full_valid_loss", "train_loss"),
    ("classification/accuracy", "valid_sequence_accuracy", "valid_accuracy", "full_valid_accuracy", "train_accuracy"),
)
"""What a terminal shows: the first of each that there is."""


@replying(name="results", short_help="Save the metrics of a job; show its best epoch and curves.")
@click.argument("id_", metavar="[ID]", required=False)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the files go (default: a folder beside the run folder, RUN_DIR.results/ID).",
)
@click.option("--wandb", metavar="PROJECT", help="Log the metrics to this project of Weights & Biases too.")
@service_options
@plugin_option
def results(
    id_: str | None,
    out: Path | None,
    wandb: str | None,
    via: str | None,
    options: tuple[str, ...],
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Save the metrics of the job ID (results.csv) with a page of curves, and show the best epoch.

    ID is by default the newest job. Nothing is sent anywhere, unless --wandb names a project there.
    """
    from ..remote.job_functions import fetched
    from ..remote.jobs import find
    from ..remote.results_page import save

    with ledger() as known:
        found = find(known, id_, via=via)
        with link_to(installed(plugin_files), found.service, via, options) as link:
            made = fetched(found, link, known)
    folder = out if out is not None else _folder(found)
    files = [path.as_posix() for path in save(made, folder)]
    if wandb is not None:
        from ..remote.tracked import track

        os.environ.setdefault("WANDB_DISABLE_WEAVE", "true")  # metrics are sent, and no traces of calls offered
        files.append(track(made, wandb, folder, os.environ))
    return Reply(_result(made, files), "\n".join(_lines(made, files)))


def _folder(found: Found) -> Path:
    """A folder for the job. Its id comes from the service: no path is made of it."""
    from ..remote.results_page import beside

    base = Path(found.entry.source) if found.entry is not None and found.entry.source else _NO_SOURCE
    name = re.sub(r"[^\w-]", "_", found.id)[:100]
    return nearby(beside(base)) / name


def _result(made: Results, files: list[str]) -> dict[str, Any]:
    return {
        "job": made.job.id,
        "status": made.job.status,
        "tuned_model": made.job.tuned_model,
        "best": made.best,
        "epochs": {str(epoch): values for epoch, values in made.by_epoch.items()},
        "files": files,
    }


def _lines(made: Results, files: list[str]) -> Iterator[str]:
    from ..remote.curve import BLOCKS, curve
    from ..remote.results_page import best_text, called

    yield best_text(made)
    if made.best is not None and made.best.model:
        yield f"its model is {made.best.model}"
    for names in _CURVES:
        if (name := next((one for one in names if made.metrics.has(one)), None)) is not None:
            yield from (
                "",
                f"{called(name)}, step {made.metrics.series(name)[0][0]:,.0f} to {made.metrics.last_step:,}",
            )
            yield from (f"  {line}" for line in curve(made.metrics.series(name), blocks=_can_show(BLOCKS)))
    yield ""
    if made.hidden_tokens:
        yield made.hidden_tokens
    yield from files


def _can_show(text: str) -> bool:
    """Whether the terminal's encoding has these characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
