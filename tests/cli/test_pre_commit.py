"""The hook for pre-commit: what it runs, on which files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import Call, put
from .test_check_data import chat, lines

pytestmark = pytest.mark.files

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


@pytest.fixture
def hook() -> dict[str, Any]:
    (found,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    return dict(found)


def test_it_takes_the_files_of_training_data(hook: dict[str, Any]) -> None:
    assert {key: hook[key] for key in ("id", "language", "types")} == {
        "id": "ftprep-check",
        "language": "python",
        "types": ["file"],
    }
    staged = ["train.jsonl", "data/valid.jsonl", "a.json", "jsonl", "a.jsonl.gz", "recipe.yaml"]
    assert [name for name in staged if re.search(hook["files"], name)] == ["train.jsonl", "data/valid.jsonl"]


def test_a_bad_file_stops_the_commit_and_a_good_one_does_not(
    ftprep: Call, tmp_path: Path, hook: dict[str, Any]
) -> None:
    program, *entry = shlex.split(hook["entry"])
    assert program == "ftprep"
    talks = [chat(f"What is {n} and {n}?", f"It is {2 * n}.") for n in range(60)]
    put(tmp_path, "good.jsonl", lines(*talks))
    put(tmp_path, "bad.jsonl", lines(*talks, chat("And then?")))
    assert ftprep(*entry, *hook["args"], "good.jsonl").code == 0
    told = ftprep(*entry, *hook["args"], "good.jsonl", "bad.jsonl")
    assert told.code == 1
    assert re.search(r"FT\d+ +error +1 row .*\n +row 61\n", told.out)
