"""What a rule says of a row: equal texts are counted together, so they name keys and roles, never a row's text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..errors import Level


class Fault(NamedTuple):
    """One thing that a service would refuse, or that is old."""

    code: str
    text: str
    hint: str
    level: Level = "error"


Faults = Iterator[Fault]
_LONGEST = 40


def short(value: Any) -> str:
    """A key or a role, quoted, as it stands in a text."""
    text = str(value)
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    names = {type(None): "null", bool: "true or false", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def listed(names: Any) -> str:
    """Names as a list in a text."""
    return ", ".join(names)
