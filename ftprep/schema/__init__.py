"""JSON Schema (draft-07) of recipes for the steps that are installed here: what editors complete and check against.

The shape is made for the YAML language server; its keywords (`markdownDescription`, `errorMessage`,
`patternErrorMessage`, `doNotSuggest`) mean nothing to others. There are alternatives only where it cannot be otherwise,
since they blur its messages. The options of a step stand in an `allOf`, and only those it needs beside its type: what
stands there the server writes into the recipe together with the name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from ..recipe import KEYS
from ..steps import Step
from .options import FILE, NULL, SAID, branches, joined, options, or_variable, types, worded

Schema = dict[str, Any]

KINDS = {
    "readers": ("read", "reader", "What is read: a path, a list of paths and globs, or readers with their options."),
    "transformers": ("transform", "transformer", "The steps, in order."),
    "checks": ("check", "check", "What looks at the examples of each output, as its writer is about to write them."),
    "writers": ("write", "writer", "The formats to write. Each has its folder, and may have `steps` of its own."),
    "uploaders": ("upload", "uploader", "Where the files would be sent; `run` never sends anything."),
}
"""Kind of step -> the recipe's section that holds it, what one is called, and what the section is for."""

_QUALIFIED = r"[^/\s]+/[^/\s]+"
_TEXT: Schema = {"type": ["string", "null"]}
_PATH: Schema = {"type": "string", "minLength": 1}
_MODEL: Schema = {
    "type": ["string", "object", "null"],
    "minLength": 1,
    "properties": {
        "name": {**_PATH, "description": "What its provider calls it."},
        "tokenizer": {**_PATH, "description": "What counts its tokens: an encoding, or a tokenizer's file."},
        "context": or_variable({"type": "integer", "minimum": 1, "description": "Tokens a request may have."}),
    },
    "required": ["name"],
    "additionalProperties": False,
    "errorMessage": "expected a name, or the keys: name, tokenizer, context",
}
_REPORT: Schema = {
    "properties": {
        "samples": or_variable(
            {
                "type": "integer",
                "minimum": 0,
                "maximum": 50,
                "default": 20,
                "description": "Examples of each output that are shown as they are trained on.",
            }
        )
    },
    "additionalProperties": False,
    "errorMessage": "expected the keys: samples",
}
_TOP: dict[str, Schema] = {
    "version": {"const": 1, "description": "The version of the recipe's grammar."},
    "name": {**_TEXT, "description": "Name of the run folder; the file's name where it is left out."},
    "description": {**_TEXT, "description": "What the recipe is for."},
    "use_case": {**_TEXT, "description": "The kind of job, by which recipes are found."},
    "extends": {
        **joined([_PATH, {"type": "array", "items": _PATH}]),
        "description": "Recipes this one is laid on: mappings merge, lists and scalars replace, null removes.",
    },
    "model": {
        "type": _MODEL["type"],
        "errorMessage": _MODEL["errorMessage"],
        "description": "The model to tune: tokenizer, limits and price come from it.",
    },
    "seed": {
        **or_variable({"type": ["integer", "null"], "minimum": 0}),
        "default": 0,
        "description": "The only source of randomness.",
    },
    "split": {
        "type": ["object", "null"],
        "errorMessage": "expected a mapping, such as {validation: 10%}",
        "description": "Shares (`10%`) or counts (`50`) of groups that are held out.",
    },
    "report": {
        "type": ["boolean", "object", "null"],
        "errorMessage": "expected a mapping, such as {samples: 20}, or false",
        "description": "What the run's page shows, or false for none.",
    },
}
"""The keys that hold no items. What a mapping under a key may hold is said in `then`, for a recipe that extends another
(whose mappings are merged with these), and in `else`."""


def json_schema(steps: Mapping[str, Sequence[type[Step]]], split: type[BaseModel]) -> Schema:
    """The schema of recipes made of `steps`: kind (`readers`, `transformers` …) -> classes; `split` is the model of
    that section.
    """
    definitions: dict[str, Schema] = {"file": FILE}
    keys, merged, alone = dict(_TOP), {"model": _MODEL, "split": _split(split), "report": _REPORT}, {}
    for kind, (section, noun, about) in KINDS.items():
        definitions[noun] = merged[section] = _names(noun, steps.get(kind, ()), definitions)
        alone[section] = {"$ref": f"#/definitions/{noun}"}
        keys[section] = {**_items(noun, empty=section not in ("read", "write")), "description": about}
    alone = {**merged, **alone}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "ftprep recipe",
        "type": "object",
        "properties": {key: worded(keys[key]) for key in KEYS},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "errorMessage": f"unknown key; known: {', '.join(KEYS)}",
        "if": {"required": ["extends"]},
        "then": {"properties": {key: {**_laid(part), "doNotSuggest": True} for key, part in merged.items()}},
        "else": {
            "properties": {key: {"allOf": [part], "doNotSuggest": True} for key, part in alone.items()},
            "required": ["version", "read", "write"],
        },
        "definitions": definitions,
    }


def _split(model: type[BaseModel]) -> Schema:
    made = options(model, "split", {})
    made = {key: value for key, value in made.items() if key not in SAID}  # the key's own text is shown
    return {
        "title": "split",
        **made,
        "errorMessage": f"unknown option of split; known: {', '.join(made['properties'])}",
    }


