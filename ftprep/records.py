"""The objects of a JSON export, however it was written: a line each, an array, or lists in an object."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import msgspec

from .errors import DataError
from .example import Drop
from .files import Input
from .parts import LONGEST, json_parts

_LOOK = 8 << 20
"""Characters in which the first line of JSON Lines ends; larger documents are read in parts."""
_SHOWN = 200
_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


class Record(NamedTuple):
    """An object of an export."""

    section: str
    """The key of the list it stands in; empty for one at the top, in an array or on a line."""
    value: Any


def json_records(source: Input, lists: Collection[str] = (), own: Collection[str] = ("id",)) -> Iterator[Record | Drop]:
    """The objects of JSON Lines, of an array, or of the `lists` in an object (`{"users": […]}`), in bounded memory.

    An object with one of its `own` keys before such lists is itself a record: a ticket has comments, and an id; so is
    one without such lists, unless it is a large document. A line that is no JSON object is a Drop, without a source.
    Raises DataError as `json_parts` does, and for a line that is longer than its parts may be.
    """
    start = _start(source)
    if _is_lines(start):
        yield from _of_lines(source, lists, own)
    elif len(start) == _LOOK or (small := _decoded(start)) is None:
        yield from _large(source, lists, own)
    elif isinstance(small, list):
        yield from (Record("", item) for item in small)
    else:
        yield from _inside(small, lists, own)


def is_json_lines(source: Input) -> bool:
    """Whether a file has an object on its first line and more below it."""
    return _is_lines(_start(source))


def _start(source: Input) -> str:
    with source.text() as text:
        return text.read(_LOOK)


def _is_lines(start: str) -> bool:
    line, _, rest = start.lstrip().partition("\n")
    return isinstance(_decoded(line), dict) and rest.lstrip().startswith("{")


def _decoded(text: str) -> Any:
    try:
        return _ANY.decode(text)
    except (ValueError, RecursionError):
        return None


def _inside(value: Any, lists: Collection[str], own: Collection[str]) -> Iterator[Record]:
    page = isinstance(value, dict) and not any(key in value for key in own)
    found = [key for key in lists if page and isinstance(value.get(key), list)]
    if not found:
        yield Record("", value)
    for key in found:
        yield from (Record(key, item) for item in value[key])


def _of_lines(source: Input, lists: Collection[str], own: Collection[str]) -> Iterator[Record | Drop]:
    number = 0
    with source.text() as text:
        while line := text.readline(LONGEST):
            number += 1
            if len(line) == LONGEST:
                said = f"a line is longer than {LONGEST >> 20} million characters"
                raise DataError(said, hint="is a line feed missing?", file=source.name, line=number)
            if not line.strip():
                continue
            value = _decoded(line)
            if isinstance(value, dict):
                yield from _inside(value, lists, own)
            else:
                yield Drop("not a JSON object", f"line {number}", content=line[:_SHOWN])


def _large(source: Input, lists: Collection[str], own: Collection[str]) -> Iterator[Record]:
    places = {"item": "", **{f"{key}.item": key for key in lists}}
    first = next((part.path for part in json_parts(source, {*places, *own}) if part.path in {*places, *own}), "item")
    places = {"": ""} if first in own else places
    for part in json_parts(source, places):
        if part.path in places and not (part.path == "" and part.value is None):
            yield Record(places[part.path], part.value)
