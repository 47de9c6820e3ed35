"""`ftprep rule`: what the code of a problem means."""

from __future__ import annotations

from pathlib import Path

import click

from .frame import installed, plugin_option, replying
from .saying import Reply


@replying(name="rule")
@click.argument("code")
@plugin_option
def command(code: str, plugin_files: tuple[Path, ...]) -> Reply:
    """Tell what CODE means and what to do about it, such as FT312.

    The codes of problems are shown by --json, and listed in the docs.
    """
    from ..errors import RecipeError, did_you_mean

    registry = installed(plugin_files)
    known = {found.code: (found, owner) for found, owner in registry.codes()}
    if code.upper() not in known:
        raise RecipeError(f"no problem has the code '{code}'", hint=did_you_mean(code.upper(), list(known)))
    found, owner = known[code.upper()]
    result = {"code": found.code, "level": found.level, "plugin": owner or None, "meaning": found.meaning}
    origin = f", of the plugin '{owner}'" if owner else ""
    text = f"{found.code}: {found.level}{origin}\n\n{found.meaning}\n{found.remedy}"
    return Reply({**result, "remedy": found.remedy}, text, registry.problems)
