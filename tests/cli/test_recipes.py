"""`ftprep recipes`: the bundled recipes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftprep import api

from .conftest import Call, put

pytestmark = pytest.mark.files

NAMES = [entry["name"] for entry in api.list_recipes()]


def test_every_bundled_recipe_is_listed_with_use_case_and_description(ftprep: Call) -> None:
    told = ftprep("recipes", "list")
    assert (told.code, told.err) == (0, "")
    assert [line.split()[0] for line in told.out.splitlines()] == NAMES
    listed = ftprep("recipes", "list", "--json").document["result"]
    assert all(entry["use_case"] and entry["description"].endswith(".") for entry in listed)
    assert "chatbot" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_that_was_copied_runs_as_it_is(ftprep: Call, name: str) -> None:
    line = f"{name}: run it with: ftprep run {name}/recipe.yaml\n"
    assert ftprep("recipes", "copy", name) == (0, line, "")
    assert ftprep("check", name).out == f"{name}: nothing wrong\n"
    assert ftprep("run", f"{name}/recipe.yaml").code == 0


def test_a_copy_can_go_elsewhere_and_its_line_can_be_pasted(ftprep: Call) -> None:
    told = ftprep("recipes", "copy", "chatbot", "--to", "my own/place")
    assert told.out == "my own/place/chatbot: run it with: ftprep run 'my own/place/chatbot/recipe.yaml'\n"
    assert ftprep("run", "my own/place/chatbot").code == 0


def test_all_recipes_of_a_use_case_are_copied(ftprep: Call, tmp_path: Path) -> None:
    listed = {entry["name"]: entry["use_case"] for entry in api.list_recipes()}
    told = ftprep("recipes", "copy", listed["sentiment"], "--to", "all", "--json")
    names = [name for name, use_case in listed.items() if use_case == listed["sentiment"]]
    assert told.document["result"] == [f"all/{name}" for name in names]
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == sorted(names)


def test_what_is_there_already_is_not_touched(ftprep: Call, tmp_path: Path) -> None:
    (tmp_path / "chatbot").mkdir()
    put(tmp_path / "chatbot", "mine.txt", "mine")
    line = "chatbot: is there already; choose another folder with --to\n"
    assert ftprep("recipes", "copy", "chatbot") == (2, "", line)
    assert [path.name for path in (tmp_path / "chatbot").iterdir()] == ["mine.txt"]


def test_a_target_that_is_no_folder_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    line = "pod.yaml/chatbot: cannot be written (file exists); choose another folder with --to\n"
    assert ftprep("recipes", "copy", "chatbot", "--to", "pod.yaml") == (2, "", line)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_misspelt_name_is_one_line(ftprep: Call) -> None:
    line = "no bundled recipe or use case is called 'chatbt'; did you mean 'chatbot'?\n"
    assert ftprep("recipes", "copy", "chatbt") == (2, "", line)
