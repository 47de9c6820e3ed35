"""Finding plugins: entry points and local files, imported one at a time so that a broken one is named and left out."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import msgspec

from .errors import PluginError, Problem, RecipeError
from .hookspecs import FTPREP_API

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

GROUP = "ftprep"
"""The entry-point group that plugins stand in."""


class Origin(msgspec.Struct, frozen=True):
    """Who a plugin is, as messages name it: `plugin 'shout' (ftprep-shout 1.2)`. A local file is its own `dist`."""

    plugin: str
    dist: str = ""
    version: str = ""

    @property
    def package(self) -> str:
        """Distribution and version; empty where neither is known."""
        return f"{self.dist} {self.version}".strip()

    @property
    def remedy(self) -> str:
        """What a user can do about a plugin that is broken."""
        if self.dist.endswith(".py"):
            return f"correct {self.dist}"
        if self.dist == "ftprep":
            return "reinstall ftprep"
        return f"update or uninstall {self.dist or 'the package it came with'}"

    def __str__(self) -> str:
        return f"plugin '{self.plugin}' ({self.package})" if self.package else f"plugin '{self.plugin}'"

    def fault(self, code: str, why: str, hint: str = "") -> Problem:
        """The line that says why it cannot be used. Without a hint, what a user can do."""
        message = f"{self} cannot be used: {why}"
        return Problem(code=code, message=message, hint=hint or self.remedy, plugin=self.plugin)


def entry_points() -> Iterable[EntryPoint]:
    """All plugins that are installed here. One walk over the distributions, about half a millisecond for each."""
    import importlib.metadata

    return importlib.metadata.entry_points(group=GROUP)


def by_name(points: Iterable[EntryPoint]) -> list[tuple[str, list[EntryPoint]]]:
    """The entry points of each name, in name order: what is loaded never depends on the order of installation."""
    groups: dict[str, list[EntryPoint]] = {}
    for point in points:
        groups.setdefault(point.name, []).append(point)
    return sorted(groups.items())


def load(points: list[EntryPoint]) -> tuple[Origin, object]:
    """Imports the plugin that these entry points (of one name) name. Raises PluginError, saying who is broken and why.

    Two packages with one name are both refused: which of them is meant would depend on what was installed first.
    """
    origins = [_origin(point) for point in points]
    if len(points) > 1:
        raise PluginError(_taken_twice(origins))
    origin, point = origins[0], points[0]
    with guarded(origin, missing=lambda error: _missing(error, origin, point)):
        plugin: object = point.load()
        number = getattr(sys.modules.get(point.module), "FTPREP_API", None)
    _check_api(origin, number)
    return origin, plugin


def load_file(path: Path) -> tuple[Origin, ModuleType]:
    """Imports a local plugin, called like its file. Raises RecipeError where there is none, PluginError if broken."""
    if path.suffix != ".py" or not path.is_file():
        raise RecipeError(f"--plugin {path.as_posix()}: no such Python file", hint="give the path of a .py file")
    origin = Origin(path.stem, path.as_posix())
    name = f"ftprep_local_{path.stem}"  # never the bare stem: json.py must not hide the standard library's
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # before it runs: pydantic and pickle look classes up by their module
    try:
        with guarded(origin, missing=lambda error: _missing(error, origin, None)):
            spec.loader.exec_module(module)
        _check_api(origin, vars(module).get("FTPREP_API"))
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return origin, module


@contextmanager
def guarded(
    origin: Origin, during: str = "", missing: Callable[[BaseException], str] | None = None, code: str = "FT401"
) -> Iterator[None]:
    """For code of a plugin: what it prints goes to stderr (stdout carries results), and whatever it raises, SystemExit
    too, becomes a PluginError that names it. `missing` may give the hint for an ImportError.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        hint = missing(error) if missing and isinstance(error, ImportError) else ""
        raise PluginError(origin.fault(code, during + one_line(error), hint)) from error


def one_line(error: BaseException) -> str:
    """The class of an error and what it says, on one line of bounded length."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300].rstrip(": ")


def _origin(point: EntryPoint) -> Origin:
    return Origin(point.name, *(_package(point.dist) if point.dist else ()))


@lru_cache  # each look at a distribution's metadata parses it again, and one may have many plugins
def _package(dist: Distribution) -> tuple[str, str]:
    try:
        return dist.name or "", dist.version or ""
    except Exception:  # metadata that is damaged must not hide what is wrong with the plugin, or stop the others
        return "", ""


def _taken_twice(origins: list[Origin]) -> Problem:
    packages = sorted({origin.package or "an unknown package" for origin in origins})
    name = origins[0].plugin
    if len(packages) == 1:
        message = f"plugin '{name}' cannot be used: {packages[0]} lists it twice"
        return Problem(code="FT404", message=message, hint=origins[0].remedy, plugin=name)
    message = f"plugin '{name}' cannot be used: two packages have this name for a plugin, {' and '.join(packages)}"
    return Problem(code="FT404", message=message, hint="uninstall one of them", plugin=name)


def _check_api(origin: Origin, number: object) -> None:
    if type(number) is int and number == FTPREP_API:
        return
    if number is None:
        why, hint = (
            "it does not say which FTPREP_API it is made for",
            f"put 'FTPREP_API = {FTPREP_API}' into its module",
        )
    else:
        why, hint = f"it is made for FTPREP_API {number!r}", ""
        if type(number) is int and number > FTPREP_API:
            hint = f"update ftprep, or uninstall {origin.dist or origin.plugin}"
    raise PluginError(origin.fault("FT402", f"{why}, and this ftprep has {FTPREP_API}", hint))


def _missing(error: BaseException, origin: Origin, point: EntryPoint | None) -> str:
    """The hint for an ImportError: a pip line, where a package of somebody else is not there."""
    module = (getattr(error, "name", None) or "").partition(".")[0]
    if module == "ftprep" and origin.dist != "ftprep":
        return f"it is made for another version of ftprep: update ftprep or {origin.dist or 'the plugin'}"
    own = point.module.partition(".")[0] if point else ""
    if not isinstance(error, ModuleNotFoundError) or module in ("", "ftprep", own):
        return ""
    for requirement in (point.dist.requires if point and point.dist else None) or ():
        name = re.match(r"[\w.-]+", requirement)
        if name and _normal(name[0]) == _normal(module):
            return f"pip install {name[0]}"
    return f"install the package that has the module '{module}' (often: pip install {module})"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
