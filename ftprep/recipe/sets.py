"""`--set a.b=c`: values given on the command line, laid over the recipe before it is judged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..errors import did_you_mean
from .build import parse
from .node import Entry, Keys, Node, Notes, Place, branch, path_text, plain_value, shown
from .scalars import resolve
from .traps import backslashes

SECTIONS = ("read", "transform", "check", "write", "upload")
"""The keys that hold items."""

_STEP = re.compile(r"([^.\[\]]+)((?:\[[0-9]+\])*)")


class _Unknown(Exception):
    """A path that leads nowhere: message and hint."""


def apply_sets(root: Node, sets: Sequence[str], known: Sequence[str], notes: Notes) -> Node:
    """The tree with every `path=value` set, in order; mistakes are noted as `--set #1: …`.

    A path names keys, and items by their name where it is unique, or by `[n]`. A value is read as an unquoted scalar;
    one that begins with a quote or bracket as YAML. Paths of files in it are relative to the current folder. What is
    set need not exist only at the top (the keys `known`) and within the options of an item: they are judged later.
    """
    for number, text in enumerate(sets, start=1):
        place = Place(f"--set #{number}")
        name, equals, value = text.partition("=")
        try:
            if not equals:
                raise _Unknown(f"{shown(text)} sets nothing", "write --set path=value")
            path = _split(name.strip())
            _check_top(path, root, known)
            node = _value(value.strip(), place, notes)
            root = root if node is None else _put(root, path, (), node)
        except _Unknown as error:
            notes.add("FT110", place, *error.args)
    return root


def option_value(text: str, file: str = "--option") -> Any:
    """A value of the command line as a recipe reads it. Raises RecipeError; messages call its place `file`."""
    notes = Notes()
    node = _value(text.strip(), Place(file), notes)
    notes.close(file)
    return plain_value(node) if node is not None else None


def _split(name: str) -> Keys:
    path: list[str | int] = []
    for part in name.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            raise _Unknown(
                f"{shown(name)} is no path", "write keys with dots, items as [0]: transform[0].window.context"
            )
        path.append(match[1])
        path.extend(int(n) for n in re.findall("[0-9]+", match[2]))
    return tuple(path)


def _check_top(path: Keys, root: Node, known: Sequence[str]) -> None:
    top = str(path[0])
    if top == "extends":
        raise _Unknown("'extends' cannot be set", "write it in the recipe")
    if top not in known and top not in root.value and not top.startswith("x-"):
        raise _Unknown(f"unknown key {shown(top)}", did_you_mean(top, known))


def _value(text: str, place: Place, notes: Notes) -> Node | None:
    if text[:1] in ("[", "{", "'", '"'):
        return parse(text, place.file, notes)
    if escape := backslashes(text):
        hint = rf"""write '"{escape}"', double quotes within single ones"""
        notes.add("FT104", place, f"'{escape}' stays two characters here", hint, level="warning")
    return Node(resolve(text), place, plain=True)


def _put(node: Node, rest: Keys, way: Keys, value: Node) -> Node:
    """The tree with `value` at `rest`, seen from `node`, which stands at `way`."""
    if not rest:
        return value
    head = rest[0]
    if isinstance(node.value, str) and _holds_items(way):
        node = branch([node], node.place)
    if isinstance(node.value, list):
        return _put_in_list(node, rest, way, value)
    if isinstance(head, int):
        raise _Unknown(f"'{path_text(way)}' is no list (it is {shown(node.value)})", "leave out the [n]")
    if isinstance(node.value, dict) or node.value is None:
        return _put_in_mapping(node, rest, way, value)
    hint = f"give it a new value: --set '{path_text(way)}=...'; or write its options out in the recipe"
    raise _Unknown(f"'{path_text(way)}' is {shown(node.value)} and has no key {shown(head)}", hint)


def _holds_items(way: Keys) -> bool:
    """Whether a list of items stands there: a section, or the `steps` of a writer."""
    return (len(way) == 1 and way[0] in SECTIONS) or (len(way) > 1 and way[0] == "write" and way[-1] == "steps")


def _put_in_mapping(node: Node, rest: Keys, way: Keys, value: Node) -> Node:
    entries: dict[str, Entry] = dict(node.value or {})
    head = str(rest[0])
    if head not in entries and (_holds_items(way) or (entries and _holds_items(way[:-1]) and isinstance(way[-1], int))):
        raise _Unknown(
            f"'{path_text(way)}' has no item {shown(head)}", did_you_mean(head, list(entries), otherwise="there are")
        )
    old = entries[head].node if head in entries else Node(None, value.place)
    entries[head] = Entry(
        entries[head].key if head in entries else value.place, _put(old, rest[1:], (*way, head), value)
    )
    return branch(entries, node.place)


def _put_in_list(node: Node, rest: Keys, way: Keys, value: Node) -> Node:
    items = list(node.value)
    head = rest[0]
    if isinstance(head, int):
        if head >= len(items):
            count = f"{len(items)} items, [0] to [{len(items) - 1}]" if items else "no items"
            raise _Unknown(f"there is no '{path_text((*way, head))}'", f"'{path_text(way)}' has {count}")
        items[head] = _put(_as_item(items[head], rest[1:], way), rest[1:], (*way, head), value)
        return branch(items, node.place)
    if not _holds_items(way):
        raise _Unknown(f"'{path_text(way)}' is a list and has no key {shown(head)}", "write [n] for an item of it")
    n = _find(items, head, way)
    item = _as_item(items[n], rest, way)
    name = next(iter(item.value))
    items[n] = _put(item, (name, *rest[1:]), (*way, n), value)
    return branch(items, node.place)


def _as_item(node: Node, rest: Keys, way: Keys) -> Node:
    """A bare name as a mapping that options can be put into, where the path goes on into it."""
    bare = isinstance(node.value, str) and _holds_items(way) and way[0] != "read"
    return branch({node.value: Entry(node.place, Node(None, node.place))}, node.place) if rest and bare else node


def _name(node: Node, way: Keys) -> str | None:
    if isinstance(node.value, dict) and len(node.value) == 1:
        return str(next(iter(node.value)))
    return node.value if isinstance(node.value, str) and way[0] != "read" else None


def _find(items: list[Node], name: str, way: Keys) -> int:
    names = [_name(item, way) for item in items]
    found = [n for n, known in enumerate(names) if known is not None and name in (known, known.rpartition("/")[2])]
    if not found:
        there = list(dict.fromkeys(known for known in names if known))
        raise _Unknown(
            f"'{path_text(way)}' has no item {shown(name)}", did_you_mean(name, there, otherwise="there are")
        )
    if len(found) > 1:
        choice = " or ".join(path_text((*way, n)) for n in found)
        raise _Unknown(f"'{path_text(way)}' has {len(found)} items {shown(name)}", f"write {choice}")
    return found[0]
