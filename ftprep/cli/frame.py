"""What all commands share: the common options, and the way from what they return to what is said."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .commands import COMMANDS
from .completing import of_settings
from .saying import Reply, shown

if TYPE_CHECKING:
    from ..errors import Problem
    from ..registry import Registry


class Count(click.types.IntParamType):
    """A whole number from 1, of rows or examples."""

    name = "count"

    def __init__(self, most: int | None = None):
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; fails in words."""
        wanted = "a whole number from 1" + (f" to {self.most}" if self.most is not None else "")
        try:
            number = int(value)
        except ValueError:
            self.fail(f"'{value}' is not {wanted}", param, ctx)
        if number < 1 or (self.most is not None and number > self.most):
            self.fail(f"{value} is not {wanted}", param, ctx)
        return number


_META = "ftprep.cli"
"""Where a command's context keeps whether `--json` was given, and what is to be said in that document."""


def _keep_json(context: click.Context, option: click.Parameter, value: bool) -> bool:
    context.meta[_META] = [] if value else None
    return value


json_option = click.Option(
    ["--json", "json_"],
    is_flag=True,
    expose_value=False,
    callback=_keep_json,
    help="Print one JSON document on stdout, on errors too.",
)
plugin_option = click.option(
    "--plugin",
    "plugin_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Load a local .py plugin too; its code is run. May be given several times.",
)
set_option = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    shell_complete=of_settings(),
    help="Change a value of the recipe, such as transform.window.context=3. May be given several times.",
)
recipe_argument = click.argument("recipe", type=click.Path(path_type=Path))


def wants_json() -> bool:
    """Whether the result is to be one JSON document: then nothing else is said on the way."""
    return click.get_current_context().meta.get(_META) is not None


def tell_now(*problems: Problem) -> None:
    """Says what people should know before the command goes on; with `--json` it stands in the document."""
    kept = click.get_current_context().meta.get(_META)
    if kept is not None:
        kept += problems
        return
    for problem in problems:
        print(shown(problem), file=sys.stderr, flush=True)


def replying(**settings: Any) -> Callable[[Callable[..., Reply]], click.Command]:
    """A click command that returns a Reply, and knows `--json`."""

    def wrap(function: Callable[..., Reply]) -> click.Command:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Reply:
            return _answer(functools.partial(function, *args, **kwargs))

        made: click.Command = click.command(**{"short_help": COMMANDS.get(settings["name"]), **settings})(call)
        made.params.append(json_option)
        return made

    return wrap


def _answer(call: Callable[[], Reply]) -> Reply:
    """The reply. What click, or Python, would take for its own in what a plugin raises, gets another name."""
    from ..errors import FtprepError
    from .overheard import overhearing

    try:
        with overhearing() as heard:
            reply = call()
        told = click.get_current_context().meta.get(_META) or ()
        reply.problems += (*told, *heard.problems())
        return reply
    except FtprepError as error:
        error.problems = (*heard.problems(), *error.problems)
        raise
    except (SystemExit, GeneratorExit, click.exceptions.Exit, click.Abort, EOFError, BrokenPipeError) as error:
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


def installed(plugin_files: Sequence[Path] = ()) -> Registry:
    """The plugins installed here, with local files."""
    from ..registry import Registry

    return Registry.installed(files=plugin_files)
