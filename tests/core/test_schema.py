"""The JSON Schema of recipes: what editors accept, refuse and explain."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, ClassVar, Literal

import jsonschema
import pytest
from pydantic import BaseModel, Field

from ftprep.recipe import KEYS
from ftprep.schema import json_schema
from ftprep.split import SplitRule
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


class Text(Map):
    """Its shorthand is a template, which it needs."""

    name = "text"
    text: Template
    """The text."""


class Colour(Enum):
    """A colour."""

    RED = "red"


class Paint(Map):
    """Its shorthand is one of a class of words."""

    name = "paint"
    colour: Colour = Colour.RED
    """The colour."""


class Anything(Map):
    """Its shorthand takes anything."""

    name = "anything"
    value: Any = None
    """The value."""


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
    system: Template | None = None
    """What the system says."""


class Hub(Uploader):
    """Uploads."""

    name = "hub"
    suffix: str = ""
    """Ends the name."""


STEPS = {
    "readers": [Csv],
    "transformers": [Window, Rules, Mode, Nested, Text, Paint, Anything, Bare],
    "checks": [Tokens],
    "writers": [Chat],
    "uploaders": [Hub],
}
RECIPE: dict[str, Any] = {"version": 1, "read": "a.csv", "write": "openai_chat"}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    schema = json_schema(STEPS, SplitRule)
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
        {"transform": [{"paint": "red"}, {"paint": {"colour": "red"}}, {"anything": [1]}, {"anything": {"value": 1}}]},
        {"transform": [{"rules": [{"title": "a", "inner": [{"title": "b"}]}]}, {"rules": {"rules": [], "title": "c"}}]},
        {"transform": [{"rules": {"rules": [], "main": {"title": "a"}, "pair": [1, "a"]}}]},
        {"transform": ["my-plugin/window", {"my-plugin/window": {"anything": 1}}]},
        {"check": [{"tokens": "drop"}, "tokens", {"tokens": {"on_fail": "error"}}]},
        {"write": ["openai_chat", {"openai_chat": "Be nice."}, {"openai_chat": None}]},
        {"write": {"openai_chat": {"system": None, "as": "folder", "steps": ["window", {"window": 2}]}}},
        {"write": [{"openai_chat": {"steps": {"window": 2}}}, {"openai_chat": {"steps": "bare"}}]},
        {"split": {"validation": "10%"}, "upload": {"hub": "x"}},
        {"split": {"validation": 0.1, "test": None, "by": "customer", "stable": True}},
        {"split": {"validation": 50, "stratify": "label", "shuffle": True}},
        {"split": {"from": "split"}},
        {"report": False},
        {"report": {"samples": 50}},
        {"report": {"samples": "${env:SAMPLES}"}},
        {"seed": "${env:SEED:-0}", "model": {"name": "m", "context": "${env:CONTEXT}"}},
        {"split": {"validation": "${env:SHARE}", "stable": "${env:STABLE}"}, "transform": [{"window": "${env:N}"}]},
        {"transform": [{"window": {"context": "${env:N}", "one_per": "${env:PER}"}}]},
        {"transform": [{"mode": {"other": {"file": "other.md"}}}, {"text": {"file": "text.md"}}, {"text": "{a}"}]},
        {"write": [{"openai_chat": {"file": "system.md", "as": "a"}}]},
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
        {"split": {"validatin": "10%"}},
        {"split": {"validation": "10 of"}},
        {"split": {"validation": 1.5}},
        {"split": {"stable": "yes"}},
        {"split": {"by": 5}},
        {"report": "no"},
        {"report": {"samples": 51}},
        {"report": {"sample": 5}},
        {"transform": ["rules"]},
        {"transform": ["text"]},
        {"transform": [{"text": {"fil": "a.md"}}]},
        {"transform": [{"text": {}}]},
        {"transform": [{"rules": "a"}]},
        {"transform": [{"nested": 5}]},
        {"transform": [{"paint": "blue"}]},
        {"transform": [{"paint": 5}]},
        {"model": ""},
        {"read": [""]},
        {"read": []},
        {"write": {"openai_chat": {"as": ""}}},
    ],
    ids=str,
)
def test_what_no_recipe_says_is_refused(keys: dict, validator: jsonschema.Draft7Validator):
    assert errors(validator, **keys) != []


def test_a_recipe_that_extends_another_may_leave_all_to_it(validator: jsonschema.Draft7Validator):
    assert list(validator.iter_errors({"extends": ["base.yaml"]})) == []
    parts = {"read": {"csv": {"encoding": None}}, "model": {"context": 5}, "split": {"stable": None}}
    assert list(validator.iter_errors({"extends": "base.yaml", **parts})) == []
    both = {"window": {"one_per": None}, "rules": None, "nested": {"rule": {"inner": []}}}
    assert list(validator.iter_errors({"extends": "base.yaml", "transform": {**both, "bare": None}})) != []
    assert list(validator.iter_errors({"extends": "base.yaml", "transform": {**both, "nested": None}})) == []
    assert list(validator.iter_errors({"extends": "base.yaml", "transform": [{"rules": None}]})) != []
    assert list(validator.iter_errors({"version": 1, "read": "a.csv"})) != []


def test_it_knows_every_key_of_a_recipe():
    assert tuple(json_schema(STEPS, SplitRule)["properties"]) == KEYS


def test_a_name_that_is_not_installed_is_answered_with_those_that_are():
    transformer = json_schema(STEPS, SplitRule)["definitions"]["transformer"]
    unknown = "unknown transformer; installed: anything, bare, mode, nested, paint, rules, text, window"
    assert (transformer["errorMessage"], transformer["patternErrorMessage"]) == (unknown, unknown)


def test_a_step_explains_itself_and_is_flat_where_its_types_allow_it():
    variable = {"pattern": r"\$\{env:", "patternErrorMessage": "expected a whole number"}
    what = {
        "description": "What an example is.",
        "markdownDescription": 'What an example is.\n\nDefault: `"answer"`',
        "default": "answer",
    }
    text = {"type": "string", "pattern": r"\$\{env:", "description": "An environment variable."}
    assert json_schema(STEPS, SplitRule)["definitions"]["transformer"]["properties"]["window"] == {
        "title": "transformer window",
        "description": "Cuts windows.",
        "type": ["object", "integer", "string", "null"],
        "minimum": 0,
        **variable,
        "allOf": [
            {
                "properties": {
                    "context": {
                        "type": ["integer", "string"],
                        "minimum": 0,
                        **variable,
                        "default": 5,
                        "description": "Messages before each answer.",
                        "markdownDescription": "Messages before each answer.\n\nDefault: `5`",
                    },
                    "one_per": {
                        **what,
                        "anyOf": [
                            {**what, "type": "string", "enum": ["answer", "window"]},
                            {**text, "patternErrorMessage": "expected text"},
                        ],
                    },
                },
                "additionalProperties": False,
                "errorMessage": "unknown option of window; known: context, one_per",
            }
        ],
    }


def test_only_the_options_that_a_step_needs_stand_beside_its_type():
    steps = json_schema(STEPS, SplitRule)["definitions"]["transformer"]["properties"]
    assert (list(steps["rules"]["properties"]), steps["rules"]["required"]) == (["rules"], ["rules"])
    assert "properties" not in steps["window"]


def test_a_step_without_options_says_so():
    bare = json_schema(STEPS, SplitRule)["definitions"]["transformer"]["properties"]["bare"]
    assert bare["type"] == ["object", "null"]
    assert bare["allOf"][0]["errorMessage"] == "unknown option of bare; it has none"


def test_a_text_is_told_in_whole_lines_and_as_markdown_where_it_has_marks():
    class Told(Map):
        """Cuts `things`
        at their ends.

        - one
        - two
        """

        name = "told"

    told = json_schema({"transformers": [Told]}, SplitRule)["definitions"]["transformer"]["properties"]["told"]
    text = "Cuts `things` at their ends.\n\n- one\n- two"
    assert (told["description"], told["markdownDescription"]) == (text, text)


def test_the_options_of_the_split_have_their_texts():
    split = json_schema(STEPS, SplitRule)["else"]["properties"]["split"]["allOf"][0]
    assert list(split["properties"]) == [
        "train", "validation", "test", "by", "stratify", "stable", "from", "shuffle",
    ]  # fmt: skip
    assert all(option["description"] for option in split["properties"].values())
    assert split["properties"]["from"]["description"].startswith("Column that says which split a row is in")


def test_texts_of_nested_models_stay_where_draft_07_sees_them():
    schema = json_schema(STEPS, SplitRule)
    nested = schema["definitions"]["transformer.rules.Rule"]
    assert nested["properties"]["title"] == {"type": "string", "description": "What it is called."}
    assert schema["definitions"]["transformer"]["properties"]["rules"]["required"] == ["rules"]


def test_a_step_that_holds_itself_keeps_its_texts(validator: jsonschema.Draft7Validator):
    options = json_schema(STEPS, SplitRule)["definitions"]["transformer.nested.Nested"]
    reference = "#/definitions/transformer.nested.Rule"
    assert options["properties"]["rule"] == {"allOf": [{"$ref": reference}], "description": "The one rule."}
    good = {"rule": {"title": "a"}, "inside": [{"rule": {"title": "b"}}]}
    assert errors(validator, transform=[{"nested": good}]) == []
    assert errors(validator, transform=[{"nested": {**good, "inside": [{}]}}]) != []


def test_no_steps_at_all_is_a_schema_too():
    schema = json_schema({}, SplitRule)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["definitions"]["writer"]["patternErrorMessage"] == "unknown writer; installed: none"
