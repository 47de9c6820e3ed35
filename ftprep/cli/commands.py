"""The commands there are, and groups of them. A command's module is imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from .. import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "check": "Find all that is wrong with a recipe, or a file of data.",
    "compare": "Ask models the held-out rows, and compare the answers.",
    "completion": "Print what makes a shell complete ftprep's commands.",
    "convert": "Write a training file in another format, and tell what is lost.",
    "diff": "Tell what differs between two runs.",
    "doctor": "Tell what is installed here, and what is wrong with it.",
    "explain": "Tell what a recipe does, or where a written line comes from.",
    "generate": "Ask a model for the columns that it writes.",
    "init": "Look at a file of data and write a recipe for it.",
    "jobs": "List, follow, stop and judge the trainings that were started.",
    "plugins": "List and explain what is installed; check and write plugins.",
    "preview": "Follow some rows through every step; nothing is written.",
    "prompt": "Print what inference must send.",
    "recipes": "List the bundled recipes, and copy one to start from.",
    "remote": "List and delete files and models at a service.",
    "report": "Build the page of a run again, with trainings and comparisons.",
    "rule": "Tell what the code of a problem means, and what to do.",
    "run": "Run a recipe: read, transform, check, split, write.",
    "sample": "Ask a model, just as it was trained to be asked.",
    "schema": "Print the JSON Schema of recipes, for editors.",
    "testing-server": "Serve a stand-in for a service on this machine.",
    "upload": "Send training files and start a job, after a question.",
}
"""Name -> what it does, in a line: `ftprep --help` imports none of them."""


_HELP = """Raw data in, fine-tuning data out.

\b
To begin:
  ftprep recipes copy chatbot
  ftprep run chatbot/recipe.yaml
"""  # after a \b, click keeps the lines as they are


class Group(click.Group):
    """A group of commands that answers a wrong one with what was probably meant."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that is named, and the arguments that are left for it. Raises click.UsageError."""
        name = args[0] if args and not ctx.resilient_parsing else ""  # a shell that completes is told nothing
        if name and not name.startswith("-") and name not in self.list_commands(ctx):
            raise click.UsageError(f"no command '{name}'; {self._meant(ctx, name)}", ctx)
        return super().resolve_command(ctx, args)

    def _meant(self, ctx: click.Context, name: str) -> str:
        from ..errors import did_you_mean

        if ctx.parent is None and (name.endswith((".yaml", ".yml")) or Path(name).is_file()):
            return f"did you mean 'ftprep run {name}'?"
        return did_you_mean(name, self.list_commands(ctx), otherwise="there are")


class LazyGroup(Group):
    """The group at the top: it knows its commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f".{cmd_name.replace('-', '_')}", __package__).command
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, without importing them."""
        from click.shell_completion import CompletionItem

        options = super(click.Group, self).shell_complete(ctx, incomplete)
        named = (name for name in self.list_commands(ctx) if name.startswith(incomplete))
        return [*(CompletionItem(name, help=COMMANDS[name]) for name in named), *options]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyGroup, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="ftprep %(version)s", help="Print the version and leave.")
def cli() -> None:
    """The program itself."""


def usage_of(error: click.UsageError, arguments: Sequence[str]) -> tuple[str, str]:
    """What is wrong with the command line, and what to do: two texts."""
    command = error.ctx.command_path if error.ctx is not None else _command(arguments)
    message, hint = _said(error)
    return f"{command}: {message}", hint or f"see '{command} --help'"


def _command(arguments: Sequence[str]) -> str:
    words, found = ["ftprep"], cast("click.Command | None", cli)
    for word in arguments:
        found = found.get_command(click.Context(found), word) if isinstance(found, click.Group) else None
        if found is None:
            break
        words.append(word)
    return " ".join(words)


def _said(error: click.UsageError) -> tuple[str, str]:
    if isinstance(error, click.NoSuchOption):
        return f"no option '{error.option_name}'", _option_meant(error)
    if isinstance(error, click.MissingParameter) and error.param is not None and error.ctx is not None:
        return f"{error.param.make_metavar(error.ctx)} is missing", ""
    if isinstance(error, click.BadParameter) and error.param is not None:
        return f"{error.param.opts[0]}: {_lowered(error.message)}", ""
    message, _, hint = error.format_message().partition("; ")
    return _lowered(message), hint


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


def _option_meant(error: click.NoSuchOption) -> str:
    from ..errors import nearest

    if error.ctx is None:
        return ""
    if error.option_name == "--json":
        return "write it after the command"
    known = [name for param in error.ctx.command.get_params(error.ctx) for name in _long(param)]
    near = nearest(error.option_name, known)
    return f"did you mean '{near}'?" if near else ""


def _long(param: click.Parameter) -> Sequence[str]:
    return [name for name in param.opts if name.startswith("--")] if isinstance(param, click.Option) else ()
