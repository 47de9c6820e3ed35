"""Paths into nested values: `paragraphs[].qas[]`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_PART = re.compile(r"([^.\[\]]+)(\[\])?")


def parse(path: str) -> list[tuple[str, bool]]:
    """The keys of a path, each with whether its value is a list to go through. Raises ValueError."""
    parts = path.split(".")
    found = [_PART.fullmatch(part) for part in parts]
    if not all(found):
        raise ValueError(f"'{path}' is no path; write for example paragraphs[].qas[]")
    return [(match[1], match[2] is not None) for match in found if match is not None]


def walk(value: Any, keys: list[tuple[str, bool]], above: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
    """Each innermost value of a path, with the fields of all that it lies in (the inner ones hold)."""
    if not keys:
        yield above, value
        return
    (key, many), rest = keys[0], keys[1:]
    if not isinstance(value, Mapping) or key not in value:
        return
    fields = {**above, **{name: inner for name, inner in value.items() if name != key}}
    inner = value[key]
    for item in (inner if isinstance(inner, (list, tuple)) else ()) if many else (inner,):
        yield from walk(item, rest, fields)
