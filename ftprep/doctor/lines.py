"""Values as lines of a recipe, as people write it: a step in one line where it fits, remarks in one column."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Items = Iterator[tuple[Any, str]]
"""Items of a list, each with a remark."""

_WIDE = 112
_PLAIN = re.compile(r"(?:\.\./)*/?[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_NOT_TEXT = ("true", "false", "yes", "no", "on", "off", "null", "none", "y", "n")
"""Words that YAML takes, or has taken, for something else."""


def items_of(items: Items) -> Iterator[str]:
    """Lines of a list of steps."""
    for item, remark in items:
        if isinstance(item, str):
            yield remarked(f"  - {item}", remark)
        else:
            yield from step(item, remark, "  - ")


def step(item: Mapping[str, Any], remark: str, before: str) -> Iterator[str]:
    """One step with its options: in one line if it fits, else a line an option."""
    ((name, value),) = item.items()
    line = f"{before}{name}: {flow(value)}"
    if len(line) <= _WIDE and not _has_steps(value):
        yield remarked(line, remark)
        return
    yield remarked(f"{before}{name}:", remark)
    yield from _block(value, " " * (len(before) + 2))


def _block(value: Any, before: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            line = f"{before}{flow(key)}: {flow(inner)}"
            if key == "steps":
                yield f"{before}steps:"
                yield from (f"{before}{step}" for step in items_of((step, "") for step in inner))
            elif len(line) <= _WIDE or not isinstance(inner, (Mapping, list, tuple)):
                yield line
            else:
                yield f"{before}{flow(key)}:"
                yield from _block(inner, f"{before}  ")
    else:
        yield from (f"{before}- {flow(inner)}" for inner in value)


def _has_steps(value: Any) -> bool:
    return isinstance(value, Mapping) and "steps" in value


def remarked(line: str, remark: str) -> str:
    """A line with a remark after it."""
    remark = " ".join(remark.split())
    return f"{line.ljust(32)} # {remark}" if remark else line


def flow(value: Any) -> str:
    """A value as YAML within a line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT
        return value if plain else f"{value}" if re.fullmatch(r"\d+%", value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)
