"""`ftprep check`: every mistake of a recipe, before anything is read; or all that is wrong with a file of data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .figures import figure_lines
from .frame import installed, plugin_option, replying, set_option
from .saying import Reply

if TYPE_CHECKING:
    from ..doctor import Report
    from ..errors import Problem
    from ..registry import Registry


@replying(name="check")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help="For data: the model to be tuned; tokens are counted as it counts them.")
@set_option
@plugin_option
def command(paths: tuple[Path, ...], model: str | None, sets: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Find everything that is wrong with PATH, a recipe or a file of data.

    Of a recipe (a YAML file, or a folder with a recipe.yaml) all mistakes are told at once: keys, options, paths, the
    order of steps. No data is read.

    Of data (a table, JSON, JSON Lines) all rows are read, and everything is told that is wrong with it as training
    data. Nothing is written.
    """
    registry = installed(plugin_files)
    looks = [_check(path, sets, registry) if _is_recipe(path) else _examine(path, model, registry) for path in paths]
    problems: list[Problem] = []
    for look in looks:
        problems += (problem for problem in look.problems if problem not in problems)
    text = "\n".join(look.text for look in looks)
    return Reply([look.result for look in looks], text, problems, exit_code=max(look.exit_code for look in looks))


def _is_recipe(path: Path) -> bool:
    return path.suffix.lower() in ("", ".yaml", ".yml") or not path.is_file()


def _check(recipe: Path, sets: tuple[str, ...], registry: Registry) -> Reply:
    from .. import api
    from ..errors import FtprepError

    try:
        plan, _ = api.make_plan(recipe, set=sets, registry=registry)
        problems, code = plan.warnings, 0
    except FtprepError as error:
        problems, code = error.problems, error.exit_code
    result = {"recipe": recipe.as_posix(), **_counts(problems)}
    return Reply(result, f"{recipe.as_posix()}: {_told(problems)}", problems, exit_code=code)


def _examine(path: Path, model: str | None, registry: Registry) -> Reply:
    from ..doctor import examine

    report = examine(path, registry, model=model)
    about = {"file": path.as_posix(), "kind": report.data.kind, "reader": report.data.reader.name}
    numbers = {"rows": report.counts["read"], "usable": report.counts["used"], "figures": report.figures}
    result = {**about, **numbers, **_counts(report.findings), "recipe": report.recipe}
    return Reply(result, "\n".join(_lines(report)), report.findings)


def _lines(report: Report) -> Iterator[str]:
    data, counts = report.data, report.counts
    why = f" ({data.proposal.why})" if data.proposal is not None else ""
    read, used = counts["read"], counts["used"]
    rows = f"{read:,} row{'s' if read != 1 else ''}, {'all' if used == read else f'{used:,}'} of them can be used"
    yield f"{data.path.as_posix()}: {data.kind} data{why}; {rows}"
    yield from (f"  {line}" for line in figure_lines(report.figures))
    yield f"  {_told(report.findings)}"


def _counts(problems: Sequence[Problem]) -> dict[str, int]:
    levels = [problem.level for problem in problems]
    return {"errors": levels.count("error"), "warnings": levels.count("warning")}


def _told(problems: Sequence[Problem]) -> str:
    counts = _counts(problems)
    told = [_count(counts["errors"], "error"), _count(counts["warnings"], "warning")]
    return ", ".join(filter(None, told)) or "nothing wrong"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n > 1 else ''}" if n else ""
