"""Looking at a whole file: the engine runs the checks that are installed, and nothing is kept but what they say."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from .. import plan as planning
from .. import recipe as recipes
from ..contract import contract_of
from ..engine.local import Engine
from ..errors import FindingsError, RecipeError
from ..example import Finding, Fix
from ..registry import Registry
from ..steps import Gather
from .data import Data, look_at
from .holdout import split_for
from .how import PLAINLY, How
from .report import EMPTY, Report


def examine(path: Path, registry: Registry, how: How = PLAINLY, *, stdin: BinaryIO | None = None) -> Report:
    """Everything that the installed checks find in a file (`-`: standard input).

    Raises DataError for a file that cannot be read, RecipeError where nobody knows what its rows are, or the service
    of `how` is not known.
    """
    return examine_data(look_at(path, registry, service=how.format, stdin=stdin), registry, how)


def examine_data(data: Data, registry: Registry, how: How = PLAINLY) -> Report:
    """The same for what was looked at already."""
    recipe = recipe_of(data, registry, how.model)
    with tempfile.TemporaryDirectory(prefix="ftprep-") as name:
        return run(data, recipe, registry, Path(name), how)


def run(
    data: Data, recipe: Mapping[str, Any], registry: Registry, folder: Path, how: How, *, mending: bool = False
) -> Report:
    """Runs a recipe on the data and reports what is found; data files, drops and lineage are left in `folder`."""
    plan = planned(data, recipe, registry, how.set)
    scratch = folder / ".scratch"
    scratch.mkdir()
    findings = how.findings(mending=mending)
    for finding in data.findings:
        findings.warned.add(finding)
    engine = Engine(plan, warned=findings.warned, progress=how.progress, ahead=how.ahead)
    figures, contract = {}, None
    try:
        result = engine.write(folder, scratch)
        figures = result.figures
        (output,) = plan.outputs
        contract = contract_of(plan, output, result.speakers, result.facts.get(output.folder, {}))
    except FindingsError:  # nothing is left to be judged
        findings.warned.add(Finding(EMPTY, "no row can be used", "see why, and mend the rows", "error"))
    if "split" not in recipe and (rule := split_for(data, engine.counts.used)) is not None:
        findings.warned.add(_nothing_held_out(rule))
    return Report(
        data=data,
        findings=findings,
        groups=findings.groups(),
        counts=engine.counts.as_json(),
        figures=figures,
        recipe=plan.recipe.data,
        contract=contract,
    )


def _nothing_held_out(rule: Mapping[str, Any]) -> Finding:
    options = ", ".join(f"{name}: {value}" for name, value in rule.items())
    change = "Hold examples out for validation, so many of each class"
    text = "no example is held out, so nobody can tell how well the classes are learned"
    return Finding("FT304", text, f"split: {{{options}}}", "advice", fix=Fix(change=change, split=rule, order=95))


def planned(data: Data, recipe: Mapping[str, Any], registry: Registry, sets: Sequence[str] = ()) -> planning.Plan:
    """The plan of a recipe for this data, whose messages call the file by its name."""
    plan = planning.build(recipes.load(recipe, sets=sets), registry, data=data.frame, out=Path("check"))
    if data.source is None:
        return plan
    (source,) = plan.sources
    return msgspec.structs.replace(plan, sources=(msgspec.structs.replace(source, inputs=(data.source,)),))


def recipe_of(data: Data, registry: Registry, model: str | None) -> dict[str, Any]:
    """The recipe that reads the file, makes messages of its rows and looks at them. Raises RecipeError where no step
    knows how."""
    if data.step is None or data.proposal is None:
        columns = ", ".join(data.columns[:8]) + (", …" if len(data.columns) > 8 else "")
        text = f"{data.name}: no installed step knows what to make of the columns {columns}"
        raise RecipeError(text, hint="write a recipe that says it: 'ftprep recipes list' shows some to start from")
    rows_stay = not issubclass(data.step.cls, Gather)  # before a gather no rules of training rows can be held
    rules = [data.rules.name] if data.rules is not None and rows_stay else []
    recipe: dict[str, Any] = {
        "version": 1,
        "name": "check",
        "read": {data.reader.name: {"path": data.path, **data.options}} if data.reader is not None else "data",
        "transform": [*rules, {data.step.name: dict(data.proposal.options)}],
        "check": _checks(registry, model),
        "write": [_writer(data, registry)],
    }
    return {**recipe, "model": model} if model else recipe


def _writer(data: Data, registry: Registry) -> str:
    """The first writer that takes data of this shape."""
    assert data.step is not None
    wanted = "completion" if getattr(data.step.cls, "shapes", None) == "completion" else "chat"
    writers = [item.name for item in registry.all("writer") if item.cls.shape == wanted]
    if not writers:
        raise RecipeError(f"no writer for {wanted} data is installed", hint="install a plugin that has one")
    return writers[0]


def _checks(registry: Registry, model: str | None) -> list[str]:
    """The checks that say something of any data, and need no options."""
    able = (item for item in registry.all("check") if item.cls.for_any_data and (model or not item.cls.asks_model))
    return [item.name for item in able if not any(field.is_required() for field in item.cls.model_fields.values())]
