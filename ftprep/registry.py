"""What is installed: every reader, transformer, check, writer, ... with the plugin and the package it came from.

A `Registry` is made and passed on; there is no global one. A plugin is taken whole or not at all, and one that is
broken is a line in `problems`, never a reason to stop.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pluggy

from . import hookspecs, plugins
from .codes import CORE, Code
from .errors import PluginError, Problem, RecipeError, did_you_mean
from .offers import HOOKS, SECTIONS, Registered, hook_faults, offers
from .plugins import Origin, guarded
from .rowrules import ROW_CODES
from .steps import ModelFacts

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["Registered", "Registry"]

_BLOCKED = "blocked by FTPREP_BLOCK_PLUGINS"


class Registry:
    """All that plugins offer, found by kind and name."""

    def __init__(self) -> None:
        """An empty one; `installed()` fills it, `add` adds to it."""
        self.problems: list[Problem] = []
        """Plugins that were skipped, and why: warnings, a line each."""
        self._manager = pluggy.PluginManager("ftprep")
        self._manager.add_hookspecs(hookspecs)
        self._offers: dict[tuple[str, str], list[Registered]] = {}
        self._plugins: dict[str, Origin] = {}
        self._blocked: list[str] = []

    @classmethod
    def installed(
        cls,
        *,
        block: str | None = None,
        files: Sequence[Path] = (),
        entry_points: Iterable[EntryPoint] | None = None,
    ) -> Registry:
        """Every installed plugin that works, and the local `files` the user named.

        `block`: names of installed plugins with commas between them, or `ALL`; they are not even imported. Default:
        the variable FTPREP_BLOCK_PLUGINS. Raises PluginError or RecipeError for a broken file: it was asked for.
        """
        registry = cls()
        listed = os.environ.get("FTPREP_BLOCK_PLUGINS", "") if block is None else block
        blocked = {name.strip() for name in listed.split(",")}
        for name, points in plugins.by_name(plugins.entry_points() if entry_points is None else entry_points):
            if name in blocked or "ALL" in blocked:
                registry._blocked.append(name)
                continue
            try:
                registry._add(*plugins.load(points))
            except PluginError as error:
                registry.problems += (msgspec.structs.replace(p, level="warning") for p in error.problems)
        for path in files:
            registry._add(*plugins.load_file(path))
        return registry

    def add(self, module: object, *, plugin: str, dist: str = "", version: str = "") -> None:
        """Adds a module, or any object that has hook implementations. Raises PluginError with all that is wrong.

        It needs no FTPREP_API: that is for code that was written for some other version of ftprep.
        """
        self._add(Origin(plugin, dist, version), module)

    def all(self, kind: str | None = None) -> list[Registered]:
        """What there is (of one kind), by kind, name and plugin."""
        found = (item for items in self._offers.values() for item in items if kind in (None, item.kind))
        return sorted(found, key=lambda item: (item.kind, item.name, item.plugin))

    def names(self, kind: str) -> list[str]:
        """The names a recipe can use: `plugin/name` where two plugins have the same one."""
        shared = {key for key, items in self._offers.items() if len(items) > 1}
        return [item.qualified if (kind, item.name) in shared else item.name for item in self.all(kind)]

    def models(self) -> list[ModelFacts]:
        """The facts of all models."""
        return [item.cls for item in self.all("model")]

    def codes(self) -> list[tuple[Code, str]]:
        """All codes of problems that ftprep and its plugins may give, in order, each with its plugin (ours: empty)."""
        found = dict.fromkeys((*CORE, *ROW_CODES), "")
        for item in self.all():
            for code in getattr(item.cls, "problem_codes", ()):
                found.setdefault(code, item.plugin)
        return sorted(found.items(), key=lambda pair: pair[0].code)

    def get(self, kind: str, name: str) -> Registered:
        """The one that a recipe calls `name` or `plugin/name`.

        Raises RecipeError: unknown, claimed by two plugins, or blocked. PluginError: its plugin is broken.
        """
        found = self._offers.get((kind, name), [])
        plugin, slash, bare = name.partition("/")
        if not found and slash:
            found = [item for item in self._offers.get((kind, bare), []) if item.plugin == plugin]
        if len(found) == 1:
            return found[0]
        if found:
            who = " and ".join(str(self._plugins[item.plugin]) for item in found)
            ways = " or ".join(f"'{item.qualified}'" for item in found)
            raise RecipeError(f"{kind} '{name}' is claimed by {who}", hint=f"write {ways}")
        self._refuse_absent_plugin(kind, name)
        if slash and plugin in self._plugins:
            mine = [item.qualified for item in self.all(kind) if item.plugin == plugin]
            hint = self._other_kind(bare, plugin) or did_you_mean(name, mine)
            raise RecipeError(f"{self._plugins[plugin]} has no {kind} '{bare}'", hint=hint)
        raise RecipeError(f"unknown {kind} '{name}'", hint=self._hint(kind, name))

    def _refuse_absent_plugin(self, kind: str, name: str) -> None:
        """For `plugin/name`, or a thing called like its plugin, where that plugin is blocked or broken."""
        plugin = name.partition("/")[0]
        what = f"{kind} '{name}' cannot be had: "
        broken = [problem for problem in self.problems if problem.plugin == plugin]
        if broken:
            raise PluginError(*(msgspec.structs.replace(p, level="error", message=what + p.message) for p in broken))
        if plugin in self._blocked:
            raise RecipeError(f"{what}plugin '{plugin}' is {_BLOCKED}", hint=f"take '{plugin}' out of it")

    def _hint(self, kind: str, name: str) -> str:
        if other := self._other_kind(name):
            return other
        absent = {"cannot be used": dict.fromkeys(p.plugin or "" for p in self.problems), _BLOCKED: self._blocked}
        texts = [f"{why}: {', '.join(names)}" for why, names in absent.items() if names]
        hint = did_you_mean(name, self.names(kind))
        return f"{hint} (plugins not loaded: {'; '.join(texts)})" if texts else hint

    def _other_kind(self, name: str, plugin: str | None = None) -> str:
        for item in self.all():
            if item.name == name and plugin in (None, item.plugin):
                section = SECTIONS[item.kind]
                return f"'{name}' is a {item.kind}" + (f"; put it under {section}:" if section else "")
        return ""

    def _add(self, origin: Origin, plugin: object) -> None:
        if other := self._plugins.get(origin.plugin):
            raise PluginError(origin.fault("FT404", f"there is {other} already", "give it another name"))
        try:
            returned = [(hook, _call(origin, hook, impl)) for hook, impl in self._register(origin, plugin)]
            offered = offers(origin, returned)
        except PluginError:
            if self._manager.has_plugin(origin.plugin):
                self._manager.unregister(name=origin.plugin)
            raise
        self._plugins[origin.plugin] = origin
        for item in offered:
            self._offers.setdefault((item.kind, item.name), []).append(item)

    def _register(self, origin: Origin, plugin: object) -> list[tuple[str, pluggy.HookImpl]]:
        """Its hooks. pluggy looks at their signatures; unknown and unmarked ones are found here, all at once."""
        try:
            self._manager.register(plugin, origin.plugin)
        except pluggy.PluginValidationError as error:
            why = ", ".join(str(error).splitlines()[1:])
            raise PluginError(origin.fault("FT403", why, "hooks take no arguments")) from error
        except ValueError as error:
            raise PluginError(origin.fault("FT404", "its module is another plugin already")) from error
        callers = self._manager.get_hookcallers(plugin) or []
        hooks = [(call.name, impl) for call in callers for impl in call.get_hookimpls() if impl.plugin is plugin]
        names = {name: True for name, impl in hooks if not (impl.optionalhook and name not in HOOKS)}
        if faults := list(hook_faults(names | self._unmarked(plugin))):
            raise PluginError(*(origin.fault("FT403", why, hint) for why, hint in faults))
        return [(name, impl) for name, impl in hooks if name in HOOKS]

    def _unmarked(self, plugin: object) -> dict[str, bool]:
        """Functions that are called like a hook and carry no marker: pluggy would pass them over without a word."""
        named = [name for name in dir(plugin) if name.startswith("ftprep_")]
        functions = [name for name in named if inspect.isroutine(inspect.getattr_static(plugin, name))]
        return {name: False for name in functions if self._manager.parse_hookimpl_opts(plugin, name) is None}


def _call(origin: Origin, hook: str, impl: pluggy.HookImpl) -> object:
    """What one hook returns. One by one: pluggy's own call stops at the first that fails, and does not say whose."""
    with guarded(origin, f"{hook} raised ", code="FT405"):
        return impl.function()
