"""The tree of a recipe: values that know their place, and problems that begin with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..errors import Level, Problem, RecipeError

Keys = tuple[str | int, ...]
"""The way to a value: keys of mappings, positions (from 0) in lists."""

IN_PYTHON = "recipe"
"""How a recipe given as a Python mapping is called in messages."""


class Place(msgspec.Struct, frozen=True):
    """Where something stands: a file as messages call it; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None


class Node(msgspec.Struct, frozen=True):
    """A value of a recipe: a scalar, a list of nodes, or a mapping of entries."""

    value: Any
    place: Place
    plain: bool = False
    """An unquoted scalar, so what `${env:}` puts into it is read by the rules for scalars."""
    size: int = 1
    """Nodes in it, aliases counted each time: what a recipe of a few lines may unfold to is bounded by it."""
    height: int = 0
    """Levels below it."""


class Entry(msgspec.Struct, frozen=True):
    """A value in a mapping, with the place of its key."""

    key: Place
    node: Node


def children(node: Node) -> Iterator[Node]:
    """The nodes one level down."""
    if isinstance(node.value, list):
        yield from node.value
    elif isinstance(node.value, dict):
        yield from (entry.node for entry in node.value.values())


def branch(value: list[Node] | dict[str, Entry], place: Place) -> Node:
    """A list or mapping as a node, measured."""
    below = list(children(Node(value, place)))
    size = 1 + sum(node.size for node in below)
    return Node(value, place, size=size, height=1 + max((node.height for node in below), default=0))


def plain_value(node: Node) -> Any:
    """The tree as plain JSON values."""
    if isinstance(node.value, list):
        return [plain_value(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: plain_value(entry.node) for key, entry in node.value.items()}
    return node.value


def path_text(path: Keys) -> str:
    """`transform[1].window.context`."""
    parts = [
        f"[{part}]" if isinstance(part, int) else f".{part if part.isprintable() else repr(part)}" for part in path
    ]
    return "".join(parts).removeprefix(".")


def shown(value: object, most: int = 40) -> str:
    """A value for a message: on one line, and short. A text stands in quotes, a list or mapping is only named."""
    if isinstance(value, str):
        return repr(value if len(value) <= most else value[: most - 1] + "…")
    if isinstance(value, list):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


class Notes:
    """Collects the problems of one recipe, so that all of them are shown at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._settled: set[tuple[str | None, int | str | None]] = set()

    def add(self, code: str, place: Place, message: str, hint: str = "", *, level: Level = "error") -> None:
        """Notes one problem; an error where the text itself is already in doubt would only repeat it."""
        self.take(make_problem(code, place, message, hint, level=level))

    def take(self, *problems: Problem) -> None:
        """Notes problems made elsewhere, under the same rule as `add`."""
        self.problems.extend(p for p in problems if _line(p) not in self._settled)

    def settle(self) -> None:
        """From now on, lines that have an error get no further one: what was read there is not what was meant."""
        self._settled = {_line(p) for p in self.problems if p.level == "error"}

    def close(self, first: str, mistakes: list[Problem] | None = None) -> list[Problem]:
        """The warnings, by place, those of the file `first` at the top. Raises RecipeError if there is any error; with
        a list of `mistakes`, adds the errors to it instead.
        """
        ordered = sorted(self.problems, key=lambda p: (p.file != first, p.file or "", p.line or 0, p.column or 0))
        errors = [problem for problem in ordered if problem.level == "error"]
        if errors and mistakes is None:
            raise RecipeError(*ordered)
        if mistakes is not None:
            mistakes += errors
        return [problem for problem in ordered if problem.level != "error"]


def _line(problem: Problem) -> tuple[str | None, int | str | None]:
    return problem.file, problem.path if problem.file == IN_PYTHON and problem.line is None else problem.line


def make_problem(
    code: str,
    place: Place,
    message: str,
    hint: str = "",
    *,
    level: Level = "error",
    path: Keys | None = None,
    plugin: str | None = None,
) -> Problem:
    """A problem at a place. Where there are no lines to name (a recipe from Python), the path leads to it."""
    text = path_text(path) if path else None
    if text is not None and place.file == IN_PYTHON and place.line is None:
        message = f"{text}: {message}"
    return Problem(
        code=code, message=message, hint=hint, level=level, plugin=plugin, path=text,
        file=place.file, line=place.line, column=place.column,
    )  # fmt: skip


class Tree(msgspec.Struct, frozen=True):
    """A whole recipe, and the folders of the files it was put together from."""

    root: Node
    folders: Mapping[str, Path]

    def _walk(self, path: Keys) -> Iterator[tuple[Node, Place | None]]:
        node: Node = self.root
        yield node, None
        for part in path:
            if isinstance(node.value, dict) and part in node.value:
                entry = node.value[part]
                node = entry.node
                yield node, entry.key
            elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                yield node, None
            else:
                return

    def place(self, path: Keys, *, key: bool = False) -> Place:
        """Of the value (or its key); where nothing stands at `path`, of what leads there: a scalar, or else its key."""
        way = list(self._walk(path))
        node, key_place = way[-1]
        missing = len(way) <= len(path) and (node.value is None or isinstance(node.value, (list, dict)))
        named = (key and len(way) > len(path)) or missing
        return key_place if key_place is not None and named else node.place

    def folder(self, path: Keys) -> Path:
        """The folder of the file in which the deepest known node on the way stands; where there is no file, the
        current one.
        """
        *_, (node, _key) = self._walk(path)
        return self.folders.get(node.place.file) or Path.cwd()

    def problem(
        self,
        path: Keys,
        message: str,
        hint: str = "",
        *,
        key: bool = False,
        code: str = "FT107",
        level: Level = "error",
        plugin: str | None = None,
    ) -> Problem:
        """A problem with the value (or key) at `path`."""
        place = self.place(path, key=key)
        return make_problem(code, place, message, hint, level=level, path=path, plugin=plugin)
