"""`ftprep schema`: what editors check recipes against."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ftprep import api
from ftprep import recipe as recipes

from .conftest import Call

pytestmark = pytest.mark.files

WROTE = """\
wrote sub/recipe.schema.json
begin a recipe beside it with one of these lines (one that lies elsewhere: with the path from there):
  # yaml-language-server: $schema=recipe.schema.json
  # $schema: recipe.schema.json
The first is for VS Code and all editors with the YAML language server, the second for JetBrains.
"""


def bundled() -> list[Any]:
    paths = sorted(api.bundled_recipes().glob("*/*.yaml"))
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in paths]


@pytest.fixture
def schema(ftprep: Call) -> Any:
    told = ftprep("schema")
    assert (told.code, told.err) == (0, "")
    return json.loads(told.out)


def test_it_is_a_schema_and_the_document_holds_it(ftprep: Call, schema: Any) -> None:
    jsonschema.Draft7Validator.check_schema(schema)
    assert ftprep("schema", "--json").document["result"] == schema


@pytest.mark.parametrize("path", bundled())
def test_every_bundled_recipe_is_valid(schema: Any, path: Path) -> None:
    recipe = recipes.load(path).data
    assert [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(recipe)] == []


@pytest.mark.parametrize(
    "wrong", [{"transfrom": []}, {"transform": ["windw"]}, {"transform": [{"window": {"contxt": 5}}]}]
)
def test_mistakes_are_found(schema: Any, wrong: dict[str, Any]) -> None:
    recipe = {"version": 1, "read": "a.csv", "write": "openai_chat", **wrong}
    assert list(jsonschema.Draft7Validator(schema).iter_errors(recipe))


def test_it_can_be_written_to_a_file(ftprep: Call, schema: Any, tmp_path: Path) -> None:
    assert ftprep("schema", "-o", "sub/recipe.schema.json") == (0, WROTE, "")
    assert json.loads((tmp_path / "sub" / "recipe.schema.json").read_bytes()) == schema


def test_a_file_that_cannot_be_written_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    told = ftprep("schema", "-o", "sub")
    assert told.code == 2
    assert told.err.startswith("sub: ") and told.err.endswith("; check the path\n")


def test_a_local_plugin_is_part_of_it(ftprep: Call, plugin: Callable[[str], str]) -> None:
    schema = ftprep("schema", "--plugin", plugin("mark: str = '!'"), "--json").document["result"]
    assert "odd" in schema["definitions"]["transformer"]["properties"]
