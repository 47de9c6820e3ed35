"""Marked spans as data people have: objects with places, objects with texts, plain texts; at any depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec


class Span(NamedTuple):
    """An entity as it was marked. `start` is None where only its text is given."""

    text: str | None
    start: int | None
    end: int | None
    type: str


class Found(msgspec.Struct, frozen=True):
    """An entity that occurs in the text, in characters."""

    text: str
    type: str
    start: int
    end: int


def at(value: Any, path: str) -> Any:
    """A value inside others by its keys; None where there is none."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(fields: Mapping[str, Any], path: str) -> Iterator[Any]:
    """What a path such as `labels[]` or `turns[].spans[]` leads to; a list at its end is gone through in any case."""
    values: list[Any] = [fields]
    for part in path.split("."):
        key = part.removesuffix("[]")
        inner = [value[key] for value in values if isinstance(value, Mapping) and value.get(key) is not None]
        last = path.endswith(part)
        values = [
            item
            for value in inner
            for item in (value if isinstance(value, (list, tuple)) and (part.endswith("[]") or last) else [value])
        ]
    yield from values


def span_of(item: Any, start: str, end: str, text: str, type_: str) -> Span | None:
    """A marked span; None for something that marks nothing."""
    if isinstance(item, str):
        return Span(item, None, None, "")
    if isinstance(item, Sequence) and len(item) in (2, 3) and all(_is_place(n) for n in item[:2]):
        return Span(None, item[0], item[1], str(item[2]) if len(item) == 3 else "")
    if not isinstance(item, Mapping):
        return None
    first, last, said = at(item, start), at(item, end), at(item, text)
    first, last = (first if _is_place(first) else None), (last if _is_place(last) else None)
    if first is None and last is not None:
        first = 0  # some formats leave a zero out
    if first is not None and last is None and isinstance(said, str):
        last = first + len(said)
    known = at(item, type_)
    if not isinstance(said, str):
        said = None
    return (
        Span(said, first, last, "" if known is None else str(known)) if said is not None or last is not None else None
    )


def find(text: str, span: Span) -> Found | None:
    """Where the span stands in the text; None where it does not occur."""
    if span.start is not None and span.end is not None:
        said = text[span.start : span.end] if 0 <= span.start < span.end <= len(text) else ""
        if said.strip() and span.text in (None, said):
            return Found(said, span.type, span.start, span.end)
    if not span.text or not span.text.strip():
        return None
    start = text.find(span.text)
    return Found(span.text, span.type, start, start + len(span.text)) if start >= 0 else None


def _is_place(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
