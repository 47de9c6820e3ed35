"""Whether an object can be a JSON Schema: the keywords that tool definitions are made of hold what they must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TYPES = frozenset(("object", "array", "string", "number", "integer", "boolean", "null"))
_NAMED = ("properties", "patternProperties", "$defs", "definitions")
_ONE = ("additionalProperties", "not", "if", "then", "else", "contains", "propertyNames")
_MANY = ("allOf", "anyOf", "oneOf")
_DEEPEST = 64


def is_schema(value: Any, depth: int = 0) -> bool:
    """Whether it is one; what is deeper than 64 levels is not looked at."""
    if isinstance(value, bool):
        return depth > 0
    if not isinstance(value, dict):
        return False
    return depth > _DEEPEST or (_keywords(value) and all(is_schema(one, depth + 1) for one in _inner(value)))


def _keywords(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    kinds = [kind] if isinstance(kind, str) else kind
    if "type" in schema and not (isinstance(kinds, list) and kinds and all(_is_type(one) for one in kinds)):
        return False
    required = schema.get("required", [])
    if not (isinstance(required, list) and all(isinstance(name, str) for name in required)):
        return False
    lists = [schema[key] for key in (*_MANY, "enum") if key in schema]
    objects = [schema[key] for key in _NAMED if key in schema]
    return all(isinstance(one, list) and one for one in lists) and all(isinstance(one, dict) for one in objects)


def _is_type(value: Any) -> bool:
    return isinstance(value, str) and value in _TYPES


def _inner(schema: dict[str, Any]) -> Iterator[Any]:
    for key in _NAMED:
        yield from schema.get(key, {}).values()
    for key in _MANY:
        yield from schema.get(key, ())
    yield from (schema[key] for key in _ONE if key in schema)
    items = schema.get("items", {})
    yield from items if isinstance(items, list) else [items]
