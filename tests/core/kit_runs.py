"""Running recipes over the kit's steps, and looking at all that a run leaves."""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kit import Plugin

from ftprep.api import make_plan
from ftprep.engine.local import Engine, Result
from ftprep.errors import FtprepError
from ftprep.registry import Registry


def registry(*others: tuple[object, str]) -> Registry:
    """The kit, and other plugins: (object, name)."""
    made = Registry()
    made.add(Plugin(), plugin="kit", dist="kit-dist", version="1")
    for plugin, name in others:
        made.add(plugin, plugin=name, dist=f"{name}-dist", version="2")
    return made


REGISTRY = registry()


class Left(msgspec.Struct):
    """What a run left in its folder."""

    result: Result
    files: dict[str, bytes]

    def rows(self, name: str) -> list[Any]:
        return [json.loads(line) for line in self.files.get(name, b"").splitlines()]

    @property
    def dropped(self) -> list[dict[str, Any]]:
        return self.rows("dropped.jsonl")

    def lineage(self, name: str) -> list[tuple[int, int, int, int]]:
        """`<output>.<split>`: unit, first row, last row, ordinal of each line."""
        return list(struct.iter_unpack("<IIII", self.files.get(f"lineage/{name}.bin", b"")))

    @property
    def counts(self) -> dict[str, Any]:
        return self.result.counts.as_json()

    def step(self, name: str) -> dict[str, Any]:
        return next(step for step in self.counts["steps"] if step["step"] == name)

    @property
    def same(self) -> tuple[Any, ...]:
        """All that must not depend on how the input was cut."""
        return self.files, self.counts, self.result.warned.as_json(), self.result.figures, self.result.files


def recipe(*transform: Any, write: Any = "kit_chat", **keys: Any) -> dict[str, Any]:
    return {"version": 1, "name": "r", "transform": list(transform), "write": write, **keys}


def left(
    source: Mapping[str, Any],
    data: Any = None,
    *,
    plugins: Registry = REGISTRY,
    part_rows: int | None = None,
    limit: int | None = None,
) -> Left:
    """The engine's work on a recipe: without the publishing, which costs time."""
    plan, _ = make_plan(source, data=data, registry=plugins)
    with tempfile.TemporaryDirectory() as name:
        folder, scratch = Path(name, "out"), Path(name, "scratch")
        folder.mkdir()
        scratch.mkdir()
        result = Engine(plan, limit=limit, part_rows=part_rows).write(folder, scratch)
        files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return Left(result, files)


def fails(kind: type[FtprepError], call: Callable[..., Any], *args: Any, **options: Any) -> str:
    """What the error says; its exact class is looked at, too."""
    with pytest.raises(kind) as error:
        call(*args, **options)
    assert type(error.value) is kind
    return str(error.value)


def questions(pairs: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    return [{"q": q, "a": a} for q, a in pairs]


def talks(*texts: str, start: int = 0) -> list[dict[str, Any]]:
    """A talk for each text; its messages are the words."""
    return [{"talk": f"t{n}", "text": word} for n, text in enumerate(texts, start) for word in text.split(" ")]
