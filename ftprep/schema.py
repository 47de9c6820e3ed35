"""JSON Schema (draft-07) of recipes for the steps that are installed here: what editors complete and check against.

An item is a name or a mapping of one key, in one schema without alternatives where that can be said: editors then
answer a mistake with one short message. A step's options, their texts and defaults come from its model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .recipe import KEYS
from .steps import Step

Schema = dict[str, Any]

KINDS = {
    "readers": ("read", "reader"),
    "transformers": ("transform", "transformer"),
    "checks": ("check", "check"),
    "writers": ("write", "writer"),
    "uploaders": ("upload", "uploader"),
}
"""Kind of step -> the recipe's section that holds it, and what one is called."""

_QUALIFIED = r"[^/\s]+/[^/\s]+"
_TEXT: Schema = {"type": ["string", "null"]}
_TOP: dict[str, Schema] = {
    "version": {"const": 1, "description": "The version of the recipe's grammar."},
    "name": {**_TEXT, "description": "Name of the run folder; the file's name where it is left out."},
    "description": {**_TEXT, "description": "What the recipe is for."},
    "use_case": {**_TEXT, "description": "The kind of job, by which recipes are found."},
    "extends": {
        "type": ["string", "array"],
        "items": {"type": "string"},
        "description": "Recipes this one is laid on: mappings merge, lists and scalars replace, null removes.",
    },
    "model": {
        "type": ["string", "object", "null"],
        "properties": {
            "name": {"type": "string"},
            "tokenizer": {"type": "string", "description": "The encoding that counts its tokens."},
            "context": {"type": "integer", "minimum": 1, "description": "Tokens a request may have."},
        },
        "required": ["name"],
        "additionalProperties": False,
        "description": "The model to tune: tokenizer, limits and price come from it.",
    },
    "seed": {"type": ["integer", "null"], "minimum": 0, "description": "The only source of randomness; 0 by default."},
    "split": {"type": ["object", "null"], "description": "Shares (10%) or counts (50) of the splits."},
    "report": {"description": "Options of the report, or false."},
}


def json_schema(steps: Mapping[str, Sequence[type[Step]]]) -> Schema:
    """The schema of recipes made of `steps`: kind (`readers`, `transformers` …) -> classes."""
    definitions: dict[str, Schema] = {}
    for kind, (_, noun) in KINDS.items():
        definitions[noun] = _item(noun, steps.get(kind, ()), definitions)
    sections = {section: _section(noun, definitions[noun]) for section, noun in KINDS.values()}
    properties = {**_TOP, **sections}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "ftprep recipe",
        "type": "object",
        "properties": {key: properties[key] for key in KEYS},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "anyOf": [{"required": ["version", "read", "write"]}, {"required": ["extends"]}],
        "definitions": definitions,
    }


def _section(noun: str, item: Schema) -> Schema:
    """One item or a list of them; all but `read` and `write` may be empty."""
    empty = ["null"] if noun not in ("reader", "writer") else []
    return {**item, "type": [*item["type"], "array", *empty], "items": {"$ref": f"#/definitions/{noun}"}}


def _item(noun: str, classes: Sequence[type[Step]], definitions: dict[str, Schema]) -> Schema:
    names = sorted({cls.name for cls in classes})
    schema: Schema = {
        "type": ["object", "string"],
        "properties": {cls.name: _value(noun, cls, definitions) for cls in classes},
        "patternProperties": {f"^{_QUALIFIED}$": {}},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    if noun != "reader":  # a bare text in `read` is a path
        schema["pattern"] = f"^(?:{'|'.join([*names, _QUALIFIED])})$"
        schema["patternErrorMessage"] = f"unknown {noun}; installed: {', '.join(names) or 'none'}"
    return schema


def _value(noun: str, cls: type[Step], definitions: dict[str, Schema]) -> Schema:
    """What may follow the name of a step: its options, or the value of its shorthand, or nothing."""
    options = _options(noun, cls, definitions)
    properties = options["properties"]
    if noun == "writer":
        steps = {"type": ["array", "object", "string", "null"], "items": {"$ref": "#/definitions/transformer"}}
        properties["as"] = {"type": "string", "description": "Its folder in the run folder, where it stands twice."}
        properties["steps"] = {**steps, "description": "Transformers for this writer only, after the common ones."}
    short = cls.lone_option()
    values = _branches(properties[short]) if short in properties else []
    if not options.get("required") and {"type": "null"} not in values:
        values = [*values, {"type": "null"}]
    return _joined([options, *values])


def _options(noun: str, cls: type[Step], definitions: dict[str, Schema]) -> Schema:
    prefix = f"{noun}.{cls.name}"
    schema = cls.model_json_schema(ref_template=f"#/definitions/{prefix}.{{model}}")
    parts = schema.pop("$defs", {})
    if "$ref" in schema:  # a model that holds itself
        schema = dict(parts[schema["$ref"].rpartition(".")[2]])
    for name, part in parts.items():
        definitions[f"{prefix}.{name}"] = _draft07(part)
    own = {"type": "object", "properties": {}, **_draft07(schema)}
    return {**own, "properties": dict(own["properties"])}


def _draft07(schema: Any) -> Any:
    """A schema of pydantic's, which follows draft 2020-12, as draft-07; titles, which repeat names, are left out."""
    if not isinstance(schema, dict):
        return schema
    made: Schema = {key: value for key, value in schema.items() if key != "title"}
    for key in ("properties", "patternProperties"):
        if key in made:
            made[key] = {name: _draft07(part) for name, part in made[key].items()}
    for key in ("anyOf", "allOf", "oneOf", "prefixItems"):
        if key in made:
            made[key] = [_draft07(part) for part in made[key]]
    for key in ("items", "additionalProperties", "propertyNames", "contains", "not"):
        if key in made:
            made[key] = _draft07(made[key])
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
        made["additionalItems"] = False
    if "$ref" in made and len(made) > 1:  # draft-07 ignores what stands beside a $ref
        made["allOf"] = [{"$ref": made.pop("$ref")}]
    return made


def _branches(schema: Schema) -> list[Schema]:
    """The alternatives of an option, without what is said about the option."""
    bare = {key: value for key, value in schema.items() if key not in ("description", "default")}
    return list(bare["anyOf"]) if set(bare) == {"anyOf"} else [bare]


def _joined(parts: list[Schema]) -> Schema:
    """One schema for all: flat where each part is of its own type, since keywords of one type ignore the others."""
    types = [part.get("type") for part in parts]
    clash = any(set(a) & set(b) - {"type"} for n, a in enumerate(parts) for b in parts[:n])
    odd = any(not isinstance(kind, str) for kind in types) or len(set(types)) < len(types)
    typeless = {"enum", "const", "anyOf", "allOf", "oneOf", "$ref", "not"}
    if clash or odd or any(typeless & set(part) for part in parts):
        described = {"description": parts[0]["description"]} if "description" in parts[0] else {}
        return {**described, "anyOf": parts}
    return {**{key: value for part in parts for key, value in part.items()}, "type": types}
