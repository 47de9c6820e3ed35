"""`ftprep plugins new`: a project to begin a plugin with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from ..scaffold import KINDS
from .frame import installed, replying
from .saying import Reply


@replying(name="new", short_help="Write a project to begin a plugin with.")
@click.argument("name")
@click.option(
    "--kind",
    required=True,
    metavar="KIND",
    type=click.Choice(list(KINDS)),
    help=f"What the plugin is to offer: {', '.join(KINDS)}.",
)
@click.option(
    "--out", metavar="DIR", type=click.Path(path_type=Path), help="The folder to write (default: ftprep-NAME, here)."
)
def new(name: str, kind: str, out: Path | None) -> Reply:
    """Write a project for a plugin that offers one thing, NAME: code, tests, a demo recipe with data, a CI file.

    It works as it is: install it, run its tests, and change it into what you want. A gather makes one example of many
    rows, a map changes or drops single examples, a select keeps some of each key; all three stand under 'transform:'.
    """
    from ..scaffold.project import new_project

    files = new_project(name, kind, installed(), out)
    return Reply([path.as_posix() for path in files], "\n".join(_next(name, kind, files)))


def _next(name: str, kind: str, files: list[Path]) -> list[str]:
    folder = next(path.parent for path in files if path.name == "pyproject.toml")
    return [
        f"{folder.as_posix()}: the {kind} '{name}' in a project of {len(files)} files; now type:",
        f"  cd {shlex.quote(folder.as_posix())}",
        "  python -m pip install -e '.[dev]'",
        "  python -m pytest",
        "  ftprep run recipes/demo/recipe.yaml",
        f"  ftprep plugins check {name}",
    ]
