"""The JSON Schema of recipes: what editors accept, refuse and explain."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import jsonschema
import pytest
from pydantic import BaseModel, Field

from ftprep.recipe import KEYS
from ftprep.schema import json_schema
from ftprep.steps import Check, Map, Reader, Uploader, Writer
from ftprep.template import Column, Template


class Csv(Reader):
    """Reads CSV."""

    name = "csv"
    encoding: str | None = None
    """The encoding, where it is known."""


class Window(Map):
    """Cuts windows."""

    name = "window"
    context: Annotated[int, Field(ge=0)] = 5
    """Messages before each answer."""
    one_per: Literal["answer", "window"] = "answer"
    """What an example is."""


class Rule(BaseModel, extra="forbid", use_attribute_docstrings=True):
    """A rule."""

    title: str
    """What it is called."""
    inner: list[Rule] = []
    """Rules in it."""


class Rules(Map):
    """Has a required option, a nested model, and an option called title."""

    name = "rules"
    rules: list[Rule]
    """The rules."""
    title: Column | None = None
    """A column."""
    main: Rule | None = None
    """The first rule."""
    pair: tuple[int, str] | None = None
    """A number and a text."""


class Mode(Map):
    """Its shorthand is one of three words, or a whole mapping."""

    name = "mode"
    shorthand: ClassVar[str] = "mode"
    other: Template | None = None
    """A template."""
    mode: Literal["a", "b"] | dict[str, str] = "a"
    """The mode."""


class Nested(Map):
    """Holds itself, and a rule that has to be there."""

    name = "nested"
    rule: Rule
    """The one rule."""
    inside: list[Nested] = []
    """More of it."""


class Bare(Map):
    """Has no options."""

    name = "bare"


class Tokens(Check):
    """Counts."""

    name = "tokens"
    on_fail: Literal["drop", "error"] = "error"
    """What happens."""


class Chat(Writer):
    """Writes chat."""

    name = "openai_chat"
    shape = "chat"
    system: str | None = None
    """What the system says."""


class Hub(Uploader):
    """Uploads."""

    name = "hub"
    suffix: str = ""
    """Ends the name."""


STEPS = {
    "readers": [Csv],
    "transformers": [Window, Rules, Mode, Nested, Bare],
    "checks": [Tokens],
    "writers": [Chat],
    "uploaders": [Hub],
}
RECIPE: dict[str, Any] = {"version": 1, "read": "a.csv", "write": "openai_chat"}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    schema = json_schema(STEPS)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def errors(validator: jsonschema.Draft7Validator, **keys: object) -> list[str]:
    return [error.message for error in validator.iter_errors({**RECIPE, **keys})]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        dict.fromkeys(("name", "model", "seed", "transform", "check", "split", "upload", "report")),
        {"extends": "base.yaml", "x-note": {"a": 1}, "description": "a", "use_case": "b", "seed": 1, "report": False},
        {"model": {"name": "m", "tokenizer": "t", "context": 5}},
        {
            "read": [
                "a.csv",
                "b*.csv",
                {"csv": "c.csv"},
                {"csv": ["d.csv"]},
                {"csv": {"path": "e.csv", "encoding": "x"}},
            ]
        },
        {"read": {"csv": "a.csv"}},
        {"transform": ["window", "bare", {"bare": None}, {"bare": {}}, {"window": None}, {"window": 0}]},
        {"transform": [{"window": {"context": 3, "one_per": "window"}}, {"mode": "b"}, {"mode": {"mode": {"a": "b"}}}]},
        {"transform": {"mode": {"other": "{a}"}}},
        {"transform": "window"},
        {"transform": [{"rules": [{"title": "a", "inner": [{"title": "b"}]}]}, {"rules": {"rules": [], "title": "c"}}]},
        {"transform": [{"rules": {"rules": [], "main": {"title": "a"}, "pair": [1, "a"]}}]},
        {"transform": ["my-plugin/window", {"my-plugin/window": {"anything": 1}}]},
        {"check": [{"tokens": "drop"}, "tokens", {"tokens": {"on_fail": "error"}}]},
        {"write": ["openai_chat", {"openai_chat": "Be nice."}, {"openai_chat": None}]},
        {"write": {"openai_chat": {"system": None, "as": "folder", "steps": ["window", {"window": 2}]}}},
        {"write": [{"openai_chat": {"steps": {"window": 2}}}, {"openai_chat": {"steps": "bare"}}]},
        {"split": {"validation": "10%"}, "upload": {"hub": "x"}},
    ],
    ids=str,
)
def test_what_a_recipe_may_say_is_accepted(keys: dict, validator: jsonschema.Draft7Validator):
    assert errors(validator, **keys) == []


@pytest.mark.parametrize(
    "keys",
    [
        {"version": 2},
        {"transfrom": []},
        {"seed": -1},
        {"seed": "1"},
        {"model": {"nam": "x"}},
        {"model": {"name": "x", "context": 0}},
        {"read": None},
        {"read": 5},
        {"read": {"cvs": "a.csv"}},
        {"read": {"csv": {"encoding": "x"}}},
        {"read": {"csv": {"path": "a", "delimeter": ";"}}},
        {"read": {"csv": None}},
        {"transform": ["windw"]},
        {"transform": [{"windw": 5}]},
        {"transform": [{"window": -1}]},
        {"transform": [{"window": "5"}]},
        {"transform": [{"window": {"contxt": 5}}]},
        {"transform": [{"window": {"one_per": "x"}}]},
        {"transform": [{"window": 5, "bare": None}]},
        {"transform": [{}]},
        {"transform": [{"bare": 5}]},
        {"transform": [{"bare": {"a": 1}}]},
        {"transform": [{"mode": "c"}]},
        {"transform": [{"rules": {"rules": [{"titel": "a"}]}}]},
        {"transform": [{"rules": {"rules": [], "pair": [1, "a", 2]}}]},
        {"transform": [{"rules": None}]},
        {"check": ["window"]},
        {"write": {"openai_chat": {"steps": ["tokens"]}}},
        {"write": {"openai_chat": {"as": 5}}},
        {"write": []} | {"write": None},
        {"split": "10%"},
    ],
    ids=str,
)
def test_what_no_recipe_says_is_refused(keys: dict, validator: jsonschema.Draft7Validator):
    assert errors(validator, **keys) != []


def test_a_recipe_that_extends_another_may_leave_all_to_it(validator: jsonschema.Draft7Validator):
    assert list(validator.iter_errors({"extends": ["base.yaml"]})) == []
    assert list(validator.iter_errors({"version": 1, "read": "a.csv"})) != []


def test_it_knows_every_key_of_a_recipe():
    assert tuple(json_schema(STEPS)["properties"]) == KEYS


def test_an_item_is_one_flat_schema_that_explains_itself():
    transformer = json_schema(STEPS)["definitions"]["transformer"]
    assert transformer["type"] == ["object", "string"]
    assert transformer["patternErrorMessage"] == "unknown transformer; installed: bare, mode, nested, rules, window"
    assert transformer["properties"]["window"] == {
        "type": ["object", "integer", "null"],
        "description": "Cuts windows.",
        "additionalProperties": False,
        "minimum": 0,
        "properties": {
            "context": {"type": "integer", "minimum": 0, "default": 5, "description": "Messages before each answer."},
            "one_per": {
                "type": "string", "enum": ["answer", "window"], "default": "answer",
                "description": "What an example is.",
            },
        },
    }  # fmt: skip


def test_texts_of_nested_models_stay_where_draft_07_sees_them():
    schema = json_schema(STEPS)
    nested = schema["definitions"]["transformer.rules.Rule"]
    assert nested["properties"]["title"] == {"type": "string", "description": "What it is called."}
    assert schema["definitions"]["transformer"]["properties"]["rules"]["required"] == ["rules"]


def test_a_step_that_holds_itself_keeps_its_texts(validator: jsonschema.Draft7Validator):
    options = json_schema(STEPS)["definitions"]["transformer.nested.Nested"]
    reference = "#/definitions/transformer.nested.Rule"
    assert options["properties"]["rule"] == {"allOf": [{"$ref": reference}], "description": "The one rule."}
    good = {"rule": {"title": "a"}, "inside": [{"rule": {"title": "b"}}]}
    assert errors(validator, transform=[{"nested": good}]) == []
    assert errors(validator, transform=[{"nested": {**good, "inside": [{}]}}]) != []


def test_no_steps_at_all_is_a_schema_too():
    schema = json_schema({})
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["definitions"]["writer"]["patternErrorMessage"] == "unknown writer; installed: none"
