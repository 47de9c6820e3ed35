"""Paths into nested values: `paragraphs[].qas[]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec

_PART = re.compile(r"([^.\[\]]+)(\[\])?")
Keys = Sequence[tuple[str, bool]]


class End(Enum):
    """What a path leads to where it leads to no item."""

    EMPTY = "the last list has no item"
    ASTRAY = "a key on the way is not there, or no list where one should be"


def parse(path: str) -> list[tuple[str, bool]]:
    """The keys of a path, each with whether its value is a list to go through. Raises ValueError."""
    parts = path.split(".")
    found = [_PART.fullmatch(part) for part in parts]
    if not all(found):
        raise ValueError(f"'{path}' is no path; write for example paragraphs[].qas[]")
    return [(match[1], match[2] is not None) for match in found if match is not None]


def walk(value: Any, keys: Keys, above: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each innermost value of a path, with the fields of all that it lies in (the inner ones hold); an `End` for each
    place where there is none. Lists and objects may be JSON text, as cells of tables have them."""
    if not keys:
        yield above, value
        return
    (key, many), rest = keys[0], keys[1:]
    value = _parsed(value, "{")
    if not isinstance(value, Mapping) or key not in value:
        yield above, End.ASTRAY
        return
    fields = {**above, **{name: inner for name, inner in value.items() if name != key}}
    inner = _parsed(value[key], "[") if many else value[key]
    if many and not isinstance(inner, (list, tuple)) and inner not in (None, "", {}):
        yield fields, End.ASTRAY
    elif many and not inner:
        yield fields, End.ASTRAY if rest else End.EMPTY
    else:
        for item in inner if many else (inner,):
            yield from walk(item, rest, fields)


def _parsed(value: Any, begin: str) -> Any:
    if not isinstance(value, str) or not value.lstrip().startswith(begin):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return value
