"""A recipe as YAML text that reads back as the same recipe: a step in one line where it fits, with remarks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_WIDE = 112
_PLAIN = re.compile(r"(?:\.\./)*/?[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*|\d+%")
_NOT_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "null", "none", "y", "n"))
"""Words that YAML takes, or has taken, for something else."""
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_KEYS = ("version", "name", "description", "use_case", "model", "seed", "read", "transform", "check", "split", "write")


def recipe_yaml(recipe: Mapping[str, Any], comments: Mapping[str, str] | None = None, *, head: str = "") -> str:
    """The recipe's text. `comments` stand above what they are about: `transform[1]`, `split`; `head` stands first."""
    said = comments or {}
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    order = [*(key for key in _KEYS if key in recipe), *(key for key in recipe if key not in _KEYS)]
    for key in order:
        lines += _comment(said.get(key), "")
        if not isinstance(recipe[key], list) or not recipe[key]:
            lines += step({key: recipe[key]})
            continue
        lines.append(f"{key}:")
        for n, item in enumerate(recipe[key]):
            lines += [*_comment(said.get(f"{key}[{n}]"), "  "), *items_of([(item, "")])]
    return "\n".join(lines) + "\n"


def items_of(items: Iterable[tuple[Any, str]]) -> Iterator[str]:
    """Lines of a list of steps, each with a remark."""
    for item, remark in items:
        if isinstance(item, Mapping) and len(item) == 1:
            yield from step(item, remark, "  - ")
        else:
            yield remarked(f"  - {flow(item)}", remark)


def step(item: Mapping[str, Any], remark: str = "", before: str = "") -> Iterator[str]:
    """One step with its options: in one line if it fits, else a line an option."""
    ((name, value),) = item.items()
    line = f"{before}{flow(name)}: {flow(value)}"
    if (len(line) <= _WIDE and not _has_steps(value)) or not isinstance(value, (Mapping, list, tuple)) or not value:
        yield remarked(line, remark)
        return
    yield remarked(f"{before}{flow(name)}:", remark)
    yield from _block(value, " " * (len(before) + 2))


def _block(value: Mapping[str, Any] | Sequence[Any], before: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield from (f"{before}- {flow(inner)}" for inner in value)
        return
    for key, inner in value.items():
        line = f"{before}{flow(key)}: {flow(inner)}"
        if _are_steps(key, inner):
            yield f"{before}steps:"
            yield from (f"{before}{line}" for line in items_of((step, "") for step in inner))
        elif len(line) <= _WIDE or not isinstance(inner, (Mapping, list, tuple)) or not inner:
            yield line
        else:
            yield f"{before}{flow(key)}:"
            yield from _block(inner, f"{before}  ")


def _has_steps(value: Any) -> bool:
    return isinstance(value, Mapping) and any(_are_steps(key, inner) for key, inner in value.items())


def _are_steps(key: str, value: Any) -> bool:
    """A writer's own steps, which stand below each other."""
    return key == "steps" and isinstance(value, list) and bool(value)


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
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_TEXT:
        return value
    return _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _comment(text: str | None, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in (text or "").splitlines()]
