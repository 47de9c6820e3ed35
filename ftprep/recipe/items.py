"""Items: how a section names its steps. `name`, `name: shorthand`, or `name: {options}`; `read` takes paths too."""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import Problem
from .node import Keys, Tree, shown


class Item(msgspec.Struct, frozen=True):
    """A step as the recipe names it; what its name and value mean is for the plan to say."""

    name: str
    """`window`, or `plugin/window`; empty for a path in `read`, whose reader is chosen by the file."""
    value: Any
    """None (nothing given), a scalar or list (the shorthand), or a mapping (the options)."""
    path: Keys
    """Where its value stands: `("transform", 1, "window")`; an option is one key further."""


def parse_items(value: Any, path: Keys, tree: Tree) -> tuple[list[Item], list[Problem]]:
    """The items of a section: a list of them, or a single one. In `read` a bare text is a path."""
    entries = [((*path, n), entry) for n, entry in enumerate(value)] if isinstance(value, list) else [(path, value)]
    items: list[Item] = []
    problems: list[Problem] = []
    for place, entry in entries:
        made = _item(entry, place, tree)
        if isinstance(made, Item):
            items.append(made)
        else:
            problems.append(made)
    return items, problems


def _item(entry: Any, path: Keys, tree: Tree) -> Item | Problem:
    if isinstance(entry, str) and entry.strip():
        return Item("", {"path": entry}, path) if path[0] == "read" else _bare(entry, path, tree)
    if isinstance(entry, dict) and len(entry) == 1:
        ((name, value),) = entry.items()
        return Item(name, value, (*path, name))
    if isinstance(entry, dict) and entry:
        return _several(entry, path, tree)
    expected = "a path, or 'reader: options'" if path[0] == "read" else "a name, or 'name: options'"
    hint = "remove the '- ', or write a name after it" if entry is None else f"write {expected}"
    return tree.problem(path, f"an item is {expected} (got {_got(entry)})", hint)


def _got(entry: Any) -> str:
    return "an empty mapping" if entry == {} else shown(entry)


def _bare(name: str, path: Keys, tree: Tree) -> Item | Problem:
    step, colon, value = name.partition(":")
    if colon and value.strip():
        hint = f"write {shown(f'{step}: {value.strip()}')}"
        return tree.problem(path, f"no space after the colon in {shown(name)}", hint)
    if any(character.isspace() for character in name):
        hint = "write one name on each '- '; options stand under 'name:'"
        return tree.problem(path, f"{shown(name)} is no name of a step, for it has spaces", hint)
    return Item(name, None, (*path, name))


def _several(entry: dict[str, Any], path: Keys, tree: Tree) -> Problem:
    names = list(entry)
    first, second = names[0], names[1]
    message = f"an item has one name, but here are {len(names)}: {', '.join(map(shown, names[:5]))}"
    if {tree.place((*path, name)).file for name in names} != {tree.place(path).file}:
        hint = f"'extends' merges mappings: write {shown(f'{first}: null')} to remove what the other recipe has"
    elif entry[first] is None:
        hint = f"indent {shown(second)} further if it belongs to {shown(first)}; otherwise put '- ' before it"
    else:
        hint = "put '- ' before each name"
    return tree.problem((*path, second), message, hint, key=True)
