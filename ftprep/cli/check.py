"""`ftprep check`: every mistake of a recipe, before anything is read; or all that is wrong with a file of data."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from .completing import of_names
from .fix import fix_options, wish_of
from .frame import installed, plugin_option, replying, set_option
from .progress import Progress
from .saying import Reply

if TYPE_CHECKING:
    from ..doctor.how import How
    from ..errors import Problem
    from ..registry import Registry
    from .look import Look

_GARBAGE = 200_000
"""New containers between two looks for cycles, as for a run."""


@replying(name="check")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--model", metavar="NAME", help="For data: the model to be tuned; tokens are counted as it counts them.",
    shell_complete=of_names("model"),
)  # fmt: skip
@click.option(
    "--format", "service", metavar="NAME", help="For data: the service whose rules are to be held.",
    shell_complete=of_names("service"),
)  # fmt: skip
@click.option(
    "--select",
    metavar="CODES",
    shell_complete=of_names("code"),
    multiple=True,
    help="For data: report only these codes, or codes that begin so: FT37,FT360. May be given several times.",
)
@click.option(
    "--ignore",
    metavar="CODES",
    shell_complete=of_names("code"),
    multiple=True,
    help="For data: leave these codes out. Where --select has one too, the longer beginning counts.",
)
@click.option(
    "--output",
    type=click.Choice(["text", "json", "sarif"]),
    help="How it is said: text (the default), json (the same as --json), or sarif, for CI and editors.",
)
@fix_options
@set_option
@plugin_option
@click.pass_context
def command(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    output: str | None,
    sets: tuple[str, ...],
    plugin_files: tuple[Path, ...],
    **more: Any,
) -> Reply:
    """Find everything that is wrong with PATH, a recipe or a file of data.

    Of a recipe (a YAML file, or a folder with a recipe.yaml) all mistakes are told at once: keys, options, paths, the
    order of steps. No data is read.

    Of data (a table, JSON, JSON Lines; - is standard input) all rows are read, and everything is told that is wrong
    with it as training data, by rows as an editor or a spreadsheet numbers them. Nothing is written, unless --fix is
    given: what was mended then stands beside the data as NAME_prepared.jsonl; no file is ever replaced.

    The exit code is 1 where an error is found in data, 2 where a recipe has mistakes or a file cannot be read.
    """
    from .check_data import examined
    from .check_recipe import is_recipe, planned
    from .fix import mended

    gc.set_threshold(_GARBAGE, 20, 20)
    _refuse(paths, output, as_json=context.get_parameter_source("json_") is ParameterSource.COMMANDLINE)
    registry = installed(plugin_files)
    wish = wish_of(paths, **{name: more[name] for name in ("fix", "yes", "dry_run", "recipe")})
    with ExitStack() as stack, Progress() as progress:
        how = _how(registry, progress, sets, **{name: more[name] for name in ("model", "service", "select", "ignore")})
        looks = [
            planned(path, sets, registry) if is_recipe(path) else examined(path, registry, stack, how) for path in paths
        ]
        if wish is not None:
            looks = [mended(look, registry, stack, wish, how) for look in looks]
        return _reply(looks, registry, output, stack.pop_all())


def _how(
    registry: Registry,
    progress: Progress,
    sets: tuple[str, ...],
    *,
    model: str | None,
    service: str | None,
    select: Sequence[str],
    ignore: Sequence[str],
) -> How:
    from ..doctor import How
    from .chosen import codes

    return How(
        model=model,
        format=service,
        select=tuple(codes("--select", select, registry)),
        ignore=tuple(codes("--ignore", ignore, registry)),
        set=sets,
        progress=progress.reached,
        ahead=True,
    )


def _refuse(paths: Sequence[Path], output: str | None, *, as_json: bool) -> None:
    """Raises click.UsageError for what cannot be done together."""
    if as_json and output not in (None, "json"):
        raise click.UsageError(f"--json and --output {output} exclude each other; give one of them")
    if [str(path) for path in paths].count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once; name it once")


def _reply(looks: Sequence[Look], registry: Registry, output: str | None, closing: ExitStack) -> Reply:
    data = any("file" in look.result for look in looks)
    problems: list[Problem] = list(registry.problems) if data else []  # a recipe's own plan tells them
    for look in looks:
        problems += (problem for problem in look.problems if problem not in problems)
    gap = "\n\n" if any(look.report is not None and look.report.groups for look in looks) else "\n"
    text = gap.join(filter(None, (look.text for look in looks)))
    code = max(look.exit_code for look in looks)
    reply = Reply([look.result for look in looks], text, problems, exit_code=code)
    reply.more = lambda: chain.from_iterable(look.rows() for look in looks)
    reply.closing = closing
    if output == "sarif":
        reply.written = lambda reply: _sarif(reply, looks, registry)
    return reply


def _sarif(reply: Reply, looks: Sequence[Look], registry: Registry) -> Iterator[str]:
    from .sarif import document

    reports = [look.report for look in looks if look.report is not None]
    return document(reply.problems, reports, registry.codes(), exit_code=reply.exit_code)
