"""New plugin projects, as they are written. `tests/kit/test_new_projects.py` installs and runs them."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ftprep import FTPREP_API
from ftprep.errors import OutputError, RecipeError
from ftprep.offers import HOOKS
from ftprep.registry import Registry
from ftprep.scaffold import KINDS
from ftprep.scaffold.project import new_project

pytestmark = pytest.mark.files

REGISTRY = Registry.installed(block="")
EMPTY = Registry()
EACH = pytest.mark.parametrize("kind", list(KINDS))
FILES = """\
.github/workflows/ci.yml
.gitignore
README.md
pyproject.toml
recipes/demo/data/calls.csv
recipes/demo/recipe.yaml
src/ftprep_no_fillers/__init__.py
src/ftprep_no_fillers/no_fillers.py
src/ftprep_no_fillers/py.typed
tests/test_demo.py
tests/test_no_fillers.py
"""


def refused(name: str, kind: str, tmp_path: Path, registry: Registry = REGISTRY) -> str:
    """What is said; nothing is written."""
    with pytest.raises(RecipeError) as error:
        new_project(name, kind, registry, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    return str(error.value)


def test_a_project_is_whole(tmp_path: Path) -> None:
    files = new_project("no_fillers", "map", REGISTRY, tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in files] == FILES.split()
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(files)


def test_the_folder_is_named_after_the_plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert {path.parts[0] for path in new_project("no_fillers", "map", REGISTRY)} == {"ftprep-no-fillers"}


@EACH
def test_nothing_is_left_to_be_filled_in(kind: str, tmp_path: Path) -> None:
    for path in new_project("thing", kind, REGISTRY, tmp_path):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"@\w+@", path.as_posix() + text) == []
        assert text == "" or (text.endswith("\n") and "\r" not in text)


@EACH
def test_the_entry_point_names_a_package_with_the_hook_of_its_kind_and_nothing_else(kind: str, tmp_path: Path) -> None:
    new_project("thing", kind, REGISTRY, tmp_path)
    project = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], project["dependencies"]) == ("ftprep-thing", ["ftprep>=0.1,<0.2"])
    assert project["entry-points"] == {"ftprep": {"thing": "ftprep_thing"}}
    body = ast.parse((tmp_path / "src/ftprep_thing/__init__.py").read_text(encoding="utf-8")).body
    assert [ast.unparse(node) for node in body if isinstance(node, ast.Assign)] == [f"FTPREP_API = {FTPREP_API}"]
    assert [node.name for node in body if isinstance(node, ast.FunctionDef)] == [KINDS[kind]]


@EACH
def test_the_code_of_a_project_is_short(kind: str, tmp_path: Path) -> None:
    new_project("thing", kind, REGISTRY, tmp_path)
    (module,) = tmp_path.glob("src/*/thing.py")
    tree = ast.parse(module.read_text(encoding="utf-8"))
    sizes = [n.end_lineno - n.lineno + 1 for n in tree.body if isinstance(n, ast.ClassDef) and n.end_lineno]
    assert max(sizes, default=0) <= 40


def test_each_kind_has_a_hook_that_there_is() -> None:
    assert set(KINDS.values()) == set(HOOKS)


BAD = [
    ("Drop-Words", "'Drop-Words' is no name for a plugin: names are snake_case; take 'drop_words'"),
    ("DropWords", "'DropWords' is no name for a plugin: names are snake_case; take 'drop_words'"),
    ("2_many", "'2_many' is no name for a plugin: names are snake_case; take 'many'"),
    ("../up", "'../up' is no name for a plugin: names are snake_case; take 'up'"),
    ("", "'' is no name for a plugin: names are snake_case; take a-z, 0-9 and _, and begin with a letter"),
    ("ü", "'ü' is no name for a plugin: names are snake_case; take a-z, 0-9 and _, and begin with a letter"),
    ("a" * 31, f"'{'a' * 31}' is longer than 30 characters; choose a shorter name"),
    ("true", "'true' is a value in recipes, not a name; choose another name"),
]


@pytest.mark.parametrize(
    ("name", "said"), BAD, ids=["hyphen", "camel", "digit", "path", "empty", "umlaut", "long", "yaml"]
)
def test_a_name_that_recipes_cannot_use_is_refused(name: str, said: str, tmp_path: Path) -> None:
    assert refused(name, "map", tmp_path) == said


def test_the_name_of_a_plugin_that_comes_with_ftprep_is_refused_even_if_it_is_not_loaded(tmp_path: Path) -> None:
    said = "a plugin 'dialogue' comes with ftprep; choose another name"
    assert refused("dialogue", "map", tmp_path) == said
    assert refused("dialogue", "reader", tmp_path, EMPTY) == said


def test_the_name_of_another_plugin_that_is_installed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "ftprep_words-2.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_bytes(b"Metadata-Version: 2.1\nName: ftprep-words\nVersion: 2.1\n")
    (info / "entry_points.txt").write_bytes(b"[ftprep]\nwords = ftprep_words\n")
    monkeypatch.syspath_prepend(tmp_path)
    said = "a plugin 'words' is installed here, from ftprep-words; choose another name"
    assert refused("words", "map", tmp_path, EMPTY) == said


TAKEN = [
    ("window", "select", "there is a transformer 'window' already, in plugin 'dialogue' (ftprep 0.1.0)"),
    ("jsonl", "reader", "there is a reader 'jsonl' already, in plugin 'json' (ftprep 0.1.0)"),
    ("openai_chat", "writer", "there is a writer 'openai_chat' already, in plugin 'openai' (ftprep 0.1.0)"),
    ("o200k_base", "tokenizer", "there is an encoding 'o200k_base' already, in plugin 'tiktoken' (ftprep 0.1.0)"),
]


@pytest.mark.parametrize(("name", "kind", "said"), TAKEN, ids=[name for name, _, _ in TAKEN])
def test_a_name_that_a_thing_of_this_kind_has_is_refused(name: str, kind: str, said: str, tmp_path: Path) -> None:
    assert refused(name, kind, tmp_path) == f"{said}; choose another name"


def test_a_name_that_a_thing_of_another_kind_has_is_free(tmp_path: Path) -> None:
    assert new_project("window", "reader", REGISTRY, tmp_path)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    with pytest.raises(OutputError) as error:
        new_project("thing", "map", REGISTRY, tmp_path)
    assert str(error.value) == f"{tmp_path.as_posix()}: is not empty; choose another folder with --out"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_where_the_folder_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(OutputError) as error:
        new_project("thing", "map", REGISTRY, tmp_path / "out")
    said = "cannot be written (file exists); choose another folder with --out"
    assert str(error.value) == f"{(tmp_path / 'out').as_posix()}: {said}"


def test_an_empty_folder_may_be_the_one_where_you_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Path("pyproject.toml") in new_project("thing", "map", REGISTRY, Path())


ODD = [
    "class",
    "demo",
    "drop",
    "ftprep",
    "map",
    "no",
    "none",
    "path",
    "test",
    "value_error",
    "x",
    "a_long_name_of_thirty_letterss",
]
"""Keywords, names that the generated code or Python has already, the shortest and the longest."""
LOAD = """
import importlib.util, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1]]
from ftprep.api import make_plan
from ftprep.registry import Registry
registry = Registry.installed()
before = len(registry.all())
for package in sorted(path.name for path in Path(sys.argv[1]).iterdir()):
    registry.add(importlib.import_module(package), plugin=package.removeprefix("ftprep_"))
