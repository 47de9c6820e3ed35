"""Seeing to it that what steps make is what it is called, so that the step behind it is not blamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from ..errors import Level
from ..example import Drop, Example, Finding, Fix, Message
from ..planning.broken import broken, kind_of
from ..registry import Registered
from ..steps import Rows
from .unchanged import FIRST

_encode = msgspec.json.Encoder().encode
_LEVELS = Level.__args__  # type: ignore[attr-defined]


class WellMade:
    """Looks at the first examples that one step makes."""

    def __init__(self, origin: Registered):
        self.origin, self.left = origin, FIRST

    def look(self, examples: Sequence[Example], place: object = None) -> None:
        """Raises PluginError for one whose parts are of the wrong kind. `place`: where they are from."""
        for example in examples[: self.left]:
            if wrong := _wrong_parts(example):
                raise broken(self.origin, f"made an Example of {place or example.source} that is none: {wrong}")
        self.left -= len(examples[: self.left])


def _wrong_parts(example: Example) -> str:
    """What is wrong with an example; empty where nothing is. Its columns may hold anything."""
    for name, kind in (("fields", dict), ("extra", dict), ("messages", tuple), ("rejected", tuple), ("tools", tuple)):
        if not isinstance(part := getattr(example, name), kind):
            return f"its {name} are {kind_of(part)}, not a {kind.__name__}"
    for message in (*example.messages, *example.rejected):
        if not isinstance(message, Message):
            return f"{kind_of(message)} stands among its messages, not a Message"
    try:
        msgspec.convert(msgspec.to_builtins(example.with_(fields={}, source=None), enc_hook=str), Example)
    except msgspec.ValidationError as error:
        return str(error)
    return ""


def wrong_in(said: Drop | Finding) -> str:
    """What is wrong with what is said of an example; empty where nothing is."""
    parts = ("reason", "detail") if isinstance(said, Drop) else ("code", "message", "hint")
    for part in parts:
        if not isinstance(value := getattr(said, part), str):
            return f"gave a {type(said).__name__} whose {part} is {kind_of(value)}, not text"
    if isinstance(said, Finding) and said.level not in _LEVELS:
        return f"gave a Finding whose level is {said.level!r}, not one of {', '.join(_LEVELS)}"
    if isinstance(said, Finding) and not isinstance(said.fix, (Fix, type(None))):
        return f"gave a Finding whose fix is {kind_of(said.fix)}, not a Fix"
    return ""


def wrong_with(block: Rows, *, values: bool) -> str:
    """What is wrong with a block that a reader yields; empty where nothing is. `values`: look at those of its first
    row too, which have to be JSON."""
    rows, numbers = block.rows, block.numbers
    if not isinstance(rows, list):
        return f"yielded {kind_of(rows)} as rows, not a list"
    if not hasattr(numbers, "__len__") or isinstance(numbers, str):
        return f"yielded {kind_of(numbers)} as numbers of rows, not a list"
    if len(rows) != len(numbers):
        return f"yielded {len(rows)} rows with {len(numbers)} numbers"
    for row in _odd(rows, lambda kind: issubclass(kind, dict)):
        return f"yielded {kind_of(row)} as a row, not a dict"
    for number in _odd(() if isinstance(numbers, range) else numbers, lambda kind: hasattr(kind, "__index__")):
        return f"yielded {kind_of(number)} as the number of a row, not an int"
    for column in _odd(rows[0] if rows else (), lambda kind: issubclass(kind, str)):
        return f"yielded {kind_of(column)} as the name of a column, not text"
    try:
        _encode(rows[:1] if values else [])
    except UnicodeEncodeError:  # half characters are seen to later
        return ""
    except TypeError as error:
        return f"yielded a value that is no JSON: {error}"
    return ""


def _odd(values: Iterable[Any], fits: Callable[[type], bool]) -> list[Any]:
    """A value of a type that does not fit, if there is one. Few types are asked: a block has thousands of values."""
    odd = {kind for kind in set(map(type, values)) if not fits(kind)}
    return [next(value for value in values if type(value) in odd)] if odd else []
