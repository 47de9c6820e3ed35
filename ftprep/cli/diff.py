"""`ftprep diff`: what differs between two runs."""

from __future__ import annotations

from pathlib import Path

import click

from .frame import Count, installed, plugin_option, replying
from .progress import Progress
from .saying import Reply


@replying(name="diff")
@click.argument("run_a", type=click.Path(path_type=Path))
@click.argument("run_b", type=click.Path(path_type=Path))
@click.option(
    "--examples", metavar="N", type=Count(), default=5,
    help="How many rows of each kind are told with their places (default: 5).",
)  # fmt: skip
@click.option("--exit-code", "exits", is_flag=True, help="Leave with 1 where the runs differ.")
@plugin_option
def command(run_a: Path, run_b: Path, examples: int, exits: bool, plugin_files: tuple[Path, ...]) -> Reply:
    """Tell what differs between two runs: recipe, inputs, versions, rows, figures and findings.

    RUN_A and RUN_B are folders that 'ftprep run' wrote, the earlier one first. A row with the same bytes in another
    split has moved; one that comes from the same rows of the input, or has the same prompt, has changed.
    """
    from ..differing import diff
    from .diff_text import told

    with Progress() as progress:
        found = diff(run_a, run_b, examples=examples, registry=installed(plugin_files), progress=progress.tell)
    text = "\n".join(told(found))
    return Reply(found.as_json(), text, found.problems, exit_code=int(exits and not found.equal))
