"""`ftprep run`: the whole job."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import Count, installed, plugin_option, recipe_argument, replying, set_option
from .progress import Progress
from .saying import Reply
from .table import GAP, broken, table
from .terminal import terminal_width

if TYPE_CHECKING:
    from ..api import Run
    from ..registry import Registry
    from .showing import Style


_PAGE = "report.html"
_NARROWEST = 24
"""Characters beside a step's counts from which something is told there, not below."""
_GARBAGE = 200_000
"""New containers between two looks for cycles: records have none, and the default of 700 costs a tenth of a run."""


@replying(name="run")
@recipe_argument
@set_option
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The run folder (default: out/NAME, for the recipe's name).",
)
@click.option(
    "--limit",
    metavar="N",
    type=Count(),
    help="Take only the first N rows, or conversations, for a try; the run folder is then out/NAME.limit.",
)
@click.option("--strict", is_flag=True, help="Publish nothing where there are findings at error level.")
@plugin_option
def command(
    recipe: Path,
    sets: tuple[str, ...],
    out: Path | None,
    limit: int | None,
    strict: bool,
    plugin_files: tuple[Path, ...],
) -> Reply:
    """Run RECIPE: read, transform, check, split and write. Nothing is sent anywhere.

    RECIPE is a YAML file, or a folder with a recipe.yaml. The result stands in a run folder, all of it or nothing: an
    earlier result is replaced only when the new one is whole.
    """
    from .. import api

    gc.set_threshold(_GARBAGE, 20, 20)
    registry = installed(plugin_files)
    with Progress() as progress:
        done = api.run(
            recipe,
            set=sets,
            out=out,
            limit=limit,
            strict=strict,
            registry=registry,
            progress=progress.reached,
            read_ahead=True,
        )
    result = {
        "folder": done.folder.as_posix(),
        "counts": done.counts,
        "figures": done.figures,
        "files": {o: {s: p.as_posix() for s, p in splits.items()} for o, splits in done.files.items()},
    }
    return Reply(result, "\n".join(summary(done, registry, limit)), [*done.warnings, *done.findings])


def summary(run: Run, registry: Registry, limit: int | None = None, style: Style | None = None) -> Iterator[str]:
    """The run in a few lines, the facts of the report: rows, steps, files, what the checks counted."""
    from .charts import marks_for
    from .showing import Style, figure_lines

    counts = run.counts
    style = style or Style(marks=marks_for(sys.stdout), width=terminal_width(sys.stdout))
    only = f" (only the first {limit:,}, for --limit)" if limit is not None else ""
    rows = "1 row" if counts["read"] == 1 else f"{counts['read']:,} rows"
    yield f"{rows} read{only}, {counts['used']:,} used, {counts['dropped']:,} dropped"
    yield ""
    yield from _steps(counts["steps"], style.width)
    yield ""
    files = [
        (path.as_posix(), f"{counts['examples'][output][split]:,}", "examples")
        for output, splits in run.files.items()
        for split, path in splits.items()
    ]
    yield from table(files, right=(1,))
    yield from (line for output, told in counts["losses"].items() if (line := _losses(output, told)))
    yield from figure_lines(run.figures, registry, style)
    if counts["dropped"] or any(step["dropped"] for step in counts["steps"]):
        yield f"{(run.folder / 'dropped.jsonl').as_posix()} names every drop, with its place and reason"
    if _PAGE in run.manifest["files"]:
        yield f"report: {(run.folder / _PAGE).as_posix()}"
    if not run.ok:
        yield "the result is marked as not ok: see the errors above"


def _steps(steps: Sequence[dict[str, Any]], width: int | None) -> Iterator[str]:
    """A line for each step; what was dropped goes on in further lines where there is not enough room."""
    rows = [(_label(step), f"{step['in']:,}", f"{step['out']:,}") for step in steps]
    head, *lines = table([("step", "in", "out"), *rows], right=(1, 2), indent="  ")
    yield head
    beside = width is None or width - len(head) - len(GAP) >= _NARROWEST
    indent = len(head) + len(GAP) if beside else 6
    for line, step in zip(lines, steps, strict=True):
        told = list(broken(_told(step), width and width - indent, "  ")) if _told(step) else []
        yield f"{line}{GAP}{told.pop(0)}" if told and beside else line
        yield from (f"{'':{indent}}{text}" for text in told)


def _losses(output: str, told: dict[str, Any]) -> str:
    """One line about the rows of an output that lost something, with the first place of each loss."""
    rows = told["changed"] + told["unchanged"]
    lost = ", ".join(f"{name} ({one['count']:,}, first {one['places'][0]})" for name, one in told["lost"].items())
    return f"{told['changed']:,} of {rows:,} rows of {output} are written without: {lost}" if lost else ""


def _label(step: dict[str, Any]) -> str:
    return f"{step['output']} / {step['step']}" if step.get("output", step["step"]) != step["step"] else step["step"]


def _told(step: dict[str, Any]) -> str:
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in step["dropped"].items())
    notes = ", ".join(f"{name}: {n:,}" if isinstance(n, int) else f"{name}: {n}" for name, n in step["notes"].items())
    return "; ".join(filter(None, (reasons and f"dropped: {reasons}", notes)))
