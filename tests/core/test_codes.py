"""The catalogue of codes: complete, true of the source, and each code one plugin's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftprep import ModelFacts
from ftprep.codes import CORE, Code
from ftprep.registry import Registry

ROOT = Path(__file__).parents[2]
REGISTRY = Registry.installed(block="")
OURS = [item for item in REGISTRY.all() if item.dist == "ftprep" and not isinstance(item.cls, ModelFacts)]
CODE = re.compile(r"FT\d{3}")


def used(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Each code that stands in the source of a folder, outside the catalogue, with the level that stands beside it."""
    for path in folder.rglob("*.py"):
        if path.name == "codes.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values = [*node.args, *(word.value for word in node.keywords)] if isinstance(node, ast.Call) else []
            texts = [
                value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)
            ]
            level = next((text for text in texts if text in ("error", "warning", "advice")), None)
            yield from ((text, level) for text in texts if CODE.fullmatch(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                yield node.value, None


def test_every_code_of_the_core_is_explained_and_every_explained_one_is_used() -> None:
    assert {code for code, _ in used(ROOT / "ftprep")} == {code.code for code in CORE}


@pytest.mark.parametrize("plugin", sorted({item.plugin for item in OURS}))
def test_every_code_of_a_plugin_is_explained_there_and_every_explained_one_is_used(plugin: str) -> None:
    declared = {code.code for item in OURS if item.plugin == plugin for code in item.cls.problem_codes}
    core = {code.code for code in CORE}
    assert {code for code, _ in used(ROOT / "plugins" / f"ftprep_{plugin}")} - core == declared


def test_a_code_belongs_to_one_plugin_alone() -> None:
    owners: dict[str, set[str]] = {code.code: {"ftprep"} for code in CORE}
    for item in OURS:
        for code in item.cls.problem_codes:
            owners.setdefault(code.code, set()).add(item.plugin)
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}


def test_the_catalogue_has_each_code_once_in_order_with_its_owner() -> None:
    listed = REGISTRY.codes()
    numbers = [code.code for code, _ in listed]
    assert numbers == sorted(set(numbers))
    assert {code.code: owner for code, owner in listed}["FT210"] == "csv"
    assert (CORE[0], "") in listed


@pytest.mark.parametrize("code", [code for code, _ in REGISTRY.codes()], ids=lambda code: code.code)
def test_a_code_says_what_it_means_and_what_to_do(code: Code) -> None:
    assert re.fullmatch(r"[A-Z]+\d+", code.code)
    assert code.meaning[0].isupper() or code.meaning[0] in "'-"
    assert code.meaning.endswith(".") and code.remedy.endswith(".")


def test_the_level_in_the_catalogue_is_one_that_the_source_gives() -> None:
    given: dict[str, set[str]] = {}
    for folder in (ROOT / "ftprep", ROOT / "plugins"):
        for code, level in used(folder):
            if level is not None:
                given.setdefault(code, set()).add(level)
    levels = {code.code: code.level for code, _ in REGISTRY.codes()}
    assert {code: found for code, found in given.items() if found == {"advice"}} == {
        code: {"advice"} for code in given if levels[code] == "advice"
    }
