"""`ftprep init`: from a file to a recipe for it that can be run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from .. import plan as planning
from .. import recipe as recipes
from ..engine.local import Engine
from ..engine.preview import preview
from ..errors import DataError, FtprepError, OutputError, RecipeError, did_you_mean, refusal
from ..registry import Registry
from ..steps import ModelFacts
from ..tokens import find_model
from ..watching import Watch
from .data import Data, all_rows, look_at
from .draft import Draft, text_of, writers, writers_of
from .facts import MOST_CLASSES, codes_of, facts_of
from .guess import Way, after_all_rows, answers_of, chosen, steps_of, ways

_SAID = {"encoding": "utf-8", "delimiter": None, "header": True}
"""Options of readers that are said even where they are the usual ones."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """What `init` found and wrote."""

    recipe: Path
    text: str
    """The recipe."""
    data: Data
    task: str
    columns: Mapping[str, str]
    """Part -> column."""
    why: tuple[str, ...]
    """What was found and what it goes by, a line each."""
    examples: dict[str, list[Any]]
    """Output -> the first finished examples, as they will be written."""

    def _repr_html_(self) -> str:
        from .notebook import begun_html

        return begun_html(self)


Choose = Callable[[Data, list[Way]], Way]
"""Takes one of several ways, the surest first: by asking, or the first."""


def begin(
    path: Path,
    registry: Registry,
    *,
    task: str | None = None,
    text: str | None = None,
    label: str | None = None,
    answer: str | None = None,
    model: str | None = None,
    out: Path = Path("recipe.yaml"),
    choose: Choose | None = None,
    watch: Watch | None = None,
) -> Begun:
    """Looks at a file, writes a recipe for it to `out`, and makes two examples with it.

    Raises DataError for a file that cannot be read, RecipeError where nobody knows what its rows are or a word is
    unknown, OutputError where the recipe is there already or cannot be written.
    """
    if out.exists():
        raise OutputError("is there already", hint="choose another name with --out", file=out.as_posix())
    data = look_at(path, registry)
    if data.path == "-":
        raise DataError("a recipe cannot read standard input again", hint="name a file", file="-")
    left = chosen(ways(data, registry), data, registry, task=task, text=text, label=label)
    able = after_all_rows(_writable(left, model, registry), lambda: all_rows(data))
    able = _answered(able, answer, data)
    draft = _draft(data, choose(data, able) if choose is not None else able[0], registry, model, out, watch)
    written = text_of(draft, registry)
    return Begun(
        recipe=out,
        text=written,
        data=data,
        task=draft.way.task,
        columns=dict(draft.way.proposal.columns),
        why=tuple(told(draft)),
        examples=_written(out, written, registry),
    )


def init(
    path: Path | str,
    task: str | None = None,
    *,
    text: str | None = None,
    label: str | None = None,
    answer: str | None = None,
    model: str | None = None,
    out: Path | str = "recipe.yaml",
    registry: Registry | None = None,
) -> Begun:
    """Looks at a file, writes a recipe for it to `out`, and tells what it found, with two finished examples.

    `task` says what the data is for, `text` and `label` which columns are read and answered, `answer` what the data
    leaves open (who of the speakers is the assistant). Raises DataError, RecipeError, and OutputError where there is an
    `out` already.
    """
    registry = registry or Registry.installed()
    return begin(Path(path), registry, task=task, text=text, label=label, answer=answer, model=model, out=Path(out))


def _answered(able: list[Way], answer: str | None, data: Data) -> list[Way]:
    """The ways that are left with an answer to what the data leaves open. Raises RecipeError where nothing is asked, or
    no way has this answer."""
    if answer is None:
        return able
    asked = answers_of(able)
    if not asked:
        raise RecipeError(f"{data.name}: --answer: nothing is asked about this file", hint="leave --answer out")
    named = [way for way in asked if way.proposal.answer == answer]
    if not named:
        text = f"{data.name}: {asked[0].proposal.question} '{answer}' is not one of them"
        raise RecipeError(text, hint=did_you_mean(answer, [way.proposal.answer for way in asked]))
    return named


def _writable(left: list[Way], model: str | None, registry: Registry) -> list[Way]:
    """The ways whose messages an installed writer takes. Raises RecipeError where there is none."""
    facts = _facts_of_model(model, registry)
    able = [way for way in left if writers_of(way, facts, registry)]
    if not able:
        what = f"for {left[0].task} data" + (f" that can tune '{model}'" if model is not None else "")
        raise RecipeError(f"no writer {what} is installed", hint="install a plugin that has one, or name another task")
    return able


def _written(out: Path, text: str, registry: Registry) -> dict[str, list[Any]]:
    """Writes the recipe, and makes examples with it; one that cannot be run is not left behind."""
    _write(out, text)
    try:
        return _examples(out, registry)
    except FtprepError:
        out.unlink()
        raise


def told(draft: Draft) -> list[str]:
    """What was found, a line each."""
    data, facts, proposal = draft.data, draft.facts, draft.way.proposal
    assert data.reader is not None
    fields = data.reader.cls.model_fields
    usual = {name: value for name, value in _SAID.items() if name in fields}
    read = {name: value for name, value in {**usual, **data.options}.items() if value is not None}
    parts = ", ".join(f"{column} ({part})" for part, column in proposal.columns.items())
    others = len(set(data.columns) - set(proposal.columns.values()))
    more = f"; {others} more column{'s' if others > 1 else ''}" if others else ""
    lines = [
        f"file: {data.name}, read as {data.reader.name}",
        *(f"{name}: {_shown(value)}" for name, value in read.items()),
        *(f"  because {' '.join(why.split())}" for why in data.why),
        f"columns: {parts}{more}",
        f"task: {draft.way.task}: {proposal.why}",
        f"examples: {facts.examples:,}" + (f" of {len(facts.classes):,} classes" if draft.label else ""),
    ]
    if draft.codes:
        lines.append(f"codebook: {draft.why_codes}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    plain = isinstance(value, str) and value.isprintable() and value.strip()
    return value if plain else msgspec.json.encode(value).decode()


def _draft(data: Data, way: Way, registry: Registry, model: str | None, out: Path, watch: Watch | None) -> Draft:
    known = _facts_of_model(model, registry)
    label = way.proposal.columns.get("label")
    draft = Draft(
        data=data, way=way, facts=facts_of((), None), path=_from(out, data.path), model=model, model_facts=known
    )
    recipe = {**_reading(data), "transform": steps_of(way, registry)}
    outputs = [item.name for item in writers(draft, registry)][:1]
    plan = planning.build(recipes.load({**recipe, "write": outputs}), registry, out=Path("out") / "init")
    facts = facts_of(Engine(plan, progress=watch).examples(), label)
    if not facts.examples:
        hint = f"'ftprep check {data.path}' says what is wrong with its rows"
        raise DataError(f"no row can be used by '{way.step.name}'", hint=hint, file=data.name)
    if facts.too_many:
        text = f"{data.name}: column '{label}' has more than {MOST_CLASSES} different values, so they are no classes"
        raise RecipeError(text, hint="name another with --label, or another --task")
    codes, why = codes_of(facts.classes, known, registry)
    changes = {"facts": facts, "codes": codes, "why_codes": why}
    return msgspec.structs.replace(draft, **changes)


def _facts_of_model(model: str | None, registry: Registry) -> ModelFacts | None:
    if model is None:
        return None
    models = registry.models()
    known = find_model(model, models)
    if known is None:
        hint = did_you_mean(model, [facts.name for facts in models])
        raise RecipeError(f"--model: '{model}' is not known", hint=hint)
    return known


def _reading(data: Data) -> dict[str, Any]:
    assert data.reader is not None
    return {"version": 1, "name": "init", "read": {data.reader.name: {"path": data.path, **data.options}}}


def _from(out: Path, path: str) -> str:
    """The data's path, as seen from the recipe's folder."""
    try:
        return Path(os.path.relpath(path, out.parent)).as_posix()
    except ValueError:  # another drive
        return Path(path).resolve().as_posix()


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise OutputError("is there already", hint="choose another name with --out", file=out.as_posix()) from None
    except OSError as error:
        why = refusal(error)
        hint = "choose another place with --out"
        raise OutputError(f"cannot be written ({why})", hint=hint, file=out.as_posix()) from error


def _examples(out: Path, registry: Registry) -> dict[str, list[Any]]:
    """Two finished examples of each output; the recipe is planned as `ftprep check` does it."""
    plan = planning.build(recipes.load(out), registry, out=Path("out") / "init")
    stages = preview(plan, 10).stages  # some may be dropped
    return {stage["output"]: stage["examples"][:2] for stage in stages if stage["makes"] == "lines"}
