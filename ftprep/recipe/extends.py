"""Recipe files and those they extend, merged into one tree whose nodes keep the place where they were written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import RecipeError
from .build import parse
from .env import filled
from .node import Entry, Node, Notes, branch, shown
from .text import locate, read_text

MAX_PARENTS = 10
"""Files that may extend each other in a row."""


def merge(base: Node, over: Node) -> Node:
    """`over` laid on `base`: mappings merge, lists and scalars replace, null removes what `base` has."""
    if not isinstance(base.value, dict) or not isinstance(over.value, dict):
        return over
    entries: dict[str, Entry] = dict(base.value)
    for key, entry in over.value.items():
        if key not in entries:
            entries[key] = entry
        elif entry.node.value is None:
            del entries[key]
        else:
            entries[key] = Entry(entry.key, merge(entries[key].node, entry.node))
    return branch(entries, over.place)


class Files:
    """Reads recipe files, each once."""

    def __init__(self, notes: Notes, env: Mapping[str, str]):
        self.notes, self.env = notes, env
        self.folders: dict[str, Path] = {}
        self._read: dict[Path, Node | None] = {}

    def load(self, path: Path, chain: tuple[Path, ...] = ()) -> Node | None:
        """The tree of a file, with all it extends; None where it cannot be had (what is wrong is noted)."""
        try:
            real = path.resolve()
            if real not in self._read:
                name = path.as_posix()
                text = read_text(path, name)
                self.folders[name] = path.parent
                own = parse(text, name, self.notes)
                self._read[real] = own and self.extended(own, path.parent, (*chain, real))
        except RecipeError as error:
            self.notes.take(*error.problems)
            return None
        return self._read[real]

    def extended(self, node: Node, folder: Path, chain: tuple[Path, ...] = ()) -> Node:
        """A recipe laid on those that its key `extends` names; the key itself is gone."""
        if not isinstance(node.value, dict) or "extends" not in node.value:
            return node
        entries = dict(node.value)
        asked = entries.pop("extends").node
        own = branch(entries, node.place)
        base: Node | None = None
        for parent in asked.value if isinstance(asked.value, list) else [asked]:
            tree = self._parent(parent, folder, chain)
            if tree is not None:
                base = tree if base is None else merge(base, tree)
        return own if base is None else merge(base, own)

    def _parent(self, node: Node, folder: Path, chain: tuple[Path, ...]) -> Node | None:
        name: Any = filled(node, self.env, self.notes)
        if not isinstance(name, str) or not name:
            self.notes.add(
                "FT108", node.place, f"'extends' takes a path (got {shown(name)})", "write extends: base.yaml"
            )
            return None
        try:
            path = locate(Path(os.path.normpath(folder / name)), node.place)
        except RecipeError as error:
            self.notes.take(*(msgspec.structs.replace(p, code="FT108") for p in error.problems))
            return None
        if path.resolve() in chain:
            self.notes.add(
                "FT108", node.place, f"{shown(name)} extends this recipe, which extends it", "remove one 'extends'"
            )
            return None
        if len(chain) >= MAX_PARENTS:
            message = f"more than {MAX_PARENTS} recipes extend each other"
            self.notes.add("FT108", node.place, message, "extend a recipe closer to the base")
            return None
        tree = self.load(path, chain)
        if tree is not None and not isinstance(tree.value, dict):
            message = f"{shown(name)} is no recipe, but {shown(tree.value)}"
            self.notes.add("FT108", node.place, message, "name a recipe file")
            return None
        return tree
