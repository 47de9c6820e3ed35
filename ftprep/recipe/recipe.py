"""The recipe as the plan takes it: sections, items, and the place of everything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import Level, Problem, RecipeError, did_you_mean
from .env import filled
from .items import Item, parse_items
from .name import ALLOWED, default_name, wrong_with
from .node import Keys, Node, Notes, Tree, plain_value, shown
from .sets import SECTIONS

VERSION = 1
"""The version of the grammar this ftprep knows."""
KEYS = ("version", "name", "description", "use_case", "extends", "model", "seed", "read", "transform", "check",
        "split", "write", "upload", "report")  # fmt: skip
"""The keys of a recipe; `x-…` is free."""
MAX_SEED = (1 << 63) - 1

_MODEL: dict[str, type] = {"name": str, "tokenizer": str, "context": int}


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe whose grammar is right; whether its steps exist and take their options is for the plan to say."""

    file: Path | None
    """None for a recipe given from Python."""
    name: str
    version: int
    description: str | None
    use_case: str | None
    model: str | dict[str, Any] | None
    seed: int
    read: list[Item]
    transform: list[Item]
    check: list[Item]
    write: list[Item]
    upload: list[Item]
    split: dict[str, Any] | None
    report: Any
    data: dict[str, Any]
    """The whole recipe as resolved, plain JSON for the manifest; `${env:…}` stands in it as it was written."""
    warnings: list[Problem]
    """What is probably not meant, but no error; sorted by place."""
    tree: Tree

    def items(self, value: Any, path: Keys) -> list[Item]:
        """The items of a nested list (a writer's `steps`), whose value stands at `path`.

        Null is no items. Raises RecipeError with all problems of the list.
        """
        if value is None:
            return []
        items, problems = parse_items(value, path, self.tree)
        if problems:
            raise RecipeError(*problems)
        return items

    def folder(self, path: Keys) -> Path:
        """The folder to which paths of files at `path` are relative: that of the recipe file in which they stand; the
        current one for a recipe given from Python and for what `--set` has set.
        """
        return self.tree.folder(path)

    def problem(
        self,
        path: Keys,
        message: str,
        hint: str = "",
        *,
        key: bool = False,
        code: str = "FT100",
        level: Level = "error",
        plugin: str | None = None,
    ) -> Problem:
        """A problem that begins with the place of the value at `path` (of its key with `key`).

        Where nothing stands there, it begins with the deepest known place on the way: a scalar itself (a shorthand),
        otherwise the key (an option that is missing).
        """
        return self.tree.problem(path, message, hint, key=key, code=code, level=level, plugin=plugin)


def make_recipe(
    root: Node,
    file: Path | None,
    folders: Mapping[str, Path],
    env: Mapping[str, str],
    notes: Notes,
    mistakes: list[Problem] | None = None,
) -> Recipe:
    """The recipe of a whole tree. Problems are noted, and end it: raises RecipeError with all of them; with a list of
    `mistakes`, adds them to it and makes the recipe of the rest.
    """
    tree = Tree(root, folders)
    own = {key: entry.node for key, entry in root.value.items() if not key.startswith("x-")}
    values = {key: filled(node, env, notes) for key, node in own.items()}
    notes.settle()
    judge = _Judge(tree, values, notes)
    judge.keys()
    sections = {key: judge.section(key) for key in SECTIONS}
    recipe = Recipe(
        file=file,
        version=judge.version(),
        name=judge.name() or default_name(file),
        description=judge.text("description"),
        use_case=judge.text("use_case"),
        model=judge.model(),
        seed=judge.seed(),
        split=judge.split(),
        report=values.get("report"),
        data=plain_value(root),
        warnings=[],
        tree=tree,
        **sections,
    )
    return msgspec.structs.replace(recipe, warnings=notes.close(root.place.file, mistakes))


class _Judge:
    """Holds the keys at the top to their types."""

    def __init__(self, tree: Tree, values: dict[str, Any], notes: Notes):
        self.tree, self.values, self.notes = tree, values, notes

    def _refuse(self, path: Keys, message: str, hint: str, *, key: bool = False, code: str = "FT107") -> None:
        self.notes.take(self.tree.problem(path, message, hint, key=key, code=code))

    def keys(self) -> None:
        for key in self.values:
            if key not in KEYS:
                self._refuse((key,), f"unknown key {shown(key)}", did_you_mean(key, KEYS), key=True, code="FT106")
        for key, what in (("version", f"'version: {VERSION}'"), ("read", "'read: PATH'"), ("write", "'write: WRITER'")):
            if key not in self.values:
                self._refuse((), f"'{key}' is missing", f"add {what}")

    def version(self) -> int:
        value = self.values.get("version", VERSION)
        if type(value) is not int:
            self._refuse(("version",), f"'version' is a number (got {shown(value)})", f"write version: {VERSION}")
        elif value != VERSION:
            self._refuse(("version",), f"version {value} is not known", f"this ftprep knows {VERSION}")
        return VERSION

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is not None and not isinstance(value, str):
            hint = f'write {key}: "{shown(value)}"' if not isinstance(value, (list, dict)) else "write one text"
            self._refuse((key,), f"'{key}' is text (got {shown(value)})", hint)
            return None
        return value

    def name(self) -> str | None:
        name = self.text("name")
        if name is not None and (wrong := wrong_with(name)):
            self._refuse(("name",), f"the name {shown(name)} {wrong}", ALLOWED)
        return name

    def seed(self) -> int:
        value = self.values.get("seed")
        if value is None:
            return 0
        if type(value) is not int or not 0 <= value <= MAX_SEED:
            self._refuse(("seed",), f"'seed' is a whole number from 0 (got {shown(value)})", "write seed: 0")
            return 0
        return value

    def model(self) -> str | dict[str, Any] | None:
        value = self.values.get("model")
        if not isinstance(value, dict):
            return self._model_name(value)
        for key, given in value.items():
            kind = _MODEL.get(key)
            if kind is None:
                self._refuse(
                    ("model", key),
                    f"unknown key {shown(key)} of 'model'",
                    did_you_mean(key, list(_MODEL)),
                    key=True,
                    code="FT106",
                )
            elif type(given) is not kind or not given or (isinstance(given, int) and given < 0):
                expected = "text" if kind is str else "a whole number of tokens, from 1"
                self._refuse(
                    ("model", key),
                    f"'{key}' of 'model' is {expected} (got {shown(given)})",
                    f"give {expected}, or leave it out",
                )
        if "name" not in value:
            self._refuse(("model",), "'model' has no name", "add name: to it", key=True)
        return value

    def _model_name(self, value: Any) -> str | None:
        if value is None or (isinstance(value, str) and value):
            return value
        self._refuse(
            ("model",), f"'model' is a name or {{name, tokenizer, context}} (got {shown(value)})", "write model: NAME"
        )
        return None

    def split(self) -> dict[str, Any] | None:
        value = self.values.get("split")
        if value is not None and not isinstance(value, dict):
            self._refuse(("split",), f"'split' is a mapping (got {shown(value)})", "write split: {validation: 10%}")
            return None
        return value

    def section(self, key: str) -> list[Item]:
        value = self.values.get(key)
        if value is None or value == []:
            if key in ("read", "write") and key in self.values:
                what = "a path or a reader" if key == "read" else "a writer"
                self._refuse((key,), f"'{key}' is empty", f"name {what} under it", key=True)
            return []
        items, problems = parse_items(value, (key,), self.tree)
        self.notes.take(*problems)
        return items
