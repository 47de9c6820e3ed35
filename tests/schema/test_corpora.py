"""The JSON Schema and whole recipes: those that come with ftprep, those in the docs, and the mistakes people make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ConfigDict

from ftprep import api
from ftprep import recipe as recipes
from ftprep.errors import RecipeError
from ftprep.recipe.build import parse
from ftprep.recipe.node import Notes, plain_value
from ftprep.registry import Registry
from ftprep.schema import KINDS, json_schema
from ftprep.split import SplitRule
from ftprep.steps import Map, Reader, Select, Writer

pytestmark = pytest.mark.files

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests" / "core" / "recipe_mistakes.txt"
STRANGER = re.compile(r"'\w+' (does not match any of the regexes|does not match|was unexpected)|contxt")
"""How the validator says that a name is none of those that are installed; `contxt` is a mistake that a page shows."""
TOP = "version: 1\nread: a.csv\nwrite: w\n"
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ONLY_THE_PLANNER = {
    "a name that leaves the folder", "a name with a slash", "a dot", "an empty name", "a name that ends in a dot",
    "a name with a trailing space", "a name with a line break", "a device's name",
    "an unset variable", "an unset variable near nothing", "a secret", "a variable without a name",
    "a variable in a key",
}  # fmt: skip
"""Mistakes that YAML has no part in and that the schema does not see: what can be a folder, and what is in the
environment."""


class Plain(Writer):
    """Stands for a format."""

    name = "w"
    shape = "chat"


class Csv(Reader):
    """Stands for a reader."""

    name = "csv"
    delimiter: str = ","
    """What stands between cells."""


class Window(Map):
    """Has an option."""

    name = "window"
    context: int = 5
    """Messages."""


class Chat(Map):
    """Has a text."""

    name = "chat"
    user: str
    """The text."""


class Dedupe(Select):
    """Has none."""

    name = "dedupe"


class Values(Map):
    """Takes any option."""

    model_config = ConfigDict(extra="allow")
    name = "map_values"


@cache
def installed() -> jsonschema.Draft7Validator:
    kinds = {f"{noun}s": [entry.cls for entry in Registry.installed().all(noun)] for _, noun, _ in KINDS.values()}
    return jsonschema.Draft7Validator(json_schema(kinds, SplitRule))


@cache
def stand_ins() -> jsonschema.Draft7Validator:
    steps = {"readers": [Csv], "writers": [Plain], "transformers": [Window, Chat, Dedupe, Values]}
    return jsonschema.Draft7Validator(json_schema(steps, SplitRule))


def errors(validator: jsonschema.Draft7Validator, data: Any) -> dict[str, str]:
    """The key at the top -> what is said about it (of the last error there); empty for what is missing."""
    found = {str(next(iter(error.path), "")): error.message for error in validator.iter_errors(data)}
    known = isinstance(data, dict) and "" in found
    unknown = [key for key in data if key not in recipes.KEYS and not key.startswith("x-")] if known else []
    return {**dict.fromkeys(unknown, found.pop("")), **found} if unknown else found


def as_written(text: str) -> Any:
    """The recipe as an editor sees it: nothing merged, no variable filled. None where its YAML has a mistake."""
    notes = Notes()
    tree = parse(text, "r.yaml", notes)
    wrong = any(problem.level == "error" for problem in notes.problems)
    return None if tree is None or wrong else plain_value(tree)


def bundled() -> list[Any]:
    paths = sorted(api.bundled_recipes().glob("*/*.yaml"))
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in paths]


@pytest.mark.parametrize("path", bundled())
def test_every_bundled_recipe_is_valid_as_written_and_as_resolved(path: Path) -> None:
    assert errors(installed(), as_written(path.read_text(encoding="utf-8"))) == {}
    assert errors(installed(), recipes.load(path).data) == {}


def pages() -> Iterator[Any]:
    for page in [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("recipes/*/README.md"))]:
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start(1)) + 1
            yield pytest.param(match[1], id=f"{page.relative_to(ROOT).as_posix()}:{line}")


@pytest.mark.parametrize("text", list(pages()))
def test_a_recipe_in_the_docs_is_marked_only_for_what_is_not_installed(text: str) -> None:
    recipe = as_written(text)
    if not isinstance(recipe, dict) or not {"version", "extends"} & set(recipe):
        pytest.skip("no recipe")
    told = errors(installed(), recipe)
    assert set(told) <= {section for section, _, _ in KINDS.values()}
    assert [words for words in told.values() if not STRANGER.search(words)] == []


def mistakes() -> list[Any]:
    """The mistakes of the table that are none of YAML."""
    table = TABLE.read_text(encoding="utf-8")
    found = []
    for name, text in re.findall(r"^=== (.+)\n((?:.*\n)*?)===>$", table, re.MULTILINE):
        whole = text if name.startswith("whole: ") else TOP + text
        if as_written(whole) is not None:
            found.append(pytest.param(name.removeprefix("whole: "), whole, id=name))
    return found


def places(text: str, folder: Path) -> set[str]:
    """The keys at the top that the planner finds mistakes under; the empty one for those of the whole recipe."""
    file = folder / "r.yaml"
    file.write_bytes(text.encode())
    with pytest.raises(RecipeError) as caught:
        recipes.load(file, env={})
    lines = text.splitlines()
    found = set()
    for problem in caught.value.problems:
        if problem.level == "warning" or "plain folder name" in problem.message:
            continue
        above = [line for line in lines[: problem.line or 1] if re.match(r"[\w-]+:", line)]
        found.add(above[-1].partition(":")[0] if above and "is missing" not in problem.message else "")
    return found


@pytest.mark.parametrize(("name", "text"), mistakes())
def test_a_mistake_of_shape_is_marked_at_the_key_where_the_planner_finds_it(
    name: str, text: str, tmp_path: Path
) -> None:
    marked = set(errors(stand_ins(), as_written(text)))
    found = places(text, tmp_path)
    if name in ONLY_THE_PLANNER:
        assert marked == set()
    else:
        assert (marked, name) == (found, name)
