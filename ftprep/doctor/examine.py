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
from ..steps import Gather, ModelFacts
from ..tokens import find_model
from .data import Data, look_at
from .guess import LIKELY, Way, names_beside, steps_of, ways, writers_for
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
    data = fitted(data, registry, how.model)
    recipe = recipe_of(data, registry, how.model, grave=how.grave)
    with tempfile.TemporaryDirectory(prefix="ftprep-") as name:
        return run(data, recipe, registry, Path(name), how)


def run(
    data: Data, recipe: Mapping[str, Any], registry: Registry, folder: Path, how: How, *, mending: bool = False
) -> Report:
    """Runs a recipe on the data and reports what is found; data files, drops and lineage are left in `folder`."""
    plan = planned(data, recipe, registry, how.set)
    scratch = folder / ".scratch"
    scratch.mkdir()
    findings = how.findings((code for code, _ in registry.codes()), mending=mending)
    findings.choosing = names_beside(data.proposal) if data.proposal is not None else frozenset()
    for finding in data.findings:
        if not (mending and finding.level == "error"):  # what is written is another file
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
    change = "Hold out a share of each class for validation"
    text = "no example is held out, so nobody can tell how well the classes are learned"
    return Finding("FT304", text, f"split: {{{options}}}", "advice", fix=Fix(change=change, split=rule, order=95))


def planned(data: Data, recipe: Mapping[str, Any], registry: Registry, sets: Sequence[str] = ()) -> planning.Plan:
    """The plan of a recipe for this data, whose messages call the file by its name."""
    plan = planning.build(recipes.load(recipe, sets=sets), registry, data=data.frame, out=Path("check"))
    if data.source is None:
        return plan
    (source,) = plan.sources
    return msgspec.structs.replace(plan, sources=(msgspec.structs.replace(source, inputs=data.inputs),))


def fitted(data: Data, registry: Registry, model: str | None) -> Data:
    """The data, made into what can tune the model: pairs of a prompt and a completion are a chat, too.

    Raises RecipeError where nothing of it can.
    """
    facts = _facts(model, registry)
    if facts is None or not facts.formats or data.step is None or data.proposal is None:
        return data
    first = Way(data.step, data.proposal)
    for way in (first, *ways(data, registry)):
        if way.proposal.sure >= LIKELY and writers_for(way, registry, facts):
            return msgspec.structs.replace(data, step=way.step, proposal=way.proposal)
    text = f"{data.name}: {data.kind} data cannot tune '{model}', which takes {' or '.join(facts.formats)}"
    raise RecipeError(text, hint="name another model, or make rows of another kind with a recipe")


def recipe_of(data: Data, registry: Registry, model: str | None, *, grave: bool = False) -> dict[str, Any]:
    """The recipe that reads the file, makes messages of its rows and looks at them (`grave`: see `How`). Raises
    RecipeError where no step knows how."""
    if data.step is None or data.proposal is None:
        columns = ", ".join(data.columns[:8]) + (", …" if len(data.columns) > 8 else "")
        text = f"{data.name}: no installed step knows what to make of the columns {columns}"
        raise RecipeError(text, hint="write a recipe that says it: 'ftprep recipes list' shows some to start from")
    recipe: dict[str, Any] = {
        "version": 1,
        "name": "check",
        "read": {data.reader.name: {"path": data.path, **data.options}} if data.reader is not None else "data",
        "transform": [*_rules(data), *steps_of(Way(data.step, data.proposal), registry)],
        "check": _checks(registry, model, grave),
        "write": [_writer(data, registry, model)],
    }
    return {**recipe, "model": model} if model else recipe


def _writer(data: Data, registry: Registry, model: str | None) -> str:
    """The first writer that takes data of this kind and can tune the model."""
    assert data.step is not None and data.proposal is not None
    way = Way(data.step, data.proposal)
    writers = writers_for(way, registry, _facts(model, registry)) or writers_for(way, registry)
    if not writers:
        raise RecipeError(f"no writer for {data.kind} data is installed", hint="install a plugin that has one")
    return writers[0].name


def _facts(model: str | None, registry: Registry) -> ModelFacts | None:
    return find_model(model, registry.models()) if model is not None else None


def _rules(data: Data) -> list[Any]:
    """The step that holds the rows to a service's rules; none before a gather, whose rows are no training rows yet."""
    assert data.step is not None
    if data.rules is None or issubclass(data.step.cls, Gather):
        return []
    return [{data.rules.name: {"kind": data.rows_kind}} if data.rows_kind else data.rules.name]


def _checks(registry: Registry, model: str | None, grave: bool) -> list[str]:
    """The checks that say something of any data, and need no options."""
    able = (item for item in registry.all("check") if item.cls.for_any_data and (model or not item.cls.asks_model))
    if grave:
        able = (i for i in able if i.cls.asks_model or any(code.level == "error" for code in i.cls.problem_codes))
    return [item.name for item in able if not any(field.is_required() for field in item.cls.model_fields.values())]
