"""New plugin projects: the style and the types of their code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ftprep.registry import Registry
from ftprep.scaffold import KINDS
from ftprep.scaffold.project import new_project

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def tool(*line: str | Path, cwd: Path, **env: str) -> str:
    """What a tool has to say; nothing where all is well."""
    command = [sys.executable, "-m", *map(str, line)]
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **env}, capture_output=True, check=False)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).decode("utf-8", "replace")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a project of each kind, once under a short and once under the longest name."""
    folder = tmp_path_factory.mktemp("projects")
    for kind in KINDS:
        new_project(f"my_{kind}", kind, Registry(), folder / kind)
        new_project("a_long_name_of_thirty_letterss", kind, Registry(), folder / f"long_{kind}")
    return folder


def test_generated_code_keeps_its_own_style_and_ours(projects: Path) -> None:
    pytest.importorskip("ruff")
    for project in sorted(projects.iterdir()):
        ours = ["--config", ROOT / "pyproject.toml", "--config", 'src=["src"]', "--no-cache"]
        for config in (["--no-cache"], ours):
            assert tool("ruff", "check", *config, ".", cwd=project) == ""
            assert tool("ruff", "format", "--check", *config, ".", cwd=project) == ""


def test_generated_code_has_all_its_types(projects: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    folders = [f"{kind}/{part}" for kind in KINDS for part in ("src", "tests")]
    options = ["--strict", "--explicit-package-bases", "--config-file", os.devnull, "--cache-dir", tmp_path]
    path = os.pathsep.join(f"{kind}/src" for kind in KINDS)
    assert tool("mypy", *options, *folders, cwd=projects, MYPYPATH=path) == ""
