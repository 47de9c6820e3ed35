"""What stands behind a word that is completed: names of recipes, plugins and codes, and the keys of a recipe.

A key is pressed and somebody waits, so names of plugins are kept in the user's folder until another set is installed.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ..registry import Registry

CACHE = "completion.json"
"""In the state folder."""
_USE_CASE = re.compile(r"^use_case:\s*(\w+)\s*$", re.MULTILINE)
_PLAIN_KEYS = ("model=", "name=", "seed=")
_DEEPEST = 4

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def of_names(kind: str) -> Complete:
    """For names of what plugins offer: a kind of theirs, `code`, `service` (whose rules are held) or `any`."""
    return _quiet(lambda context: installed_names().get(kind, []))


def of_words(words: Sequence[str]) -> Complete:
    """For one of a few words."""
    return _quiet(lambda context: list(words))


def of_recipes() -> Complete:
    """For names of bundled recipes and use cases."""
    return _quiet(lambda context: _bundled())


def of_settings() -> Complete:
    """For `--set`: the keys of the recipe that stands on the command line."""
    return _quiet(lambda context: _settings(context))


def _quiet(names: Callable[[click.Context], list[str]]) -> Complete:
    """Completing: no word but the answer, whatever goes wrong, and none of them where nothing fits."""

    def complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        found: list[str] = []
        with (
            Path(os.devnull).open("w", encoding="utf-8", newline="") as nowhere,
            redirect_stdout(nowhere),
            redirect_stderr(nowhere),
            suppress(Exception),
        ):
            found = names(context)
        start = incomplete.casefold()
        return [CompletionItem(name) for name in found if name.casefold().startswith(start)]

    return complete


def installed_names() -> dict[str, list[str]]:
    """Kind -> names, as they were when this set of plugins was first asked."""
    from ..remote.state import state_folder

    mark, file = _mark(), None
    with suppress(Exception):
        file = state_folder(os.environ) / CACHE
        kept = json.loads(file.read_bytes())
        if kept["mark"] == mark:
            return {kind: list(names) for kind, names in kept["names"].items()}
    from ..registry import Registry

    names = names_of(Registry.installed())
    if file is not None:
        with suppress(OSError):
            beside = file.with_name(f"{CACHE}.{os.getpid()}")
            beside.write_text(json.dumps({"mark": mark, "names": names}), encoding="utf-8", newline="\n")
            beside.replace(file)
    return names


def names_of(registry: Registry) -> dict[str, list[str]]:
    """All that can be completed of what is installed."""
    from ..offers import SECTIONS

    names = {kind: registry.names(kind) for kind in SECTIONS}
    packs = {item.cls.rules_of for item in registry.all("transformer")} - {None}
    codes = [code.code for code, _ in registry.codes()]
    return {**names, "any": sorted({name for of in names.values() for name in of}), "code": codes,
            "service": sorted(packs)}  # fmt: skip


def _mark() -> list[Any]:
    """Changes with what is installed: packages, their versions, and the files that say what plugins offer."""
    from importlib.metadata import entry_points

    from .. import __version__

    points = [
        (point.name, point.value, point.dist.version if point.dist is not None else "", _changed(point.module))
        for point in entry_points(group="ftprep")
    ]
    return [__version__, sys.version, os.environ.get("FTPREP_BLOCK_PLUGINS", ""), sorted(map(list, points))]


def _changed(module: str) -> int:
    """When the file of a module was changed, in nanoseconds; it is found, not imported. 0: nobody knows."""
    import importlib.util

    with suppress(Exception):
        spec = importlib.util.find_spec(module.partition(".")[0])
        return Path(spec.origin).stat().st_mtime_ns if spec is not None and spec.origin else 0
    return 0


def _bundled() -> list[str]:
    from ..bundled import bundled_recipes

    files = sorted(bundled_recipes().glob("*/recipe.yaml"))
    cases = {case for file in files for case in _USE_CASE.findall(file.read_text(encoding="utf-8"))}
    return sorted({file.parent.name for file in files} | cases)


def _settings(context: click.Context) -> list[str]:
    """Keys with their `=`; the usual ones where there is no recipe that can be read."""
    from .. import recipe as recipes

    named = [context.params.get("recipe"), *(context.params.get("paths") or ()), *context.args]
    found = list(_PLAIN_KEYS)
    with suppress(Exception):
        path = next(Path(word) for word in named if word is not None and Path(word).exists())
        found += [f"{key}=" for key in _keys(recipes.load(path).data)]
    return list(dict.fromkeys(found))


def _keys(value: Any, above: str = "", depth: int = 0) -> Iterator[str]:
    """Paths to values, as `--set` takes them: an item of a list goes by its name."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _keys(inner, f"{above}.{name}" if above else str(name), depth + 1)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            if isinstance(item, dict):
                yield from _keys(item, above, depth)
    elif above not in ("version", ""):
        yield above
