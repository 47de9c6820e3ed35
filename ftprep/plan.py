"""The plan of a run: the recipe's words turned into steps that can work, every mistake found before a row is read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from .errors import Problem, RecipeError
from .planning.broken import guarded
from .planning.items import Builder, Planned
from .planning.needs import check_needs
from .planning.order import check_order
from .planning.reporting import Reporting, plan_report
from .planning.sources import SourcePlan, plan_sources
from .recipe import KEYS, Item, Recipe
from .recipe.name import ALLOWED, wrong_with
from .registry import Registry
from .split import SplitRule
from .steps import Check, Gather, ModelFacts, Uploader, Writer
from .template import DERIVED
from .tokens import encodings_of, resolve_model
from .vocabulary import with_file


class Output(msgspec.Struct, frozen=True):
    """One writer with its own steps, writing into its own folder."""

    folder: str
    writer: Planned[Writer]
    steps: tuple[Planned[Any], ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that a run needs to know; made once, given to the engine and to `explain`."""

    recipe: Recipe
    registry: Registry
    sources: tuple[SourcePlan, ...]
    before: tuple[Planned[Any], ...]
    """One-to-one steps on rows, before the gather."""
    gather: Planned[Gather] | None
    steps: tuple[Planned[Any], ...]
    outputs: tuple[Output, ...]
    checks: tuple[Planned[Check], ...]
    split: SplitRule | None
    model: ModelFacts | None
    uploads: tuple[Planned[Uploader], ...] = ()
    """What `ftprep upload` is to use; a run leaves them alone."""
    warnings: tuple[Problem, ...] = ()
    report: Reporting | None = None
    """None: no page is made."""

    @cached_property
    def unpacks(self) -> Planned[Any] | None:
        """The last step that makes several examples of one row's fields; None: there is none."""
        return next((p for p in reversed(self.steps) if getattr(p.step, "unpacks", False)), None)

    def asked_steps(self, output: Output) -> tuple[Planned[Any], ...]:
        """The steps that inference must do too, in order: those after the gather, and after the last that unpacks."""
        begin = 0 if self.unpacks is None else self.steps.index(self.unpacks) + 1
        return (*self.steps[begin:], *output.steps)

    @property
    def asks_messages(self) -> bool:
        """Inference starts from messages, which the gather, a reader or an unpacking step made, not from fields."""
        begin = 0 if self.unpacks is None else self.steps.index(self.unpacks) + 1
        made = any(getattr(planned.step, "makes_messages", False) for planned in self.steps[:begin])
        return made or self.gather is not None

    def scattered(self) -> bool:
        """Whether rows of one root may stand anywhere. Raises PluginError where the gather cannot say."""
        if self.gather is None:
            return False
        with guarded(self.gather.origin, "failed on its options"):
            return self.gather.step.scattered()

    def all_steps(self) -> Iterator[Planned[Any]]:
        """Every step of the recipe: transformers, checks, writers."""
        yield from self.before
        if self.gather is not None:
            yield self.gather
        yield from (*self.steps, *self.checks)
        for output in self.outputs:
            yield from (*output.steps, output.writer)

    def fields_read(self) -> frozenset[str]:
        """The columns that steps after the gather, the writers and the split ask for; others need not be carried."""
        steps = [*self.steps, *self.checks]
        for output in self.outputs:
            steps += [*output.steps, output.writer]
        named = {column for planned in steps for column in planned.step.columns()}
        rule = self.split
        asked = (rule.by, rule.stratify, rule.from_) if rule is not None else ()
        named.update(DERIVED)  # a column may be called so
        return frozenset(named | {str(column) for column in asked if column is not None})


_OURS = ("lineage", "manifest.json", "dropped.jsonl", "report.html")
"""What a run folder holds beside its outputs."""


