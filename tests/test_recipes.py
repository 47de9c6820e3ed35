"""Every bundled recipe on its own data: it runs, nothing is lost, and the guide's own lines come out, typed by hand."""

from __future__ import annotations

import difflib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ftprep import api
from ftprep import recipe as recipes

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
NAMES = [
    "ad_writing", "chatbot", "company_voice", "context_qa", "email_triage", "entity_extraction", "helpdesk",
    "persona", "preference", "product_description", "sentiment", "sports_topic", "support_chatbot", "tool_calling",
    "true_statement", "whatsapp_persona",
]  # fmt: skip
FILES = sorted(file.relative_to(ROOT / "recipes").as_posix() for file in ROOT.glob("recipes/*/*.yaml"))
USE_CASES = {"chatbot", "classifier", "extraction", "generation", "qa", "preference", "tools"}
MOST_LINES = 50

pytestmark = pytest.mark.files


def run(name: str, folder: Path) -> api.Run:
    """A recipe, copied and run away from the checkout."""
    copy = folder / "recipes"
    shutil.copytree(ROOT / "recipes" / Path(name).parent, copy / Path(name).parent, dirs_exist_ok=True)
    return api.run(copy / name, out=folder / "out")


def rows(made: api.Run, output: str) -> list[Any]:
    files = made.files[output].values()
    return [json.loads(line) for file in files for line in file.read_bytes().split(b"\n")[:-1]]


def test_there_is_a_recipe_for_each_task() -> None:
    assert sorted(path.name for path in (ROOT / "recipes").iterdir() if path.is_dir()) == NAMES
    assert sorted(path.stem for path in GOLDEN.glob("*.jsonl")) == [name for name in NAMES if name != "chatbot"]


@pytest.mark.parametrize("name", FILES)
def test_a_recipe_runs_and_loses_nothing(name: str, tmp_path: Path) -> None:
    made = run(name, tmp_path)
    assert made.ok
    counts = made.counts
    assert counts["read"] == counts["used"] + counts["dropped"] > 0
    for step in counts["steps"]:
        assert step["in"] + step["made"] == step["out"] + sum(step["dropped"].values())
    assert all(sum(splits.values()) for splits in counts["examples"].values())
    assert all(samples > 0 for samples in made.manifest["contract_samples"].values())


def golden(name: str) -> list[Any]:
    file = GOLDEN / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def cases() -> list[Any]:
    found = []
    for name in NAMES:
        if name != "chatbot":
            for file in sorted({line.get("file", "recipe.yaml") for line in golden(name)}):
                found.append(pytest.param(name, file, id=f"{name}/{file}"))
    return found


@pytest.mark.parametrize(("name", "file"), cases())
def test_the_lines_of_the_guide_come_out(name: str, file: str, tmp_path: Path) -> None:
    made = run(f"{name}/{file}", tmp_path)
    lines = [line for line in golden(name) if line.get("file", "recipe.yaml") == file]
    assert {line["output"] for line in lines} == set(made.files)
    for line in lines:
        written = rows(made, line["output"])
        near = difflib.get_close_matches(str(line["row"]), list(map(str, written)), n=1, cutoff=0)
        assert line["row"] in written, f"nearest: {near}"


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_described_on_one_screen(name: str) -> None:
    text = (ROOT / "recipes" / name / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}: ")
    assert len(text.splitlines()) <= MOST_LINES
    for part in ("**In:**", "**Out", "**What to change**", f"$ ftprep run recipes/{name}/recipe.yaml"):
        assert part in text
    recipe = recipes.load(ROOT / "recipes" / name / "recipe.yaml")
    assert recipe.use_case in USE_CASES
    assert recipe.description


def test_a_use_case_copies_all_of_its_recipes(tmp_path: Path) -> None:
    copied = api.copy_recipe("classifier", tmp_path)
    assert [path.name for path in copied] == ["email_triage", "sentiment", "sports_topic", "true_statement"]


def test_the_answering_and_the_discriminating_model_have_the_same_split(tmp_path: Path) -> None:
    """No context stands in two splits, and both recipes put it into the same."""
    where: dict[str, set[str]] = {}
    for file in ("recipe.yaml", "discriminator.yaml"):
        made = run(f"context_qa/{file}", tmp_path / file)
        for split, path in made.files["openai_completion"].items():
            for line in path.read_text(encoding="utf-8").splitlines():
                where.setdefault(json.loads(line)["prompt"].partition("\nQuestion: ")[0], set()).add(split)
    assert len(where) == 13
    assert {len(splits) for splits in where.values()} == {1}
