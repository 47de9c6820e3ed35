"""Looking at a whole plugin: that it loads, quickly and quietly, and that each thing it offers keeps the contract."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ..codes import Code
from ..offers import Registered
from ..registry import Registry
from ..rowrules import ROW_CODES
from ..steps import Check, Map, ModelFacts, Select, Tokenizer, Uploader, Writer
from .rules import Broken, judge, rule, short
from .trying import attempt

MANY = 30
"""Modules of one package that make it heavy: small libraries have fewer, data frames and clients have hundreds."""

_PROBE = """
import contextlib, io, json, sys
from importlib.metadata import entry_points
from pathlib import Path
from ftprep.registry import Registry
kind, name = sys.argv[1:3]
said, before = io.StringIO(), set(sys.modules)
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    points = [point for point in entry_points(group="ftprep") if kind == "name" and point.name == name]
    files = [Path(name)] if kind == "file" else []
    Registry.installed(block="", entry_points=points, files=files)
print(json.dumps({"new": sorted(set(sys.modules) - before), "said": said.getvalue()}))
"""


class PluginCase:
    """A plugin that is installed here, or a local file."""

    def __init__(self, name: str, registry: Registry, file: Path | None = None):
        self.name, self.registry, self.file = name, registry, file

    @property
    def offers(self) -> list[Registered]:
        """What it registered."""
        return [item for item in self.registry.all() if item.plugin == self.name]

    @cached_property
    def start(self) -> dict[str, Any]:
        """What its import brings along and says, in an interpreter of its own."""
        which = ("name", self.name) if self.file is None else ("file", str(self.file))
        env = {**os.environ, "FTPREP_BLOCK_PLUGINS": ""}
        line = [sys.executable, "-c", _PROBE, *which]
        try:
            found: dict[str, Any] = json.loads(subprocess.check_output(line, env=env, stderr=subprocess.STDOUT))
        except subprocess.CalledProcessError as error:
            return {"new": [], "said": error.output.decode("utf-8", "replace")}
        return found


@rule("plugin")
def loads(case: PluginCase) -> Iterator[str]:
    """It is installed, imports, and offers something."""
    problems = [str(problem) for problem in case.registry.problems if problem.plugin == case.name]
    yield from problems
    if not problems and not case.offers:
        names = sorted({item.plugin for item in case.registry.all()})
        yield f"no plugin '{case.name}' offers anything; installed are: {', '.join(names) or 'none'}"


@rule("plugin")
def imports_lightly(case: PluginCase) -> Iterator[str]:
    """Importing it imports no heavy package: `ftprep --help` imports every plugin."""
    packages = Counter(name.partition(".")[0] for name in case.start["new"])
    for name, count in packages.items():
        if count > MANY and name not in sys.stdlib_module_names and name not in ("ftprep", "pydantic"):
            yield f"it imports {name} ({count} modules)"


@rule("plugin")
def imports_quietly(case: PluginCase) -> Iterator[str]:
    """Importing it prints nothing."""
    if case.start["said"]:
        yield f"it printed {short(case.start['said'])}"


@rule("plugin")
def own_codes(case: PluginCase) -> Iterator[str]:
    """Codes of problems are capitals, not FT, and a number; they say what they mean and what to do, and no other plugin
    has them."""
    others = {
        code.code: item.plugin for item in case.registry.all() if item.plugin != case.name for code in _codes(item)
    }
    for code in {code: None for item in case.offers for code in _codes(item)}:
        if not re.fullmatch(r"[A-Z]+\d+", code.code):
            yield f"{code.code} is not capitals and a number"
        if re.match(r"FT\d", code.code) and {item.dist for item in case.offers} != {"ftprep"}:
            yield f"{code.code} has the prefix of ftprep's own codes"
        if not (code.meaning.strip() and code.remedy.strip()):
            yield f"{code.code} does not say what it means and what to do"
        if code.code in others:
            yield f"{code.code} is a code of plugin '{others[code.code]}'"


def _codes(item: Registered) -> Sequence[Code]:
    """Those of its own: what rule packs report has codes that all of them share."""
    codes = () if isinstance(item.cls, ModelFacts) else item.cls.problem_codes
    return [code for code in codes if code not in ROW_CODES]


class Looked(msgspec.Struct, frozen=True):
    """One thing that a plugin offers, or (as None) the plugin as a whole, and what came of looking at it."""

    item: Registered | None
    whole: bool = True
    """It was run on the kit's samples; False: it needs options or samples of its own, so only its options were read."""
    broken: Broken | None = None


def examine(case: PluginCase) -> Iterator[Looked]:
    """Holds the plugin to its rules, and then each thing it offers, as far as that needs no samples of its own."""
    who = f"plugin '{case.name}'"
    yield _looked(None, lambda: judge("plugin", who, case))
    for item in case.offers:
        check, whole = _way(item)
        yield _looked(item, check, whole=whole)


def _looked(item: Registered | None, check: Callable[[], None], *, whole: bool = True) -> Looked:
    try:
        check()
    except Broken as broken:
        if broken.rules == ("gets-through",):  # it needs columns that the kit's samples have not got
            return Looked(item, whole=False)
        return Looked(item, whole, broken)
    return Looked(item, whole)


def _way(item: Registered) -> tuple[Callable[[], None], bool]:
    """How a thing is looked at, and whether that is all of it."""
    from . import (
        check_check,
        check_map,
        check_model,
        check_options,
        check_select,
        check_tokenizer,
        check_uploader,
        check_writer,
    )

    cls = item.cls
    if isinstance(cls, ModelFacts):
        return lambda: check_model(cls), True
    ways: dict[type, Callable[[Any], None]] = {
        Map: check_map,
        Select: check_select,
        Check: check_check,
        Writer: check_writer,
        Uploader: check_uploader,
    }
    if issubclass(cls, Tokenizer):
        return lambda: check_tokenizer(cls), True
    way = next((check for shape, check in ways.items() if issubclass(cls, shape)), None)
    step = attempt(cls)
    if way is None or step.error is not None:
        return lambda: check_options(cls), False
    return lambda: way(step.value), True
