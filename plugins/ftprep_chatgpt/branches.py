"""A conversation that was edited or answered again is a tree; a branch is the way from its first message to a last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST = 100
"""Branches of a conversation that are given: each repeats the messages before its fork."""


def branches(nodes: Mapping[str, Any], current: Any, *, every: bool) -> list[list[str]]:
    """The branches as ids of nodes: the one that ends at `current` (without: at the last leaf), or every one.

    Nodes that name neither parents nor children stand in the order of the file.
    """
    above = _parents(nodes)
    if not above:
        return [list(nodes)]
    parents = set(above.values())
    leaves = [node for node in nodes if node not in parents]
    if every:
        return [_way(leaf, above) for leaf in leaves[:MOST]]
    last = current if isinstance(current, str) and current in nodes else leaves[-1] if leaves else next(iter(nodes))
    return [_way(last, above)]


def _parents(nodes: Mapping[str, Any]) -> dict[str, str]:
    """Node -> its parent, of those that are in the conversation; by the parents' word where a node says nothing."""
    above: dict[str, str] = {}
    for name, node in nodes.items():
        children = node.get("children") if isinstance(node, dict) else None
        for child in children if isinstance(children, list) else ():
            if isinstance(child, str) and child in nodes:
                above.setdefault(child, name)
    for name, node in nodes.items():
        parent = node.get("parent") if isinstance(node, dict) else None
        if isinstance(parent, str) and parent in nodes:
            above[name] = parent
    return above


def _way(leaf: str, above: Mapping[str, str]) -> list[str]:
    """From the root to a leaf; a node that is its own ancestor is met once."""
    way = {leaf: None}
    node = leaf
    while (node := above.get(node, "")) and node not in way:
        way[node] = None
    return [*reversed(way)]