def _items(noun: str, *, empty: bool) -> Schema:
    """A list of items, a single one or, where it may be empty, nothing. What a single one may be is said elsewhere."""
    kinds = ["array", "object", "string", *(["null"] if empty else [])]
    item = {"type": ["object", "string"], "allOf": [{"$ref": f"#/definitions/{noun}"}]}
    return {"type": kinds, "items": item, **({} if empty else {"minItems": 1})}


def _names(noun: str, classes: Sequence[type[Step]], definitions: dict[str, Schema]) -> Schema:
    """What an item names: a mapping of one key, or a name alone. Says nothing of other types."""
    values = {cls.name: _value(noun, cls, definitions) for cls in sorted(classes, key=lambda cls: cls.name)}
    unknown = f"unknown {noun}; installed: {', '.join(values) or 'none'}"
    names: Schema = {
        "title": noun,
        "properties": values,
        "patternProperties": {f"^{_QUALIFIED}$": {}},
        "additionalProperties": False,
        "errorMessage": unknown,
        "minProperties": 1,
        "maxProperties": 1,
    }
    if noun == "reader":  # a bare text in `read` is a path
        return {**names, "pattern": r"\S", "patternErrorMessage": "a path is missing"}
    known = {"pattern": f"^(?:{'|'.join([*values, _QUALIFIED])})$", "patternErrorMessage": unknown}
    bare = [_bare(name, value) for name, value in values.items()]
    return {**names, **known, **({"allOf": bare} if bare else {})}


def _bare(name: str, value: Schema) -> Schema:
    """What is said of a name that stands alone: its text, or that it needs options."""
    said = {key: value[key] for key in SAID if key in value}
    if "required" in value or "anyOf" in value:
        said |= {"pattern": "^$", "patternErrorMessage": f"{name} needs options; write '{name}: …'"}
    return {"if": {"const": name}, "then": said}


def _value(noun: str, cls: type[Step], definitions: dict[str, Schema]) -> Schema:
    """What may follow the name of a step: its options, or the value of its shorthand, or nothing."""
    made = options(cls, f"{noun}.{cls.name}", definitions)
    named, needed = made["properties"], made.pop("required", [])
    said = {"title": f"{noun} {cls.name}", **{key: made.pop(key) for key in SAID if key in made}}
    short = cls.lone_option()
    enough = short in named and set(needed) <= {short}  # a value alone leaves no option open that is needed
    parts = branches(named[short]) if short is not None and enough else []
    if noun == "writer":
        named |= _of_outputs()
    need: Schema = {"properties": {name: named[name] for name in needed}, "required": needed} if needed else {}
    if {"$ref": "#/definitions/file"} in parts and "file" not in named:
        named["file"] = FILE["properties"]["file"]
        need = {"anyOf": [{"required": [short]}, {"required": ["file"]}]} if needed else {}
    known = f"known: {', '.join(named)}" if named else "it has none"
    made["errorMessage"] = f"unknown option of {cls.name}; {known}"
    alone = [_resolved(part, definitions) for part in parts]
    return _or_alone({**said, "type": "object", **need, "allOf": [made]}, alone, empty=not needed)


def _resolved(part: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """What a reference leads to; and without what is said about the option, for that is said about the step."""
    reference = next((rule["$ref"] for rule in (part, *part.get("allOf", ())) if "$ref" in rule), "")
    target = definitions.get(reference.rpartition("/")[2], part)
    return {key: value for key, value in target.items() if key not in (*SAID, "default")}


def _or_alone(made: Schema, alone: Sequence[Schema], *, empty: bool) -> Schema:
    """The options of a step, or a value alone. A mapping is never one, and null means no options."""
    if any(not types(part) for part in alone):  # it takes anything
        return {key: value for key, value in made.items() if key != "type"}
    kinds = [[kind for kind in types(part) if kind not in ("object", "null")] for part in alone]
    values = [{**part, "type": kind} for part, kind in zip(alone, kinds, strict=True) if kind]
    flat = joined([made, *values, *([NULL] if empty else [])])
    if set(flat) != {"anyOf"}:
        return flat
    rest = {"title": made["title"], "type": ["object", *(["null"] if empty else [])]}
    every = list(dict.fromkeys(kind for part in (rest, *values) for kind in part["type"]))
    return {**made, "type": every, "allOf": [*made["allOf"], {"anyOf": [*values, rest]}]}


def _of_outputs() -> dict[str, Schema]:
    """The options that every writer has."""
    steps = {**_items("transformer", empty=True), "allOf": [{"$ref": "#/definitions/transformer"}]}
    return {
        "as": {**_PATH, "description": "Its folder in the run folder, where it stands twice."},
        "steps": {**steps, "description": "Transformers for this writer only, after the common ones."},
    }


def _laid(schema: Schema) -> Schema:
    """The same for what is laid on another recipe: nothing has to be there, and null removes what is."""
    made = {key: value for key, value in schema.items() if key not in ("required", "minProperties", "maxProperties")}
    if "type" in made:
        made["type"] = list(dict.fromkeys([*types(made), "null"]))
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    if "anyOf" in made:
        made["anyOf"] = [*map(_laid, made["anyOf"]), NULL]
    if "allOf" in made:
        made["allOf"] = list(map(_laid, made["allOf"]))
    if "properties" in made:
        made["properties"] = {name: _laid(part) for name, part in made["properties"].items()}
    return made
