"""The options of a step as JSON Schema (draft-07): pydantic's, and what recipes may write instead of a value."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from ..options import option_docs

Schema = dict[str, Any]

NULL: Schema = {"type": "null"}
FILE: Schema = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "minLength": 1, "description": "Its text is in this file, relative to the recipe."}
    },
    "required": ["file"],
    "additionalProperties": False,
    "errorMessage": "expected text, or {file: PATH}",
}
"""Where a template stands in a file of its own."""
SAID = ("description", "markdownDescription")
"""What editors show."""

_VARIABLE: Schema = {"type": "string", "pattern": r"\$\{env:", "description": "An environment variable."}
_ABOUT = (*SAID, "default")
_WORDS = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "a mapping",
}  # fmt: skip
_BOUNDS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_TYPELESS = {"enum", "const", "anyOf", "oneOf", "$ref", "not"}


def options(model: type[BaseModel], prefix: str, definitions: dict[str, Schema]) -> Schema:
    """What a mapping of a model's options may hold; it says nothing of values that are no mappings.

    The models that its options hold are put among the `definitions`, under names that begin with `prefix`.
    """
    schema = model.model_json_schema(ref_template=f"#/definitions/{prefix}.{{model}}")
    parts = schema.pop("$defs", {})
    if "$ref" in schema:  # a model that holds itself
        schema = dict(parts[schema["$ref"].rpartition(".")[2]])
    for name, part in parts.items():
        definitions[f"{prefix}.{name}"] = _draft07(part)
    docs, named = option_docs(model), schema.setdefault("properties", {})
    for name, field in model.model_fields.items():
        if name in docs and (option := named.get(field.alias or name)) is not None:
            option.setdefault("description", docs[name])
    made: Schema = _draft07(schema)
    made["properties"] = {name: _or_file(part) for name, part in made["properties"].items()}
    return {key: value for key, value in made.items() if key not in ("type", "errorMessage")}


def worded(schema: Schema) -> Schema:
    """With the description in unbroken lines and, where editors would show that otherwise, as Markdown."""
    if "description" not in schema:
        return schema
    text = re.sub(r"(?<!\n)\n(?![\n\s*-])", " ", schema["description"])
    default = schema.get("default")
    said = text if default is None else f"{text}\n\nDefault: `{json.dumps(default, ensure_ascii=False)}`"
    return {**schema, "description": text, **({"markdownDescription": said} if re.search(r"[`\n]", said) else {})}


def or_variable(schema: Any) -> Any:
    """Takes an environment variable too, where a single value is taken but not any text."""
    if not isinstance(schema, dict):
        return schema
    parts, kinds = branches(schema), types(schema)
    texts = [part for part in parts if "string" in types(part)]
    any_text = any(not {"enum", "const", "pattern"} & set(part) for part in texts)
    if any_text or not {"string", "integer", "number", "boolean"} & set(kinds):
        return schema
    about = {key: schema[key] for key in _ABOUT if key in schema}
    words = dict.fromkeys(_WORDS[kind] for kind in kinds if kind in _WORDS)
    variable = {**_VARIABLE, "patternErrorMessage": f"expected {' or '.join(words)}"}
    said = [{**about, **part} if "enum" in part else part for part in parts]  # it is shown beside each value
    return {**about, **joined([*said, variable])}


def branches(schema: Schema) -> list[Schema]:
    """The alternatives of an option, without what is said about it."""
    bare = {key: value for key, value in schema.items() if key not in _ABOUT}
    return list(bare["anyOf"]) if set(bare) == {"anyOf"} else [bare]


def types(schema: Schema) -> list[str]:
    """The types that a schema names, also in its alternatives; none where it does not say."""
    if "type" in schema:
        return list(schema["type"]) if isinstance(schema["type"], list) else [schema["type"]]
    if "enum" in schema or "const" in schema:
        return ["string"]
    return [kind for part in schema.get("anyOf", ()) for kind in types(part)]


def joined(parts: Sequence[Schema]) -> Schema:
    """One schema for all: flat where each part is of its own types, since keywords of one type ignore the others."""
    kinds = [kind for part in parts for kind in types(part)]
    keys = [key for part in parts for key in part if key not in ("type", "allOf", *SAID)]
    numbers = {"integer", "number"} <= set(kinds) and set(keys) & _BOUNDS
    clash = len(set(kinds)) < len(kinds) or len(set(keys)) < len(keys) or numbers
    if clash or not all("type" in part for part in parts) or _TYPELESS & set(keys):
        return {"anyOf": list(parts)}
    made = {key: part[key] for part in parts for key in part if key in keys}
    made |= {key: parts[0][key] for key in SAID if key in parts[0]}
    more = [rule for part in parts for rule in part.get("allOf", ())]
    if "items" in made and kinds[0] != "array":  # editors would begin a list
        more.append({"items": made.pop("items")})
    return {"type": kinds if len(kinds) > 1 else kinds[0], **made, **({"allOf": more} if more else {})}


def _draft07(schema: Any) -> Any:
    """A schema of pydantic's, which follows draft 2020-12, as draft-07; titles, which repeat names, are left out."""
    if not isinstance(schema, dict):
        return schema
    made: Schema = {key: value for key, value in schema.items() if key != "title"}
    for key in ("properties", "patternProperties"):
        if key in made:
            made[key] = {name: or_variable(_draft07(part)) for name, part in made[key].items()}
    for key in ("anyOf", "allOf", "oneOf", "prefixItems"):
        if key in made:
            made[key] = [_draft07(part) for part in made[key]]
    for key in ("items", "additionalProperties", "contains"):
        if key in made:
            made[key] = or_variable(_draft07(made[key]))
    for key in ("propertyNames", "not"):
        if key in made:
            made[key] = _draft07(made[key])
    return worded(_said_in_draft07(made))


def _said_in_draft07(made: Schema) -> Schema:
    if "anyOf" in made:
        made |= joined(made.pop("anyOf"))
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
        made["additionalItems"] = False
    if "$ref" in made and len(made) > 1:  # draft-07 ignores what stands beside a $ref
        made["allOf"] = [{"$ref": made.pop("$ref")}]
    if made.get("properties") and made.get("additionalProperties") is False:
        made["errorMessage"] = f"expected the keys: {', '.join(made['properties'])}"
    if made.get("default", ...) is None:
        del made["default"]
    return made


def _or_file(schema: Schema) -> Schema:
    """Takes a template from a file too."""
    parts = branches(schema)
    if all(part.get("x-ftprep") != "template" for part in parts):
        return schema
    about = {key: schema[key] for key in _ABOUT if key in schema}
    return {**about, "anyOf": [*parts, {"$ref": "#/definitions/file"}]}
