"""A project of each kind from `ftprep plugins new`: installed beside ftprep's wheel, tested, run, and uninstalled."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ftprep.scaffold import KINDS

pytestmark = [pytest.mark.slow, pytest.mark.files]

ROOT = Path(__file__).parents[2]
LEFT_OUT = ("PYTHONPATH", "PYTHONHOME", "FTPREP_BLOCK_PLUGINS")
ENV = {name: value for name, value in os.environ.items() if name not in LEFT_OUT} | {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # a project's own tests need nothing but pytest
}
ALONE = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
EACH = pytest.mark.parametrize("kind", list(KINDS))


class World(NamedTuple):
    """An environment, and the folder in which the projects lie; nothing here knows of the checkout."""

    environment: Path
    folder: Path

    def path(self, what: str) -> Path:
        """Where the environment has its scripts or its packages."""
        base = {"base": str(self.environment), "platbase": str(self.environment)}
        return Path(sysconfig.get_path(what, "venv", base))

    def python(self, *arguments: str | Path, project: str = "") -> bytes:
        """What its interpreter, started in a project, prints; it has to end well."""
        line = [self.path("scripts") / "python", *arguments]
        where = self.folder / project
        done = subprocess.run(line, cwd=where, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0, done.stdout.decode("utf-8", "replace")
        return done.stdout

    def listed(self) -> set[tuple[str, str]]:
        """The distribution and the name of what is installed beside ftprep."""
        listed: list[dict[str, Any]] = json.loads(self.python("-m", "ftprep", "plugins", "list", "--json"))["result"]
        return {
            (item["distribution"], item["name"])
            for item in listed
            if item["distribution"].partition(" ")[0] != "ftprep"
        }


def project(kind: str) -> str:
    return f"ftprep-my-{kind}"


def make(folder: Path) -> World:
    """An empty environment with ftprep's wheel; of the one that runs this it sees the packages that ftprep needs."""
    world = World(folder / "environment", folder / "projects")
    world.folder.mkdir()
    venv.create(world.environment, symlinks=os.name != "nt")
    seen = dict.fromkeys(sysconfig.get_path(what) for what in ("purelib", "platlib"))
    lines = "".join(f"{path}\n" for path in seen)
    (world.path("purelib") / "beside.pth").write_text(lines, encoding="utf-8", newline="\n")
    world.python("-m", "pip", "wheel", *ALONE, "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("ftprep-*.whl")
    world.python("-m", "pip", "install", *ALONE, "--ignore-installed", wheel)
    where = Path(os.fsdecode(world.python("-c", "import ftprep; print(ftprep.__file__)").strip()))
    assert where.resolve().is_relative_to(world.environment.resolve())
    return world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An environment with a project of each kind."""
    for needed in ("hatchling", "pip"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not here, so nothing can be built")
    made = make(tmp_path_factory.mktemp("world"))
    for kind in KINDS:
        made.python("-m", "ftprep", "plugins", "new", f"my_{kind}", "--kind", kind)
    made.python("-m", "pip", "install", *ALONE, *(made.folder / project(kind) for kind in KINDS))
    return made


def test_new_projects_are_listed_until_they_are_uninstalled(world: World, tmp_path: Path) -> None:
    assert world.listed() == {(f"{project(kind)} 0.1.0", f"my_{kind}") for kind in KINDS}
    shutil.copytree(world.environment, tmp_path / "environment", symlinks=True)
    copy = World(tmp_path / "environment", world.folder)  # others are at work in the first one
    copy.python("-m", "pip", "uninstall", "--quiet", "--yes", *map(project, KINDS))
    assert copy.listed() == set()


@EACH
def test_the_tests_of_a_new_project_pass(kind: str, world: World, tmp_path: Path) -> None:
    world.python("-m", "pytest", "-p", "no:cacheprovider", "--basetemp", tmp_path / "pytest", project=project(kind))


@EACH
def test_the_demo_recipe_of_a_new_project_runs(kind: str, world: World, tmp_path: Path) -> None:
    line = ["-m", "ftprep", "run", "recipes/demo/recipe.yaml", "--out", tmp_path / "out", "--json"]
    document = json.loads(world.python(*line, project=project(kind)))
    used = json.dumps(json.loads((tmp_path / "out/manifest.json").read_bytes())["recipe"])
    assert (document["ok"], f"my_{kind}" in used) == (True, True)


def test_new_projects_keep_the_rules(world: World) -> None:
    told = world.python("-m", "ftprep", "plugins", "check").decode("utf-8", "replace").splitlines()
    assert [line for line in told if line.startswith("plugin")] == sorted(f"plugin my_{kind}" for kind in KINDS)
    assert len([line for line in told if " keep" in line]) == len(KINDS)
