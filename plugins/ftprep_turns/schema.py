"""Whether arguments are what a tool's definition asks for.

Read are the parts of JSON Schema that definitions are made of: `type`, `properties`, `required`, `enum`, `items`,
`additionalProperties: false`, at any depth. Other keywords are passed over, and what refers elsewhere (`$ref`) is not
followed: a value that does not fit may go unnoticed, none that fits is called wrong. Stricter than JSON Schema in one
thing: an argument that `properties` does not list is unknown unless `additionalProperties` allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import faults
from .faults import Fault

_IS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: not isinstance(value, bool) and (isinstance(value, int) or _whole(value)),
}
_OPENING = frozenset(
    ("patternProperties", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies", "unevaluatedProperties")
)
"""Keywords that may define more properties."""
_DEEPEST = 64
"""Levels that are looked at; no tool has as many, and the stack is not endless."""


def mismatches(value: Any, schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Fault, tuple[str, ...]]]:
    """Each thing that does not fit, with the names that lead to it."""
    if not isinstance(schema, Mapping) or "$ref" in schema or len(path) > _DEEPEST:
        return
    if not _has_type(value, schema.get("type")):
        yield faults.OTHER_TYPE, path
        return
    listed = schema.get("enum")
    if isinstance(listed, list) and not any(_same(value, one) for one in listed):
        yield faults.OTHER_VALUE, path
    if isinstance(value, dict):
        yield from _in_object(value, schema, path)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from mismatches(item, schema.get("items"), (*path, str(number)))


def _in_object(
    value: Mapping[str, Any], schema: Mapping[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[Fault, tuple[str, ...]]]:
    required, listed = schema.get("required"), schema.get("properties")
    for name in required if isinstance(required, list) else ():
        if name not in value:
            yield faults.LACKING, (*path, str(name))
    properties = listed if isinstance(listed, Mapping) else {}
    closed = _is_closed(schema)
    for name, item in value.items():
        if name in properties:
            yield from mismatches(item, properties[name], (*path, name))
        elif closed:
            yield faults.UNKNOWN, (*path, name)


def _is_closed(schema: Mapping[str, Any]) -> bool:
    """Whether only listed properties are meant: said, or to be understood where some are listed."""
    if not _OPENING.isdisjoint(schema):
        return False
    lists_none = not isinstance(schema.get("properties"), Mapping)
    return schema.get("additionalProperties", lists_none) is False


def _has_type(value: Any, types: Any) -> bool:
    names = [types] if isinstance(types, str) else types
    if not isinstance(names, list) or not all(isinstance(name, str) and name in _IS for name in names):
        return True  # no type, or one that JSON Schema has not got
    return any(_IS[name](value) for name in names)


def _whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
