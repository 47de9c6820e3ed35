"""`ftprep plugins new`: what its author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

TOLD = """\
ftprep-no-fillers: the map 'no_fillers' in a project of 11 files; now type:
  cd ftprep-no-fillers
  python -m pip install -e '.[dev]'
  python -m pytest
  ftprep run recipes/demo/recipe.yaml
  ftprep plugins check no_fillers
"""


def test_what_to_type_next_is_said(ftprep: Call, tmp_path: Path) -> None:
    assert ftprep("plugins", "new", "no_fillers", "--kind", "map") == (0, TOLD, "")
    assert (tmp_path / "ftprep-no-fillers" / "pyproject.toml").is_file()


def test_a_folder_of_another_name_can_be_pasted(ftprep: Call) -> None:
    told = ftprep("plugins", "new", "no_fillers", "--kind", "map", "--out", "my own/place")
    assert told.out.splitlines()[:2] == [
        "my own/place: the map 'no_fillers' in a project of 11 files; now type:",
        "  cd 'my own/place'",
    ]


def test_the_document_has_the_files(ftprep: Call, tmp_path: Path) -> None:
    files = ftprep("plugins", "new", "no_fillers", "--kind", "map", "--json").document["result"]
    assert len(files) == 11
    assert all((tmp_path / file).is_file() for file in files)


def test_a_folder_that_is_there_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    (tmp_path / "ftprep-no-fillers").mkdir()
    put(tmp_path / "ftprep-no-fillers", "mine.txt", "mine")
    line = "ftprep-no-fillers: is not empty; choose another folder with --out\n"
    assert ftprep("plugins", "new", "no_fillers", "--kind", "map") == (2, "", line)


def test_a_name_that_is_taken_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    line = "a plugin 'csv' comes with ftprep; choose another name\n"
    assert ftprep("plugins", "new", "csv", "--kind", "map") == (2, "", line)


USAGE = [
    ([], "ftprep plugins new: KIND is missing; see 'ftprep plugins new --help'\n"),
    (
        ["--kind", "filter"],
        "ftprep plugins new: --kind: 'filter' is not one of 'reader', 'gather', 'map', 'select', 'check', 'writer', "
        "'uploader', 'tokenizer', 'model'; see 'ftprep plugins new --help'\n",
    ),
]


@pytest.mark.parametrize(("options", "line"), USAGE, ids=["missing", "unknown"])
def test_a_kind_that_is_none_is_one_line(options: list[str], line: str, ftprep: Call) -> None:
    assert ftprep("plugins", "new", "no_fillers", *options) == (2, "", line)
