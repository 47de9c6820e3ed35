"""Every mistake the text of a recipe can hold, with all that is said about it, word for word.

The table is recipe_mistakes.txt: `=== what it is`, the text (below the three lines that every recipe needs, unless the
name says `whole`), `===>`, and the problems it gives, by place.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from yaml.error import Mark, MarkedYAMLError

from ftprep.errors import Problem, RecipeError
from ftprep.recipe import load
from ftprep.recipe.syntax import explain

pytestmark = pytest.mark.files

TOP = "version: 1\nread: a.csv\nwrite: w\n"
ENV = {"FTPREP_NAME": "x", "HOME": "y"}


def table() -> list:
    text = (Path(__file__).parent / "recipe_mistakes.txt").read_text(encoding="utf-8")
    params = []
    for name, recipe, said in re.findall(r"^=== (.+)\n((?:.*\n)*?)===>\n((?:(?!=== ).*\n)*)", text, re.MULTILINE):
        whole = name.startswith("whole: ")
        params.append(pytest.param(recipe if whole else TOP + recipe, said.splitlines(), id=name))
    return params


LONG = [
    pytest.param(
        TOP + "x-a: " + "[" * 40 + "]" * 40,
        ["r.yaml:4:38: nested more than 32 levels deep; no recipe needs that; flatten it"],
        id="too deep",
    ),
    pytest.param(
        TOP + "x-a: " + "[" * 100_000,
        ["r.yaml:4:38: nested more than 32 levels deep; no recipe needs that; flatten it"],
        id="far too deep",
    ),
    pytest.param(
        TOP + f"x-a: [{'1,' * 10_000}1]",
        [
            "r.yaml:4:19989: more than 10,000 values; a recipe holds options, not data; look for aliases that multiply",
        ],
        id="too many values",
    ),
    pytest.param(
        TOP + f"name: {'x' * 101}",
        [
            f"r.yaml:4:7: the name '{'x' * 39}…' is no plain folder name; use letters, digits, '_', '-', '.' and "
            "spaces; begin and end with a letter or digit; at most 100 bytes",
        ],
        id="a name too long",
    ),
]


def problems(text: str, folder: Path) -> tuple[Problem, ...]:
    file = folder / "r.yaml"
    file.write_bytes(text.encode())
    with pytest.raises(RecipeError) as error:
        load(file, env=ENV)
    return error.value.problems


def shown(problem: Problem, folder: Path) -> str:
    level = "" if problem.level == "error" else f"{problem.level}: "
    return level + str(problem).replace(f"{folder.as_posix()}/", "")


def test_an_error_of_the_parser_that_nobody_foresaw_still_has_a_place_and_a_hint():
    mark = Mark("", 0, 2, 3, None, 0)
    error = MarkedYAMLError("while doing this", mark, "found that", mark)
    assert explain(error, "") == (
        mark,
        "this is no YAML (while doing this found that)",
        "check quotes, brackets and indentation here and above",
    )


@pytest.mark.parametrize(("text", "said"), [*table(), *LONG])
def test_a_mistake_is_answered_with_its_place_and_what_to_do(text: str, said: list[str], tmp_path: Path):
    found = problems(text, tmp_path)
    assert [shown(problem, tmp_path) for problem in found] == said
    assert all(problem.hint and problem.code.startswith("FT1") for problem in found)
