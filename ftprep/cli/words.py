"""Steps in words: what one is for, and its options as a recipe writes them."""

from __future__ import annotations

import inspect
import re
from typing import Any

from .saying import json_text

_SENTENCE = re.compile(r".*?[.!?](?=\s|$)")
_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true/false", "object": "mapping"}
_SPECIAL = {"column": "column name", "template": "template", "path": "file"}
_PLAIN = re.compile(r"[A-Za-z_][\w./-]*(?: [\w./-]+)*|[0-9.]+%")


def purpose(cls: type[Any]) -> str:
    """The first sentence of a step's description."""
    return sentence((inspect.getdoc(cls) or "").partition("\n\n")[0])


def sentence(text: str) -> str:
    """The first sentence of a paragraph, in one line."""
    paragraph = " ".join(text.split())
    found = _SENTENCE.match(paragraph)
    return found[0] if found else paragraph


def options_of(cls: type[Any]) -> dict[str, dict[str, Any]]:
    """A step's options by the name that recipes use: type in words, default, whether it is required, help."""
    schema = cls.model_json_schema()
    required, parts = schema.get("required", ()), schema.get("$defs", {})
    return {
        name: {
            "type": type_of(detail, parts),
            "default": detail.get("default"),
            "required": name in required,
            "help": detail.get("description", ""),
        }
        for name, detail in schema.get("properties", {}).items()
    }


def shorthand_of(cls: type[Any]) -> str | None:
    """The option that a lone value fills, by the name that recipes use."""
    name = cls.lone_option()
    return (cls.model_fields[name].alias or name) if name in cls.model_fields else None


def type_of(detail: dict[str, Any], parts: dict[str, Any]) -> str:
    """What a JSON Schema takes, in words; null is left out, for it is the same as no value."""
    if "$ref" in detail:
        detail = {**parts.get(detail["$ref"].rpartition("/")[2], {}), **detail}
    for key in ("anyOf", "oneOf", "allOf"):
        if key in detail:
            kinds = [type_of(branch, parts) for branch in detail[key] if branch.get("type") != "null"]
            return " or ".join(kind for kind in dict.fromkeys(kinds) if kind != "whole number" or "number" not in kinds)
    if "enum" in detail:
        return " | ".join(map(str, detail["enum"]))
    if "const" in detail:
        return str(detail["const"])
    kind = detail.get("type")
    if kind == "array":
        return f"list of {type_of(detail['items'], parts)}" if detail.get("items") else "list"
    inner = detail.get("additionalProperties")
    if kind == "object" and isinstance(inner, dict):
        return f"mapping to {type_of(inner, parts)}"
    return f"{_SPECIAL.get(detail.get('x-ftprep', '')) or _TYPES.get(str(kind), 'any value')}{_range(detail)}"


def _range(detail: dict[str, Any]) -> str:
    words = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most", "exclusiveMaximum": "under"}
    return "".join(f", {word} {detail[key]}" for key, word in words.items() if key in detail)


def value_text(value: Any) -> str:
    """A value as a recipe would have it, in one line."""
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value not in ("true", "false", "null"):
        return value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(value_text, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{value_text(str(key))}: {value_text(inner)}' for key, inner in value.items())}}}"
    return json_text(value)
