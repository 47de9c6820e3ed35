"""A conversation that was edited or answered again is a tree; a branch is the way from its first message to a last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MOST = 100
"""Branches of a conversation that are given: each repeats the messages before its fork."""


def branches(messages: Sequence[Any], current: Any, *, every: bool) -> list[list[int]]:
    """The branches as positions of messages: the one that ends at the message `current` (without: at the last one), or
    every one. Messages that name no parents stand in their order."""
    at = {_key(message): n for n, message in enumerate(messages)}
    above = {n: at[parent] for n, message in enumerate(messages) if (parent := _parent(message)) in at}
    if not above:
        return [list(range(len(messages)))]
    parents = set(above.values())
    leaves = [n for n in range(len(messages)) if n not in parents]
    if every:
        return [_way(leaf, above) for leaf in leaves[:MOST]]
    last = at[current] if isinstance(current, str) and current in at else leaves[-1] if leaves else len(messages) - 1
    return [_way(last, above)]


def _key(message: Any) -> Any:
    key = message.get("uuid") if isinstance(message, dict) else None
    return key if isinstance(key, str) else None


def _parent(message: Any) -> str:
    parent = message.get("parent_message_uuid") if isinstance(message, dict) else None
    return parent if isinstance(parent, str) else ""


def _way(leaf: int, above: Mapping[int, int]) -> list[int]:
    """From the root to a leaf; a message that is its own ancestor is met once."""
    way = {leaf: None}
    node = leaf
    while (node := above.get(node, -1)) >= 0 and node not in way:
        way[node] = None
    return [*reversed(way)]
