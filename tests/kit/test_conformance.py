"""The kit over everything that comes with ftprep: a new plugin is tried before its author writes a test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from kit_samples import CHECKS, FILES, STAND_INS, STEPS, UPLOADERS, File, Way

from ftprep import Check, Gather, Map, ModelFacts, Reader, Select, Session, Tokenizer, Uploader, Writer, testing
from ftprep.registry import Registered, Registry

pytestmark = pytest.mark.files

REGISTRY = Registry.installed(block="")
OURS = [item for item in REGISTRY.all() if item.dist == "ftprep"]
PLUGINS = sorted({item.plugin for item in OURS})


def ways(item: Registered) -> list[Any]:
    """How a thing is tried; without an entry in the table, as it is without options."""
    tables: dict[str, dict[str, Any]] = {
        "reader": FILES,
        "transformer": STEPS,
        "check": CHECKS,
        "uploader": UPLOADERS,
    }
    return list(tables.get(item.kind, {}).get(item.name, [Way({})]))


def cases() -> Iterator[Any]:
    for item in OURS:
        for n, way in enumerate(ways(item)):
            yield pytest.param(item, way, id=f"{item.kind}-{item.name}-{n}")


def made(cls: type, options: dict[str, Any]) -> Any:
    return cls.model_validate_json(json.dumps(options), strict=True)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("item", "way"), list(cases()))
def test_what_comes_with_ftprep_keeps_the_contract(item: Registered, way: Any) -> None:
    if isinstance(item.cls, ModelFacts):
        testing.check_model(item.cls)
    elif issubclass(item.cls, Tokenizer):
        testing.check_tokenizer(item.cls)
    elif isinstance(way, File):
        assert issubclass(item.cls, Reader)
        step = made(item.cls, {"path": way.name, **way.options})
        testing.check_reader(step, way.content, way.name, way.endless)
    else:
        tried(made(item.cls, way.options), way)


def tried(step: Any, way: Way) -> None:
    if isinstance(step, Gather):
        testing.check_gather(step, way.rows, way.run())
    elif isinstance(step, Map):
        testing.check_map(step, way.examples(), way.run())
    elif isinstance(step, Select):
        testing.check_select(step, way.examples(), way.run())
    elif isinstance(step, Check):
        testing.check_check(step, way.examples(), way.run())
    elif isinstance(step, Uploader):
        testing.check_uploader(step)
    else:
        assert isinstance(step, Writer)
        testing.check_writer(step, way.examples())


STANDING_IN = [item.cls for item in OURS if item.kind == "uploader" and item.cls.has_stand_in()]


@pytest.mark.parametrize("cls", STANDING_IN, ids=lambda cls: cls.name)
def test_an_uploader_keeps_the_contract_against_its_stand_in(cls: type[Uploader]) -> None:
    option, variable = STAND_INS[cls.name]
    with cls.stand_in() as server:
        session = Session(environ={variable: "sk-test-4711-never-shown"}, sleep=lambda seconds: None)
        testing.check_uploader(made(cls, {option: server.address}), session)


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_that_comes_with_ftprep_loads_quickly_and_quietly(name: str) -> None:
    testing.check_plugin(name)
