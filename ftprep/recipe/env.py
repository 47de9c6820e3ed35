"""`${env:NAME}` in values: what the environment adds to a recipe, and never a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import nearest
from .node import Node, Notes, shown
from .scalars import resolve

_USE = re.compile(r"\$\$\{|\$\{env:([^}]*)(\}?)")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)
_SECRET = re.compile("KEY|TOKEN|SECRET|PASSWORD", re.IGNORECASE)


def filled(node: Node, env: Mapping[str, str], notes: Notes) -> Any:
    """The tree as plain values, `${env:NAME}` and `${env:NAME:-default}` substituted and `$${` unescaped.

    The default also stands in for an empty variable, as in a shell. An unquoted text that is replaced is read by the
    rules for scalars afterwards (`epochs: ${env:EPOCHS}` is a number), but it never becomes null, a list or a mapping.
    """
    if isinstance(node.value, list):
        return [filled(item, env, notes) for item in node.value]
    if isinstance(node.value, dict):
        _refuse_in_keys(node, notes)
        return {key: filled(entry.node, env, notes) for key, entry in node.value.items()}
    if not isinstance(node.value, str) or "${" not in node.value:
        return node.value
    text = _USE.sub(lambda match: _substitute(match, env, node, notes), node.value)
    value = resolve(text) if node.plain else text
    return text if value is None else value


def _refuse_in_keys(node: Node, notes: Notes) -> None:
    for key, entry in node.value.items():
        if "${env:" in key:
            notes.add("FT109", entry.key, "'${env:...}' stands in a key", "it is replaced in values only")


def _substitute(match: re.Match[str], env: Mapping[str, str], node: Node, notes: Notes) -> str:
    if match[0] == "$${":
        return "${"
    parts = _NAME.fullmatch(match[1])
    if parts is None or not match[2]:
        hint = "write ${env:NAME} or ${env:NAME:-default}; $${ is a plain ${"
        notes.add("FT109", node.place, f"{shown(match[0])} names no variable", hint)
        return ""
    name, default = parts[1], parts[2]
    if secret := _SECRET.search(name):
        message = f"the variable '{name}' looks like a secret (its name holds '{secret[0]}')"
        notes.add(
            "FT109", node.place, message, "secrets never stand in a recipe: name the variable in api_key_env instead"
        )
        return ""
    if env.get(name):
        return env[name]
    if default is None and name not in env:
        near = nearest(name, [known for known in env if not _SECRET.search(known)])
        hint = f"set it, or give a default: ${{env:{name}:-default}}"
        hint += f"; did you mean '{near}'?" if near else ""
        notes.add("FT109", node.place, f"the environment variable '{name}' is not set", hint)
    return default or ""
