"""`ftprep check`: every mistake of a recipe, before anything is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import installed, plugin_option, replying, set_option
from .saying import Reply

if TYPE_CHECKING:
    from ..errors import Problem
    from ..registry import Registry


@replying(name="check")
@click.argument("recipes", metavar="RECIPE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@set_option
@plugin_option
def command(recipes: tuple[Path, ...], sets: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Find every mistake of RECIPE, all at once: keys, options, paths, the order of steps.

    No data is read, nothing is written. RECIPE is a YAML file, or a folder with a recipe.yaml.
    """
    registry = installed(plugin_files)
    exit_code = 0
    result: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for recipe in recipes:
        found, code = _check(recipe, sets, registry)
        exit_code = max(exit_code, code)
        problems += (problem for problem in found if problem not in problems)
        levels = [problem.level for problem in found]
        result.append(
            {"recipe": recipe.as_posix(), "errors": levels.count("error"), "warnings": levels.count("warning")}
        )
    return Reply(result, "\n".join(map(_line, result)), problems, exit_code=exit_code)


def _check(recipe: Path, sets: tuple[str, ...], registry: Registry) -> tuple[tuple[Problem, ...], int]:
    from .. import api
    from ..errors import FtprepError

    try:
        plan, _ = api.make_plan(recipe, set=sets, registry=registry)
    except FtprepError as error:
        return error.problems, error.exit_code
    return plan.warnings, 0


def _line(found: dict[str, Any]) -> str:
    counts = [_count(found["errors"], "error"), _count(found["warnings"], "warning")]
    return f"{found['recipe']}: {', '.join(filter(None, counts)) or 'nothing wrong'}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n > 1 else ''}" if n else ""
