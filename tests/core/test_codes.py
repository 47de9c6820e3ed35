"""The catalogue of codes: complete, true of the source, and each code one plugin's."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from ftprep import ModelFacts
from ftprep.codes import CORE, Code
from ftprep.registry import Registry
from ftprep.rowrules import ROW_CODES

ROOT = Path(__file__).parents[2]
REGISTRY = Registry.installed(block="")
OURS = [item for item in REGISTRY.all() if item.dist == "ftprep" and not isinstance(item.cls, ModelFacts)]
CODE = re.compile(r"FT\d{3}")
USUAL = {"Finding": "warning"} | dict.fromkeys(
    ("Problem", "add", "complain", "fault", "make_problem", "note", "problem", "_problem", "_refuse", "_wrong"), "error"
)
"""What makes a problem -> the level it has where none is given."""
ROWS = {code.code for code in ROW_CODES}
"""Codes that all rule packs share."""
SHARED = {"FT124"}
"""Codes of the core that a plugin may give too: where a step finds out itself that a column is missing."""


class Use:
    """One place of the source that names a code."""

    def __init__(self, code: str, level: str | None):
        self.code, self.level = code, level


@cache
def uses(folder: Path) -> list[Use]:
    """Each code in the source of a folder, outside the catalogue, with its level where that can be read there."""
    paths = sorted(path for path in folder.rglob("*.py") if path.name != "codes.py")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return [use for tree in trees for use in (*_called(tree), *_written(tree))]


def _written(tree: ast.AST) -> Iterator[Use]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield Use(node.value, None)


def _called(tree: ast.AST) -> Iterator[Use]:
    """Codes in calls, those in a variable too that is set in the same function."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        held: dict[str, list[str]] = defaultdict(list)
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                held[node.targets[0].id] += _texts(node.value)
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            values = [*call.args, *(keyword.value for keyword in call.keywords)]
            named = [text for value in values if isinstance(value, ast.Name) for text in held[value.id]]
            texts = [text for value in values for text in _texts(value)]
            yield from (Use(text, _level(call, texts)) for text in (*texts, *named) if CODE.fullmatch(text))


def _texts(value: ast.AST) -> list[str]:
    return [value.value] if isinstance(value, ast.Constant) and isinstance(value.value, str) else []


def _level(call: ast.Call, texts: list[str]) -> str | None:
    """The level a call gives; None where it is worked out, or the call is one of which nothing is known."""
    if given := next((text for text in texts if text in ("error", "warning", "advice")), None):
        return given
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    worked_out = any(keyword.arg == "level" for keyword in call.keywords) or (name == "Finding" and len(call.args) > 3)
    return None if worked_out else USUAL.get(name)


def test_every_code_of_the_core_is_explained_and_every_explained_one_is_used() -> None:
    assert {use.code for use in uses(ROOT / "ftprep")} == {code.code for code in CORE} | ROWS


@pytest.mark.parametrize("plugin", sorted({item.plugin for item in OURS}))
def test_every_code_of_a_plugin_is_explained_there_and_every_explained_one_is_used(plugin: str) -> None:
    declared = {code.code for item in OURS if item.plugin == plugin for code in item.cls.problem_codes}
    assert {use.code for use in uses(ROOT / "plugins" / f"ftprep_{plugin}")} - SHARED == declared - ROWS


def test_a_code_belongs_to_one_plugin_alone() -> None:
    owners: dict[str, set[str]] = {code.code: {"ftprep"} for code in CORE}
    for item in OURS:
        for code in set(item.cls.problem_codes) - {*ROW_CODES}:
            owners.setdefault(code.code, set()).add(item.plugin)
    assert {code: names for code, names in owners.items() if len(names) > 1} == {}


def test_a_step_declares_only_what_it_can_report() -> None:
    declared = {(item.kind, item.name): [code.code for code in item.cls.problem_codes] for item in OURS}
    assert declared["check", "separator"] == ["FT315"]
    assert declared["transformer", "conversations"] == ["FT310", "FT311", "FT312", "FT313", "FT314"]
    assert declared["reader", "jsonl"] == ["FT221", "FT222", "FT223", "FT224"]


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
    assert code.meaning.endswith(".")
    assert re.fullmatch(r"[A-Z][a-z]+ .+\.", code.remedy), "what to do: a sentence that begins with a verb"
    assert code.remedy.split()[0] not in ("A", "An", "The", "Nothing", "No", "It", "There")


def test_the_level_in_the_catalogue_is_one_that_the_source_gives() -> None:
    given: dict[str, set[str]] = defaultdict(set)
    for folder in (ROOT / "ftprep", ROOT / "plugins"):
        for use in uses(folder):
            if use.level is not None:
                given[use.code].add(use.level)
    levels = {code.code: code.level for code, _ in REGISTRY.codes()}
    assert len(given) > 40  # most can be read
    assert {code: found for code, found in given.items() if levels[code] not in found} == {}