def build(
    recipe: Recipe,
    registry: Registry,
    *,
    data: Any = None,
    out: Path | None = None,
    mistakes: Sequence[Problem] = (),
) -> Plan:
    """The plan of a recipe with the plugins installed here. `data` stands in for `read:`; `out` is the run folder,
    which no input may lie in. Raises RecipeError with every mistake at once, those already found in the recipe's text
    (`mistakes`) among them."""
    builder = Builder(recipe, registry)
    sources = plan_sources(builder, data=data, out=out)
    transform, outputs = builder.steps(recipe.transform, "transformer"), _outputs(builder)
    checks, uploads = builder.steps(recipe.check, "check"), builder.steps(recipe.upload, "uploader")
    whole = {p.code for p in builder.problems} <= {"FT130"} and not any(map(_is_about_steps, mistakes))
    split, model, report = _split(builder), _model(builder), plan_report(builder)
    named = itertools.chain(transform, checks, *((*output.steps, output.writer) for output in outputs))
    check_needs(builder, named, split, sources)
    at = next((i for i, planned in enumerate(transform) if isinstance(planned.step, Gather)), None)
    if whole:  # a step that is missing for a mistake of its own is no mistake of those around it
        check_order(builder, transform, outputs, at, makes=any(s.reader.makes_messages for s in sources))
        _check_formats(builder, outputs, model)
    if builder.problems or mistakes:
        raise RecipeError(*_all(mistakes, recipe.warnings, builder.problems))
    return Plan(
        recipe=recipe,
        registry=registry,
        sources=tuple(sources),
        before=tuple(transform[:at] if at is not None else ()),
        gather=transform[at] if at is not None else None,
        steps=tuple(transform if at is None else transform[at + 1 :]),
        outputs=tuple(outputs),
        checks=tuple(checks),
        split=split,
        model=model,
        uploads=tuple(uploads),
        warnings=(*recipe.warnings, *registry.problems),
        report=report,
    )


def _is_about_steps(mistake: Problem) -> bool:
    """Whether a mistake of the recipe's text may change what steps there are."""
    section = (mistake.path or "").partition(".")[0].partition("[")[0]
    return section not in KEYS or section in ("read", "transform", "write")


def _all(mistakes: Sequence[Problem], warnings: Sequence[Problem], found: Sequence[Problem]) -> list[Problem]:
    """All problems by place. Where a line's text is in doubt already, what was made of it is not judged."""
    doubtful = {(p.file, p.line) for p in mistakes if p.line is not None}
    kept = [p for p in found if (p.file, p.line) not in doubtful]
    return sorted([*mistakes, *warnings, *kept], key=_position)


def _position(problem: Problem) -> tuple[str, int, int]:
    return problem.file or "", problem.line or 0, problem.column or 0


def _outputs(builder: Builder) -> list[Output]:
    outputs: list[Output] = []
    for item in builder.recipe.write:
        output = _output(builder, item)
        if output is None:
            continue
        if output.folder in {earlier.folder for earlier in outputs}:
            hint = "give one of them another folder with 'as: NAME'"
            builder.complain(
                item.path, f"two writers write into the folder '{output.folder}'", hint, code="FT113", key=True
            )
            continue
        outputs.append(output)
    return outputs


def _output(builder: Builder, item: Item) -> Output | None:
    value: Any = item.value
    own: dict[str, Any] = {}
    if isinstance(value, Mapping):
        own = {key: value[key] for key in ("as", "steps") if key in value}
        value = {key: inner for key, inner in value.items() if key not in own}
    steps = builder.nested(own.get("steps"), (*item.path, "steps"))
    folder = _folder(builder, item, own)
    writer = builder.step(Item(item.name, value, item.path), "writer")
    return Output(folder, writer, tuple(steps)) if writer is not None and folder else None


def _folder(builder: Builder, item: Item, own: Mapping[str, Any]) -> str:
    folder = own.get("as", item.name.rpartition("/")[2])
    if isinstance(folder, str) and not wrong_with(folder) and folder.lower() not in _OURS:
        return folder
    path = (*item.path, "as")
    builder.complain(path, f"'as' is no folder name: {folder!r}", ALLOWED, code="FT112")
    return ""


def _split(builder: Builder) -> SplitRule | None:
    value = builder.recipe.split
    return builder.validate(SplitRule, value, ("split",), "split") if value is not None else None


def _model(builder: Builder) -> ModelFacts | None:
    registry = builder.registry
    try:
        model = with_file(builder, builder.recipe.model)
        files = [] if model is builder.recipe.model or not isinstance(model, Mapping) else [model["tokenizer"]]
        return resolve_model(model, registry.models(), [*encodings_of(registry), *files])
    except RecipeError as error:
        builder.add_all(error, ("model",))
        return None


def _check_formats(builder: Builder, outputs: Sequence[Output], model: ModelFacts | None) -> None:
    """A model none of whose formats is written cannot be tuned with this recipe's files."""
    if model is None or not model.formats or not outputs:
        return
    names = [output.writer.step.name for output in outputs]
    if not set(names) & set(model.formats):
        text = f"model '{model.name}' cannot be tuned with what {_listed(names)} writes"
        builder.complain(("model",), text, f"write {' or '.join(model.formats)}, or name another model", code="FT115")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"'{name}'" for name in names)
