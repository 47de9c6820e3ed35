"""YAML to Recipe: everything in it knows its place, and every mistake is shown at once. Nothing else knows YAML.

Codes: FT101 no YAML, FT102 no file to read, FT103 duplicate key, FT104 YAML reads something else than was meant, FT105
too deep or too large, FT106 unknown key, FT107 wrong or missing value, FT108 extends, FT109 `${env:}`, FT110 `--set`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import Problem
from .extends import Files
from .items import Item
from .node import IN_PYTHON, Keys, Node, Notes, Place, shown
from .python import from_mapping
from .recipe import KEYS, Recipe, make_recipe
from .sets import apply_sets
from .text import locate

__all__ = ["KEYS", "Item", "Keys", "Recipe", "load"]


def load(
    source: Path | str | Mapping[str, Any],
    *,
    sets: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    mistakes: list[Problem] | None = None,
) -> Recipe:
    """The recipe in a file (of a folder: its recipe.yaml), or given as a mapping.

    `sets` are texts `path=value` laid over it (`--set`); `env` is what `${env:NAME}` reads (default: the process's
    environment). Raises RecipeError with all problems, sorted by place. With a list of `mistakes`, those that leave a
    recipe are added to it instead, so that the plan can look for further ones.
    """
    environ = os.environ if env is None else env
    notes = Notes()
    files = Files(notes, environ)
    file: Path | None = None
    if isinstance(source, Mapping):
        own = from_mapping(source, notes)
        root = own and files.extended(own, Path())
    else:
        file = locate(Path(source))
        root = files.load(file)
    first = file.as_posix() if file else IN_PYTHON
    root = _mapping(root, first, notes)
    root = apply_sets(root, sets, [key for key in KEYS if key != "extends"], notes)
    notes.settle()
    return make_recipe(root, file, files.folders, environ, notes, mistakes)


def _mapping(root: Node | None, first: str, notes: Notes) -> Node:
    """The tree, if it can be a recipe; raises what was noted where there is none."""
    if root is not None and isinstance(root.value, dict):
        return root
    if root is not None:
        hint = "a recipe is lines of 'key: value', such as 'version: 1'"
        notes.add(
            "FT107",
            Place(first) if root.place.line is None else root.place,
            f"this is no recipe, but {shown(root.value)}",
            hint,
        )
    notes.close(first)
    raise AssertionError("a recipe without a tree has problems")
