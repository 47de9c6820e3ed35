"""A recipe as YAML text that reads back as the same recipe, with comments beside its items."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_WIDEST = 80
_KEYS = ("version", "name", "description", "use_case", "model", "seed", "read", "transform", "check", "split", "write")


def recipe_yaml(recipe: Mapping[str, Any], comments: Mapping[str, str] | None = None, *, head: str = "") -> str:
    """The recipe's text. `comments` stand above what they are about: `transform[1]`, `split`; `head` stands first."""
    said = comments or {}
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    order = [*(key for key in _KEYS if key in recipe), *(key for key in recipe if key not in _KEYS)]
    for key in order:
        lines += _comment(said.get(key), "")
        lines += _entry(key, recipe[key], said, key)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, said: Mapping[str, str], path: str) -> Iterator[str]:
    if not isinstance(value, list) or not value:
        yield from _mapped(key, value, "")
        return
    yield f"{key}:"
    for n, item in enumerate(value):
        yield from _comment(said.get(f"{path}[{n}]"), "  ")
        yield from _item(item)


def _item(item: Any) -> Iterator[str]:
    if not isinstance(item, Mapping) or not item:
        yield f"  - {_flow(item)}"
        return
    for n, (name, options) in enumerate(item.items()):
        lines = list(_mapped(name, options, "    "))
        yield from [f"  - {lines[0][4:]}", *lines[1:]] if n == 0 else lines


def _mapped(key: str, value: Any, indent: str) -> Iterator[str]:
    """`key: value`, in one line where it is short."""
    short = f"{indent}{_flow(key)}: {_flow(value)}"
    if not isinstance(value, Mapping) or not value or len(short) <= _WIDEST:
        yield short
        return
    yield f"{indent}{_flow(key)}:"
    for name, inner in value.items():
        yield from _mapped(name, inner, f"{indent}  ")


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _comment(text: str | None, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in (text or "").splitlines()]
