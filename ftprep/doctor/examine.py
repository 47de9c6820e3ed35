"""Looking at a whole file: the engine runs the checks that are installed, and nothing is kept but what they say."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from .. import plan as planning
from .. import recipe as recipes
from ..engine.local import Engine
from ..engine.part import Warned
from ..errors import FindingsError, Problem, RecipeError
from ..example import Finding, Source
from ..registry import Registry
from .data import Data, look_at, recipe_of


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file."""

    data: Data
    findings: tuple[Problem, ...]
    """One for each kind of finding, with the first place and how often it was met."""
    counts: dict[str, Any]
    """As in a manifest: read, used, dropped, examples, steps."""
    figures: dict[str, Any]
    recipe: dict[str, Any]
    """The recipe that was run for it."""


def examine(path: Path, registry: Registry, *, model: str | None = None) -> Report:
    """Everything that the installed checks find in a file; with a model, tokens and labels too.

    Raises DataError for a file that cannot be read, RecipeError where nobody knows what its rows are.
    """
    data = look_at(path, registry)
    recipe = recipe_of(data, _writer(data, registry), _checks(registry, model), model)
    plan = planning.build(recipes.load(recipe), registry, out=Path("check"))
    engine, figures = Engine(plan), {}
    with tempfile.TemporaryDirectory(prefix="ftprep-") as name:
        folder, scratch = Path(name) / "check", Path(name) / "scratch"
        folder.mkdir()
        scratch.mkdir()
        with suppress(FindingsError):  # where nothing is left to be judged, the drops say why
            figures = engine.write(folder, scratch).figures
        lost = list(_lost(folder / "dropped.jsonl"))
    warned = Warned(kinds={})
    for finding in lost:
        warned.add(finding)
    found = (*warned.problems(), *engine.warned.problems())
    findings = tuple(problem for problem in found if problem.code != "FT301")
    return Report(data=data, findings=findings, counts=engine.counts.as_json(), figures=figures, recipe=recipe)


def _writer(data: Data, registry: Registry) -> str:
    """The first writer that takes data of this shape."""
    assert data.proposal is not None or data.step is None
    shape = getattr(data.step.cls, "shapes", None) if data.step is not None else None
    wanted = "completion" if shape == "completion" else "chat"
    writers = [item.name for item in registry.all("writer") if item.cls.shape == wanted]
    if not writers:
        raise RecipeError(f"no writer for {wanted} data is installed", hint="install a plugin that has one")
    return writers[0]


def _checks(registry: Registry, model: str | None) -> list[str]:
    """The checks that say something of any data, and need no options."""
    able = (item for item in registry.all("check") if item.cls.for_any_data and (model or not item.cls.asks_model))
    return [item.name for item in able if not any(field.is_required() for field in item.cls.model_fields.values())]


def _lost(path: Path) -> Iterator[Finding]:
    """A finding for each row that cannot be used."""
    with path.open("rb") as lines:
        for line in lines:
            entry = json.loads(line)
            file, _, rows = entry["source"].rpartition(":")
            first, _, last = rows.rpartition("!")[2].partition("-")
            source = Source(file, int(first), int(last or first))
            why = entry["reason"] + (f" ({entry['detail']})" if "detail" in entry else "")
            text = f"a row that cannot be used: {why}"
            yield Finding("FT390", text, "mend it, or leave it out", "error", source=source, step=entry["step"])
