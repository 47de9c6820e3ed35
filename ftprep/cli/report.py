"""`ftprep report`: the page of a run, made again."""

from __future__ import annotations

from pathlib import Path

import click

from .frame import installed, plugin_option, replying
from .saying import Reply


@replying(name="report")
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the page goes (default: RUN_DIR/report.html).",
)
@click.option("--no-samples", is_flag=True, help="Show no examples: a page that may be passed on.")
@plugin_option
def command(run_dir: Path, out: Path | None, no_samples: bool, plugin_files: tuple[Path, ...]) -> Reply:
    """Build the page of the run in RUN_DIR again: what was read, dropped, found and written, in one HTML file.

    'ftprep run' writes the same page. Made again, it also has the curves of trainings ('ftprep jobs results') and the
    comparisons of models ('ftprep compare') that lie beside RUN_DIR.
    """
    from ..report.again import make_report

    registry = installed(plugin_files)
    page = make_report(run_dir, out=out, samples=not no_samples, registry=registry)
    result = {"report": page.as_posix(), "bytes": page.stat().st_size}
    return Reply(result, f"wrote {page.as_posix()}", registry.problems)
