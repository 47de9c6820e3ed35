"""The JSON Schema and the planner: what one accepts the other does too, of every option of every installed step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest

from ftprep import recipe as recipes
from ftprep.planning.items import Builder
from ftprep.recipe import Item
from ftprep.registry import Registered, Registry
from ftprep.schema import KINDS, json_schema
from ftprep.split import SplitRule

VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 3, 0.5, 1.5, "", "a", "10%", "answer", "drop", "first", "{text}", "paragraphs[].qas[]",
    [], ["a"], ["a", "b"], [1], [True], [[]], [{}], {}, {"a": "b"}, {"a": 1}, {"a": None}, {"b": [1]}, {"column": "a"},
]  # fmt: skip
"""What each option is tried with. (A mapping of `file` alone is left out: its file would be read.)"""
SEEN = [
    " has no option ", " needs the option ", " has no options", " is text ", " is a whole number ", " is a number ",
    " is true or false ", " is a list ", " is a mapping ", "input should be ", "should have at least ",
    "is neither a share nor a count",
]  # fmt: skip
"""Refusals that a schema can give too: unknown and missing options, types, bounds, lengths. What the validators of a
step find beyond them, and how options go together, only the planner sees."""


@cache
def registry() -> Registry:
    return Registry.installed()


def steps() -> list[Registered]:
    return [entry for _, noun, _ in KINDS.values() for entry in registry().all(noun)]


@cache
def schema() -> dict[str, Any]:
    kinds = {f"{noun}s": [entry.cls for entry in registry().all(noun)] for _, noun, _ in KINDS.values()}
    made = json_schema(kinds, SplitRule)
    jsonschema.Draft7Validator.check_schema(made)
    return made


@cache
def validator(section: str) -> jsonschema.Draft7Validator:
    """Of what stands under one key of a recipe that extends none; the whole schema takes three times as long."""
    said = [part["properties"][section] for part in (schema(), schema()["else"])]
    return jsonschema.Draft7Validator({"allOf": said, "definitions": schema()["definitions"]})


def errors(section: str, value: Any) -> list[str]:
    return [error.message for error in validator(section).iter_errors(value)]


def items(entry: Registered) -> Iterator[Any]:
    """The name alone, with a value, and with each option (and those it needs) in turn."""
    yield from ({entry.name: value} for value in VALUES)
    if entry.kind != "reader":  # in `read` a name alone is a path
        yield entry.name
    needed = {name: "a" for name, field in entry.cls.model_fields.items() if field.is_required()}
    for option in [field.alias or name for name, field in entry.cls.model_fields.items()]:
        for value in VALUES:
            yield {entry.name: {**needed, option: value}}
            yield {entry.name: {option: value}}
    yield {entry.name: {**needed, "no_such_option": 1}}


def refusals(entry: Registered, item: Any) -> list[str]:
    """Why the planner takes an item for no step."""
    made = recipes.load({"version": 1, "read": "a.csv", "write": "w/w"})
    builder = Builder(made, registry())
    name, value = next(iter(item.items())) if isinstance(item, dict) else (item, None)
    builder.step(Item(name, value, ("transform", 0, name)), entry.kind)
    return [str(problem) for problem in builder.problems]


@pytest.mark.parametrize("entry", steps(), ids=lambda entry: f"{entry.kind}-{entry.name}")
def test_an_editor_marks_what_the_planner_refuses_and_nothing_else(entry: Registered) -> None:
    section = next(section for section, noun, _ in KINDS.values() if noun == entry.kind)
    marked_wrongly, missed = [], []
    for item in items(entry):
        refused, marked = refusals(entry, item), errors(section, [item])
        if marked and not refused:
            marked_wrongly.append((item, marked))
        if not marked and any(word in said for said in refused for word in SEEN):
            missed.append((item, refused))
    assert (marked_wrongly, missed) == ([], [])


SPLITS: list[dict[str, Any]] = [
    {key: value} for key in ("train", "validation", "test", "by", "stratify", "from", "stable", "shuffle")
    for value in [*VALUES, "100%", " 10 %", ".5%", "10.5", "10 %%", 0.0, 1.0, 2.5]
]  # fmt: skip


@pytest.mark.parametrize("other", [{}, {"test": 3}], ids=["alone", "with a count"])
def test_the_options_of_the_split_are_marked_as_the_planner_refuses_them(other: dict[str, Any]) -> None:
    for split in SPLITS:
        asked = {**other, **split}
        builder = Builder(recipes.load({"version": 1, "read": "a.csv", "write": "w/w"}), registry())
        taken = builder.validate(SplitRule, asked, ("split",), "split") is not None
        marked = bool(errors("split", asked))
        refused = [str(problem) for problem in builder.problems]
        assert not (taken and marked), asked
        assert marked or not any(word in said for said in refused for word in SEEN), asked
