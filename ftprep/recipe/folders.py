"""The folders of a recipe, kept beside what a run says of it, so that it can be planned again from there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from . import load
from .node import Entry, Keys, Node, Place, Tree, path_text
from .recipe import Recipe


def folders_of(recipe: Recipe, beside: Path) -> list[tuple[list[str | int], str]]:
    """The folders to which the recipe's paths are relative, as seen from the folder `beside`: that of the whole, then
    of each value that was written in a file of another folder (or set on the command line), by its way in the recipe.
    """
    here = beside.resolve()
    return [(list(path), _seen(folder.resolve(), here)) for path, folder in _changes(recipe.tree, recipe.tree.root)]


def planned_again(
    data: Mapping[str, Any], folders: Sequence[tuple[Sequence[str | int], str]], beside: Path, name: str
) -> Recipe:
    """The recipe that a run has kept, with its folders as `folders_of` gave them; messages call it `name`. Raises
    RecipeError, for a variable of the environment that is not set any more."""
    here = beside.resolve()
    known = {(): here} | {tuple(path): Path(os.path.normpath(here / folder)) for path, folder in folders}
    recipe = load(data)
    names = {path: f"{name} ({path_text(path)})" if path else name for path in known}
    root = _placed(recipe.tree.root, (), names, name)
    tree = Tree(root, {names[path]: folder for path, folder in known.items()})
    return msgspec.structs.replace(recipe, tree=tree)


def _changes(tree: Tree, node: Node, path: Keys = (), around: Path | None = None) -> Iterator[tuple[Keys, Path]]:
    folder = tree.folders.get(node.place.file) or Path.cwd()
    if folder != around:
        yield path, folder
    if isinstance(node.value, dict):
        for key, entry in node.value.items():
            yield from _changes(tree, entry.node, (*path, key), folder)
    elif isinstance(node.value, list):
        for at, item in enumerate(node.value):
            yield from _changes(tree, item, (*path, at), folder)


def _placed(node: Node, path: Keys, names: Mapping[Keys, str], around: str) -> Node:
    name = names.get(path, around)
    value: Any = node.value
    if isinstance(value, dict):
        value = {key: Entry(Place(name), _placed(e.node, (*path, key), names, name)) for key, e in value.items()}
    elif isinstance(value, list):
        value = [_placed(item, (*path, at), names, name) for at, item in enumerate(value)]
    return msgspec.structs.replace(node, value=value, place=Place(name))


def _seen(folder: Path, here: Path) -> str:
    """A folder as seen from another one; as it is where there is no way (another drive)."""
    try:
        return Path(os.path.relpath(folder, here)).as_posix()
    except ValueError:
        return folder.as_posix()
