"""`ftprep rule`: what the code of a problem means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .completing import of_names
from .frame import installed, plugin_option, replying
from .saying import Reply

if TYPE_CHECKING:
    from ..codes import Code


@replying(name="rule")
@click.argument("code", shell_complete=of_names("code"))
@plugin_option
def command(code: str, plugin_files: tuple[Path, ...]) -> Reply:
    """Tell what CODE means and what to do about it, such as FT312, with a file that has it and one that has not.

    'ftprep check' shows the codes, and the docs list them all.
    """
    from ..errors import RecipeError, did_you_mean

    registry = installed(plugin_files)
    known = {found.code: (found, owner) for found, owner in registry.codes()}
    if code.upper() not in known:
        raise RecipeError(f"no problem has the code '{code}'", hint=did_you_mean(code.upper(), list(known)))
    found, owner = known[code.upper()]
    result = {"code": found.code, "level": found.level, "plugin": owner or None, "meaning": found.meaning}
    example = {"example": found.example, "fails": found.fails, "passes": found.passes, "asks": found.asks}
    return Reply(
        {**result, "remedy": found.remedy, **example}, "\n".join(_lines(found, owner)), problems=registry.problems
    )


def _lines(found: Code, owner: str) -> Iterator[str]:
    origin = f", of the plugin '{owner}'" if owner else ""
    yield f"{found.code}: {found.level}{origin}\n\n{found.meaning}\n{found.remedy}"
    if found.example:
        yield f"\nAn example: {found.example}"
    recipe = "" if found.asks.startswith("--") else found.asks
    if found.asks and not recipe:
        yield f"\nIt is found with {found.asks}."
    texts = (("It is found by a recipe with:", recipe), ("A file that has it:", found.fails))
    for title, text in (*texts, ("The same without it:", found.passes)):
        if text:
            yield f"\n{title}\n"
            yield from (f"  {line}" for line in text.splitlines())
