"""What a run folder holds beside its data: manifest, contracts, lineage."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from . import __version__
from .contract import Asker, contract_of
from .engine.local import Result
from .engine.tables import side_table, table_inputs
from .errors import Problem
from .output import SCRATCH
from .plan import Plan
from .planning.broken import guarded
from .recipe.folders import folders_of
from .vocabulary import as_written

FORMAT = 1
PAGE = "report.html"


def leave(plan: Plan, result: Result, folder: Path, *, limit: int | None) -> tuple[dict[str, Any], list[Problem]]:
    """Writes contracts, lineage and manifest; returns the manifest and the findings.

    Raises PluginError where inference would not send what was trained.
    """
    compared = _contracts(plan, result, folder)
    _units(result, folder)
    findings = result.warned.problems()
    manifest = {
        "ftprep": __version__,
        "format": FORMAT,
        "name": plan.recipe.name,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "ok": not any(problem.level == "error" for problem in findings),
        "seed": plan.recipe.seed,
        "limit": limit,
        "recipe": plan.recipe.data,
        "folders": folders_of(plan.recipe, folder),
        "versions": versions_of(plan),
        "inputs": _inputs(plan, result),
        "side_tables": [{"file": table.name, "sha256": table.sha256()} for table in table_inputs(plan)],
        "outputs": result.files,
        "findings": result.warned.as_json(),
        "figures": result.figures,
        "makeup": result.makeup,
        "contract_samples": compared,
        "counts": result.counts.as_json(),
        "files": _files(folder, [PAGE] if plan.report is not None else []),
    }
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / "manifest.json").write_bytes(text + b"\n")
    return msgspec.json.decode(text), findings


def _contracts(plan: Plan, result: Result, folder: Path) -> dict[str, int]:
    """Saves each output's contract and holds it against samples; returns how many rows were compared."""
    compared = {}
    for output in plan.outputs:
        if not (folder / output.folder).is_dir():
            continue
        contract = contract_of(plan, output, result.speakers, result.facts.get(output.folder, {}))
        kept = msgspec.structs.replace(contract, model=as_written(contract.model, plan.recipe.model))
        kept.save(folder / output.folder / "contract.json")
        tables = [side_table(plan, planned) for planned in plan.asked_steps(output)]
        compared[output.folder] = result.samples.verify(output.folder, Asker(contract, plan.registry, tables))
        with guarded(output.writer.origin, "failed in finish"):
            output.writer.step.finish(folder / output.folder)
    return compared


def _units(result: Result, folder: Path) -> None:
    units = [{"file": unit.file, "sheet": unit.sheet} for unit in result.units]
    entry = {"format": FORMAT, "record": "<IIII", "names": ["unit", "first", "last", "ordinal"], "units": units}
    (folder / "lineage").mkdir(exist_ok=True)
    (folder / "lineage" / "units.json").write_bytes(msgspec.json.encode(entry) + b"\n")


def versions_of(plan: Plan) -> dict[str, Any]:
    """The versions of Python and of the plugins that a plan needs."""
    origins = [planned.origin for planned in plan.all_steps()]
    origins += [source.origin for source in plan.sources if source.origin is not None]
    plugins = {origin.plugin: f"{origin.dist} {origin.version}".strip() for origin in origins}
    return {"python": platform.python_version(), "plugins": dict(sorted(plugins.items()))}


def _inputs(plan: Plan, result: Result) -> list[dict[str, Any]]:
    inputs = [input_ for source in plan.sources for input_ in source.inputs]
    hashes = result.hashes or [input_.sha256() for input_ in inputs]
    return [{"file": input_.name, "sha256": hash_} for input_, hash_ in zip(inputs, hashes, strict=True)]


def _files(folder: Path, more: Sequence[str]) -> list[str]:
    """Every file of the run folder, and those still to come, so that a foreign one is known."""
    files = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and SCRATCH not in path.parts
    ]
    return sorted({*files, *more, "manifest.json"})
