"""Every code about files and data is found in a small file that has the problem, and not in one that has it not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from rule_files import MADE, found, put

from ftprep import Finding, Problem
from ftprep.codes import Code
from ftprep.plugins import entry_points
from ftprep.registry import Registry

pytestmark = pytest.mark.files

REGISTRY = Registry.installed(block="", entry_points=[p for p in entry_points() if p.dist and p.dist.name == "ftprep"])
CODES = [
    code
    for code, plugin in REGISTRY.codes()
    if code.code[:3] in ("FT2", "FT3") or (plugin and not code.code.startswith("FT6"))
]
"""Of files and data: all of the plugins that come with ftprep but those about services, and the core's of these two
hundreds."""

PAGE = (Path(__file__).parents[1] / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_rule_finds_its_example(code: Code, tmp_path: Path) -> None:
    data = put(code, "fails", tmp_path)
    assert data is not None, (
        f"{code.code} has no failing example: give its Code `fails` and `passes`, small files; {_ELSE}"
    )
    met = found(code, data, REGISTRY, tmp_path / "out")
    assert code.code in {problem.code for problem in met}, f"its failing example has only {told(met)}"


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_rule_is_silent_without_the_problem(code: Code, tmp_path: Path) -> None:
    data = put(code, "passes", tmp_path)
    assert data is not None, f"{code.code} has no passing example: give its Code `passes`, a small file; {_ELSE}"
    met = [
        one for one in found(code, data, REGISTRY, tmp_path / "out") if one.code == code.code or one.level == "error"
    ]
    assert not met, f"its passing example has {told(met)}"


def told(met: Sequence[Finding | Problem]) -> list[str]:
    return sorted({f"{one.code} {one.level}: {one.message}" for one in met})


_ELSE = "where no text can be such a file, add it to MADE in tests/rule_files.py, and describe it in `example`"


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_a_rule_has_an_example_for_people(code: Code) -> None:
    assert bool(code.fails) != bool(code.example), (
        f"{code.code} needs `fails`, or `example` where a test makes the file"
    )
    assert code.code in MADE if code.example else code.code not in MADE


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_page_of_the_docs_shows_the_example(code: Code) -> None:
    section = PAGE.partition(f"\n### {code.code}\n")[2].partition("\n##")[0]
    assert section, f"docs/reference/problems.md lacks {code.code}: python docs/generate.py"
    assert "\nExample" in section, f"docs/reference/problems.md has no example of {code.code}: python docs/generate.py"


def test_files_are_made_only_for_codes_that_there_are() -> None:
    assert set(MADE) <= {code.code for code in CODES}
