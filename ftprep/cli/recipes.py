"""`ftprep recipes`: the bundled recipes."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from .commands import Group
from .completing import of_recipes
from .frame import replying
from .saying import Reply
from .table import table


@click.group(name="recipes", cls=Group)
def command() -> None:
    """List the bundled recipes, and copy one to start from."""


@replying(name="list", short_help="List the bundled recipes.")
def list_() -> Reply:
    """List the bundled recipes: name, use case, what each is for."""
    from .. import api

    found = api.list_recipes()
    rows = [(entry["name"], entry["use_case"], entry["description"]) for entry in found]
    return Reply(found, "\n".join(table(rows)) or "no recipe is bundled")


@replying(name="copy", short_help="Copy a bundled recipe with its sample data.")
@click.argument("name", shell_complete=of_recipes())
@click.option(
    "--to", metavar="DIR", type=click.Path(path_type=Path), help="The folder to copy into (default: where you stand)."
)
def copy(name: str, to: Path | None) -> Reply:
    """Copy the bundled recipe NAME with its sample data; for a use case, all of its recipes.

    Each becomes a folder of its own name. One that is there already is not touched.
    """
    from .. import api

    targets = [target.as_posix() for target in api.copy_recipe(name, to)]
    lines = [f"{target}: run it with: ftprep run {shlex.quote(f'{target}/recipe.yaml')}" for target in targets]
    return Reply(targets, "\n".join(lines))


command.add_command(list_)
command.add_command(copy)
