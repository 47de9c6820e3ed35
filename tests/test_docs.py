"""What is written is run: every block of README, docs and the recipes' READMEs; a block's id is its file and line."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from ftprep import api

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("recipes/*/README.md"))]
SET_UP = "python3 -m venv"
KINDS = {"console", "python", "yaml", "toml", "text"}

pytestmark = pytest.mark.files


class Block(NamedTuple):
    page: Path
    line: int
    kind: str
    text: str


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            yield Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2])


def of_kind(kind: str) -> list[object]:
    return [pytest.param(b, id=f"{b.page.relative_to(ROOT).as_posix()}:{b.line}") for b in blocks() if b.kind == kind]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the blocks name: the bundled recipes, a copy of one, and the sample table."""
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes", ignore=shutil.ignore_patterns("out"))
    api.copy_recipe("chatbot", tmp_path)
    table = tmp_path / "chatbot" / "data" / "conversations.csv"
    (tmp_path / "conversations.csv").write_bytes(table.read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_block_says_what_it_is() -> None:
    assert {block.kind for block in blocks()} <= KINDS


@pytest.mark.parametrize("block", of_kind("console"))
def test_console_blocks_run(block: Block, place: Path) -> None:
    if "recipes copy chatbot" in block.text:
        place = place / "empty"
        place.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for line in block.text.splitlines():
        command = line.removeprefix("$ ")
        assert line.startswith("$ "), "a console block holds commands; what they print is compared elsewhere"
        if command.startswith(SET_UP):
            command = command.rpartition(" && ")[2].removeprefix(".venv/bin/")
        if command.startswith("pytest"):
            continue  # that is what runs this
        done = subprocess.run(
            shlex.split(command), cwd=place, env={**os.environ, "PATH": path}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


@pytest.mark.parametrize("block", of_kind("yaml"))
def test_recipes_in_the_docs_run(block: Block, place: Path) -> None:
    recipe = place / "recipe.yaml"
    recipe.write_text(block.text, encoding="utf-8", newline="\n")
    assert api.run(recipe, out=place / "out").ok


@pytest.mark.parametrize("block", of_kind("python"))
def test_python_blocks_run(block: Block, place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", block.text], cwd=place, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


@pytest.mark.parametrize("block", of_kind("toml"))
def test_toml_blocks_are_toml(block: Block) -> None:
    import tomllib

    assert tomllib.loads(block.text)


def test_every_page_is_linked_from_the_index_and_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    for page in ROOT.glob("docs/*.md"):
        assert page.name == "index.md" or f"({page.name})" in index
