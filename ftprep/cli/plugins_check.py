"""`ftprep plugins check`: holds plugins to the rules of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .frame import installed, plugin_option, replying
from .saying import Reply
from .table import table

if TYPE_CHECKING:
    from ..errors import Problem
    from ..registry import Registry
    from ..testing.plugin import Looked


@replying(name="check", short_help="Hold plugins to the rules of the contract.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@plugin_option
def check(names: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Look at plugins: that they load, quickly and quietly, and that what they offer keeps the rules.

    NAME is a plugin's, as 'ftprep plugins list --json' shows it; without one, those of --plugin FILE are looked at, or
    else all that did not come with ftprep. A step that needs options is tried in its plugin's own tests, with
    ftprep.testing; here only its options are read.
    """
    from ..testing.plugin import PluginCase, examine

    registry = installed(plugin_files)
    files = {path.stem: path for path in plugin_files}
    found: dict[str, list[Looked]] = {}
    problems = []
    for name in names or files or _strangers(registry):
        if broken := _unusable(name, registry):
            problems += broken
            continue
        found[name] = list(examine(PluginCase(name, registry, files.get(name))))
        problems += _problems(name, found[name], registry)
    result = [_told(name, one) for name, looked in found.items() for one in looked]
    none = "" if problems else "no plugin is installed beside those that come with ftprep"
    text = "\n".join(_lines(found)) or none
    return Reply(result, text, problems, exit_code=4 if problems else 0)


def _strangers(registry: Registry) -> list[str]:
    broken = [problem.plugin for problem in registry.problems if problem.plugin]
    return sorted({*broken, *(item.plugin for item in registry.all() if item.dist != "ftprep")})


def _unusable(name: str, registry: Registry) -> list[Problem]:
    """Why a plugin could not be loaded. Raises RecipeError for a name that nothing installed has."""
    import msgspec

    from ..errors import RecipeError, did_you_mean

    known = {item.plugin for item in registry.all()}
    broken = [msgspec.structs.replace(p, level="error") for p in registry.problems if p.plugin == name]
    if not broken and name not in known:
        raise RecipeError(f"no plugin '{name}' is installed", hint=did_you_mean(name, sorted(known)))
    return broken


def _problems(name: str, looked: Iterable[Looked], registry: Registry) -> Iterator[Problem]:
    from ..errors import Problem
    from ..testing import RULES

    dists = [f"{item.dist} {item.version}".strip() for item in registry.all() if item.plugin == name]
    origin = f" ({dists[0]})" if dists else ""
    for one in looked:
        what = f": {one.item.kind} '{one.item.name}'" if one.item is not None else ""
        for rule, places in one.broken.places.items() if one.broken is not None else ():
            text = f"plugin '{name}'{origin}{what} breaks the rule '{rule}': {places[0]}"
            yield Problem(code="FT410", message=text, hint=RULES[rule].text, plugin=name)


def _told(name: str, one: Looked) -> dict[str, Any]:
    about = {"kind": one.item.kind, "name": one.item.name} if one.item is not None else {"kind": "plugin", "name": name}
    broken = one.broken.places if one.broken is not None else {}
    return {"plugin": name, **about, "tried": "whole" if one.whole else "options", "broken": broken}


def _lines(found: dict[str, list[Looked]]) -> Iterator[str]:
    for name, looked in found.items():
        yield f"plugin {name}"
        rows = [(one.item.kind, one.item.name, _verdict(one)) for one in looked if one.item is not None]
        yield from table(rows, indent="  ") if rows else ()


def _verdict(one: Looked) -> str:
    if one.broken is not None:
        return f"breaks {', '.join(one.broken.rules)}"
    return "keeps the rules" if one.whole else "its options keep the rules; it needs samples of its own to be run"
