"""A recipe as text, short and with comments, for data that was looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..recipe.name import default_name
from ..recipe.write import flow, items_of, remarked, step
from ..registry import Registered, Registry
from ..steps import ModelFacts
from .data import Data
from .facts import MANY_CLASSES, Facts
from .guess import Way, writers_of_kind

_NUMBERED = re.compile(r"column_\d+")
_MANY = 5000
"""Examples from which a tenth is enough to be held out."""
_SHOWN = 10
"""Classes that a system message names."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """All that a recipe is made of."""

    data: Data
    way: Way
    facts: Facts
    path: str
    """Of the data, as seen from the recipe."""
    model: str | None = None
    model_facts: ModelFacts | None = None
    codes: Mapping[str, str] = {}
    why_codes: str = ""

    @property
    def label(self) -> str | None:
        """The column of the classes, where there is one."""
        return self.way.proposal.columns.get("label")


def text_of(draft: Draft, registry: Registry) -> str:
    """The recipe. Steps that are not installed are left out."""
    installed = {kind: set(registry.names(kind)) for kind in ("transformer", "check")}
    data = draft.data
    parts = [
        f"# Made by 'ftprep init' of {Path(data.path).name}: {draft.way.proposal.why}.",
        "version: 1",
        f"name: {flow(default_name_of(data.path))}",
        f"use_case: {flow(draft.way.task)}",
        _model(draft, registry),
        "",
        *_read(draft, registry),
        "",
        "transform:",
        *items_of(_known(_transform(draft), installed["transformer"])),
        *_checks(draft, installed["check"]),
        "",
        _split(draft),
        "",
        "write:",
        *items_of(_write(draft, registry, installed["transformer"])),
    ]
    return "\n".join(parts) + "\n"


def default_name_of(path: str) -> str:
    """The name of a recipe for a file."""
    return default_name(Path(f"{Path(path).name.partition('.')[0] or 'data'}_"))


def _model(draft: Draft, registry: Registry) -> str:
    """The model; where none was named, how to name one, by the cheapest of those that can be tuned the longest."""
    if draft.model:
        return f"model: {flow(draft.model)}"
    formats = {writer.name for writer in writers(draft, registry)}
    able = [facts for facts in registry.models() if formats & set(facts.formats) and "training" in facts.prices]
    if not able:
        return remarked("# model: NAME", "the model to be tuned; then add 'tokens' under 'check'")
    last = max(facts.tunable_until or "9" for facts in able)
    best = min((facts.prices["training"], facts.name) for facts in able if (facts.tunable_until or "9") == last)
    return remarked(f"# model: {flow(best[1])}", "the model to be tuned; then add 'tokens' under 'check'")


def _read(draft: Draft, registry: Registry) -> Iterator[str]:
    data = draft.data
    assert data.reader is not None
    seen = f"{_few(data.columns)}"
    known = data.path.lower().endswith(tuple(data.reader.cls.suffixes)) and data.reader.cls.suffixes
    if known and not data.options:
        yield remarked(f"read: {flow(draft.path)}", seen)
        return
    yield from (f"# {' '.join(why.split())}" for why in data.why)
    yield "read:"
    item = {data.reader.name: {"path": draft.path, **data.options} if data.options else draft.path}
    yield from step(item, seen, "  ")


def _transform(draft: Draft) -> Iterator[tuple[Any, str]]:
    proposal, label = draft.way.proposal, draft.label
    if draft.codes and label is not None:
        yield {"labels": {"column": label, "codes": dict(draft.codes)}}, draft.why_codes
    remark = f"others who speak are users: {_others(draft)}" if _names_assistant(draft) else ""
    yield from proposal.before
    yield {draft.way.step.name: dict(proposal.options)}, remark
    yield from proposal.after
    if proposal.columns.get("talk"):
        yield {"window": {"context": 10}}, "an example for each answer, with the messages before it"
    yield "dedupe", "equal examples are one"
    if _shapes(draft.way):
        yield from _endings(draft)


def _endings(draft: Draft) -> Iterator[tuple[Any, str]]:
    """What prompts and completions end with."""
    if draft.facts.separator is not None:
        yield {"separator": draft.facts.separator}, "it occurs nowhere in the data"
    if draft.label is not None:
        return
    if draft.facts.stop is not None:
        yield {"stop": draft.facts.stop}, "it occurs nowhere in the data"
    elif draft.facts.ends[1]:
        yield {"stop": {"text": draft.facts.ends[1], "add": False}}, "all completions end so already"


def _checks(draft: Draft, installed: set[str]) -> Iterator[str]:
    """Lines of `check:`; none where there is nothing to look at."""
    wanted: list[tuple[Any, str]] = []
    if draft.model:
        wanted.append(("tokens", ""))
    if draft.label is not None and draft.model:
        several = {"one_token": False} if len(draft.codes) > MANY_CLASSES else {}
        wanted.append(({"labels": {"min_each": 1, **several}}, ""))
    elif draft.label is not None:
        wanted.append(("classes", "how often each class occurs"))
    if draft.label is not None:
        wanted.append(("leakage", "the same text in two splits"))
    wanted.append(("personal", "addresses, numbers and secrets in the texts"))
    items = list(_known(iter(wanted), installed))
    if items:
        yield ""
        yield "check:"
        yield from items_of(iter(items))


def _split(draft: Draft) -> str:
    share = "10%" if draft.facts.examples >= _MANY else "20%"
    rule: dict[str, Any] = {"validation": share}
    remark = ""
    if draft.label is not None:
        rule["stratify"] = draft.label
        remark = "each class in the same share"
    elif draft.way.proposal.columns.get("talk"):
        remark = "whole conversations"
    elif by := _repeated(draft):
        rule["by"] = by
        remark = "what is equal there stays together"
    return remarked(f"split: {flow(rule)}", remark)


def _repeated(draft: Draft) -> str | None:
    """The column of the prompt, where rows share prompts."""
    column = draft.way.proposal.columns.get("text")
    values = [str(row.get(column)) for row in draft.data.rows] if column is not None and _single(draft.way) else []
    return column if len(set(values)) < 0.9 * len(values) else None


def _write(draft: Draft, registry: Registry, transformers: set[str]) -> Iterator[tuple[Any, str]]:
    for writer in writers(draft, registry):
        if writer.cls.shape == "completion" and not _shapes(draft.way):
            prompt: Any = {"prompt": {"prompt": "{prompt}", "completion": "{answer}"}}
            steps = list(_known(iter([(prompt, ""), *_endings(draft)]), transformers))
            remark = "the ends occur nowhere in the data" if len(steps) > 1 else ""
            yield {writer.name: {"steps": [item for item, _ in steps]}}, remark
        elif (system := _system(draft)) and "system" in writer.cls.model_fields:
            yield {writer.name: {"system": system}}, ""
        else:
            yield writer.name, ""


def writers(draft: Draft, registry: Registry) -> list[Registered]:
    """The first writer of each shape that can say what the data says; with a model, of those that can tune it."""
    return writers_of(draft.way, draft.model_facts, registry)


def writers_of(way: Way, model: ModelFacts | None, registry: Registry) -> list[Registered]:
    """The same for one way; none: what the step makes cannot be written."""
    needs = {"preference": {"rejected"}, "tools": {"tools"}}.get(way.task, set())
    able = [item for item in writers_of_kind(way.proposal.kind, registry) if needs <= item.cls.carries]
    if not needs:
        able = [item for item in able if "rejected" not in item.cls.carries]
    if model is not None and model.formats:
        able = [item for item in able if item.name in model.formats]
    shapes = ["completion"] if _shapes(way) else ["chat", "completion"] if _single(way) else ["chat"]
    first = [next((item for item in able if item.cls.shape == shape), None) for shape in shapes]
    return [item for item in first if item is not None]


def _shapes(way: Way) -> bool:
    return getattr(way.step.cls, "shapes", None) == "completion"


def _single(way: Way) -> bool:
    """One prompt, one answer."""
    return not {"messages", "talk", "rejected"} & set(way.proposal.columns)


def _system(draft: Draft) -> str:
    """What a classifier is told."""
    if draft.label is None or any(mark in draft.label for mark in "{}"):
        return ""
    label = "class" if _NUMBERED.fullmatch(draft.label) else draft.label.replace("_", " ").strip()
    if draft.codes:
        return f"Answer with the code of the {label} of the text."
    names = list(draft.facts.classes)
    listed = f": {', '.join(names[:-1])} or {names[-1]}" if 2 <= len(names) <= _SHOWN else ""
    return "" if any(mark in listed for mark in "{}") else f"Say the {label} of the text{listed}."


def _names_assistant(draft: Draft) -> bool:
    """The step itself says who answers."""
    return "speaker" in draft.way.proposal.columns and not draft.way.proposal.after


def _others(draft: Draft) -> str:
    speaker, options = draft.way.proposal.columns["speaker"], draft.way.proposal.options
    answering = options.get("assistant", "assistant")
    named = [answering] if isinstance(answering, str) else list(answering)
    said = dict.fromkeys(str(row.get(speaker)).strip() for row in draft.data.rows)
    return _few([name for name in said if name and name not in named])


def _few(names: Sequence[str]) -> str:
    short = [name if len(name) <= 40 else f"{name[:39]}…" for name in names[:6]]
    return ", ".join(" ".join(name.split()) for name in short) + (", …" if len(names) > 6 else "")


def _known(items: Iterator[tuple[Any, str]], installed: set[str]) -> Iterator[tuple[Any, str]]:
    return (
        (item, remark) for item, remark in items if (item if isinstance(item, str) else next(iter(item))) in installed
    )