for test in sorted(Path(sys.argv[2]).glob("*.py")):
    spec = importlib.util.spec_from_file_location(test.stem, test)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
for recipe in sorted(Path(sys.argv[3]).glob("*/recipes/demo/recipe.yaml")):
    make_plan(recipe, registry=registry)
sys.stdout.write(str(len(registry.all()) - before))
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of projects of each kind under each odd name."""
    folder = tmp_path_factory.mktemp("odd")
    for kind in KINDS:
        for name in ODD:
            new_project(name, kind, EMPTY, folder / kind / name)
    return folder


@EACH
def test_a_project_with_an_odd_name_works(kind: str, odd: Path, tmp_path: Path) -> None:
    source, tests = tmp_path / "src", tmp_path / "tests"
    tests.mkdir()
    source.mkdir()
    for name in ODD:
        (odd / kind / name / f"src/ftprep_{name}").replace(source / f"ftprep_{name}")
        for test in (odd / kind / name / "tests").iterdir():
            test.replace(tests / f"{name}_{test.name}")
    line = [sys.executable, "-c", LOAD, source, tests, odd / kind]
    done = subprocess.run(line, env={**os.environ, "FTPREP_BLOCK_PLUGINS": ""}, capture_output=True, check=False)
    assert (done.stderr, done.stdout) == (b"", str(len(ODD)).encode())
