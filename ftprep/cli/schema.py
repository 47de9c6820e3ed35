"""`ftprep schema`: the JSON Schema of recipes."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .frame import installed, plugin_option, replying
from .saying import Reply

_BEGIN = """\
begin a recipe beside it with one of these lines (one that lies elsewhere: with the path from there):
  # yaml-language-server: $schema={name}
  # $schema: {name}
The first is for VS Code and all editors with the YAML language server, the second for JetBrains."""


@replying(name="schema")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write it to a file, not to stdout."
)
@plugin_option
def command(output: Path | None, plugin_files: tuple[Path, ...]) -> Reply:
    """Print the JSON Schema of recipes, for the plugins installed here.

    Editors complete and check recipes with it. For those that use the YAML language server, write it to a file and
    begin the recipe with '# yaml-language-server: $schema=FILE'.
    """
    from ..schema import json_schema
    from ..split import SplitRule

    registry = installed(plugin_files)
    kinds = ("reader", "transformer", "check", "writer", "uploader")
    schema = json_schema({f"{kind}s": [entry.cls for entry in registry.all(kind)] for kind in kinds}, SplitRule)
    text = json.dumps(schema, indent=2)
    if output is None:
        return Reply(schema, text, registry.problems)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text + "\n", encoding="utf-8", newline="\n")
    said = f"wrote {output.as_posix()}\n{_BEGIN.format(name=output.name)}"
    return Reply({"file": output.as_posix()}, said, registry.problems)
