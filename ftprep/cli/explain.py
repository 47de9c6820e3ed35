"""`ftprep explain`: a recipe in words, and the way of a written line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .explain_line import explain_line, run_line
from .frame import installed, plugin_option, replying, set_option
from .saying import Reply
from .table import table
from .words import purpose, value_text

if TYPE_CHECKING:
    from ..plan import Plan
    from ..recipe import Item

Told = dict[str, Any]


@replying(name="explain")
@click.argument("recipe", metavar="RECIPE|RUN_DIR", type=click.Path(path_type=Path))
@click.argument("place", metavar="[FILE:LINE]", required=False)
@set_option
@plugin_option
def command(recipe: Path, place: str | None, sets: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    """Tell what a recipe does, or where a line that a run wrote comes from.

    RECIPE|RUN_DIR alone is a recipe: it is told step by step, with its options as they stand after --set and extends.
    No data is read, nothing is written. --json adds every default, and the place where each value was written.

    With FILE:LINE it is a run folder. The line is a written one (train.jsonl:17, or openai_chat/train.jsonl:17,20), a
    drop (dropped.jsonl:3), or a row of the input (data.csv:12). The rows behind a line are read again and walk through
    every step once more; what comes out is compared with what was written. Long texts are cut; --json has all of them.
    """
    from ..errors import RecipeError

    both = run_line(recipe) if place is None else (recipe, place)
    if both is None and (recipe / "manifest.json").is_file() and not (recipe / "recipe.yaml").is_file():
        from ..tracing.folder import RunFolder

        first = next(iter(RunFolder(recipe).manifest.outputs), "dropped.jsonl")
        hint = f"name a line of it: ftprep explain {recipe.as_posix()} {first}:1"
        raise RecipeError("this is a run folder, and no line is named", hint=hint, file=recipe.as_posix())
    if both is None:
        return _recipe(recipe, sets, plugin_files)
    if sets:
        raise RecipeError("--set is for recipes; a run has its own", hint="leave it out", file=both[0].as_posix())
    return explain_line(*both, installed(plugin_files))


def _recipe(recipe: Path, sets: tuple[str, ...], plugin_files: tuple[Path, ...]) -> Reply:
    from .. import api

    plan, target = api.make_plan(recipe, set=sets, registry=installed(plugin_files))
    result = _told(plan, target)
    return Reply(result, "\n".join(_lines(plan, result)), plan.warnings)


def _told(plan: Plan, target: Path) -> dict[str, Any]:
    gather = [plan.gather] if plan.gather is not None else []
    return {
        "name": plan.recipe.name,
        "description": plan.recipe.description,
        "recipe": plan.recipe.data,
        "read": [_source(plan, source) for source in plan.sources],
        "transform": [_step(plan, planned) for planned in (*plan.before, *gather, *plan.steps)],
        "check": [_step(plan, planned) for planned in plan.checks],
        "split": plan.recipe.split,
        "write": [_output(plan, output, target) for output in plan.outputs],
        "model": plan.model,
        "folder": target.as_posix(),
    }


def _source(plan: Plan, source: Any) -> Told:
    files = [input_.name for input_ in source.inputs]
    given = {name: value for name, value in source.options.items() if name != "path"}
    return {**_about(plan, source.reader, source.origin, source.item, given), "files": files}


def _step(plan: Plan, planned: Any) -> Told:
    return _about(plan, planned.step, planned.origin, planned.item, planned.options)


def _output(plan: Plan, output: Any, target: Path) -> Told:
    steps = [_step(plan, planned) for planned in output.steps]
    return {**_step(plan, output.writer), "steps": steps, "folder": (target / output.folder).as_posix()}


def _about(plan: Plan, step: Any, origin: Any, item: Item, given: dict[str, Any]) -> Told:
    values = step.model_dump(mode="json", by_alias=True)
    options = {
        name: {"value": value, "from": _place(plan, item, name) if name in given else "default"}
        for name, value in values.items()
    }
    about = {"name": origin.name, "plugin": origin.plugin, "purpose": purpose(type(step))}
    return {**about, "options": options, "given": list(given)}


def _place(plan: Plan, item: Item, name: str) -> str:
    """Where a value was written: `recipe.yaml:7:12`, or `--set #1`."""
    return plan.recipe.problem((*item.path, name), "").place


def _lines(plan: Plan, told: Told) -> Iterator[str]:
    yield f"{told['name']}: {(told['description'] or 'a recipe').strip()}"
    own = plan.recipe.file.as_posix() if plan.recipe.file is not None else ""
    for section in ("read", "transform", "check"):
        if told[section]:
            yield from ("", section)
            yield from _steps(told[section], own)
    if told["split"]:
        yield from ("", "split", f"  {_named(told['split'])}; groups (such as conversations) stay whole")
    yield from ("", "write")
    for output in told["write"]:
        yield f"  {output['folder']}"
        yield from _steps([*output["steps"], output], own, indent="    ")
    if plan.model is not None:
        counted = f"tokens are counted as {plan.model.tokenizer}" if plan.model.tokenizer else "no tokenizer is known"
        limit = f", at most {plan.model.training_limit:,} an example" if plan.model.training_limit else ""
        yield from ("", "model", f"  {plan.model.name}: {counted}{limit}")
    yield from ("", "Nothing is sent anywhere.")


def _steps(steps: list[Told], own: str, indent: str = "  ") -> Iterator[str]:
    rows: list[tuple[str, str]] = []
    for step in steps:
        files = ", ".join(step.get("files", ()))
        options = ", ".join(_option(name, step["options"].get(name), own) for name in step["given"])
        said = [text for text in (files, options) if text] or [step["purpose"]]
        rows += [(step["name"] if i == 0 else "", text) for i, text in enumerate(said)]
        if options and not files:
            rows.append(("", step["purpose"]))
    yield from table(rows, indent=indent)


def _option(name: str, option: dict[str, Any] | None, own: str) -> str:
    """`context: 5`, and where it was written if that is not the recipe itself."""
    if option is None:
        return name
    elsewhere = option["from"].rpartition(":")[0].rpartition(":")[0] != own
    return f"{name}: {value_text(option['value'])}" + (f" ({option['from']})" if elsewhere and own else "")


def _named(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value_text(value)}" for name, value in values.items())
