"""A plugin from a project of its own (tests/demo), installed as a stranger's would be, and broken ones beside it."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.files]

DEMO = Path(__file__).parent / "demo"
OPTIONS = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--no-input", "--quiet"]

ASK = """
import json, sys
from ftprep.registry import Registry
registry = Registry.installed()
listed = [[item.kind, item.name, item.plugin, item.dist, item.version] for item in registry.all()]
sys.stdout.write(json.dumps({"listed": listed, "problems": list(map(str, registry.problems))}))
"""

USE = """
import json, sys
from ftprep import Example, FtprepError, Message
from ftprep.registry import Registry
try:
    shout = Registry.installed().get("transformer", "shout").cls
    step = shout.model_validate_json('{"mark": "!"}', strict=True)
    made = step.apply(Example(messages=(Message("assistant", "no"),)))
    sys.stdout.write(json.dumps(made.messages[0].content))
except FtprepError as error:
    sys.stdout.write(json.dumps([error.exit_code, str(error)]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that tests/demo is installed into: with pip, where its build backend is here; otherwise by hand."""
    folder = tmp_path_factory.mktemp("site")
    if importlib.util.find_spec("hatchling") and importlib.util.find_spec("pip"):
        subprocess.run([sys.executable, "-m", "pip", "install", *OPTIONS, "--target", folder, DEMO], check=True)
    else:
        with (DEMO / "pyproject.toml").open("rb") as file:
            project = tomllib.load(file)["project"]
        points = project["entry-points"]["ftprep"]
        distribution(folder, project["name"], project["version"], points)
        copy(DEMO / "ftprep_shout.py", folder)
    return folder


def distribution(folder: Path, name: str, version: str, points: dict[str, str], **modules: str) -> None:
    info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = "\n".join(f"{plugin} = {module}" for plugin, module in points.items())
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8", newline="\n")
    (info / "entry_points.txt").write_text(f"[ftprep]\n{lines}\n", encoding="utf-8", newline="\n")
    for module, code in modules.items():
        (folder / f"{module}.py").write_text(code, encoding="utf-8", newline="\n")


def ask(code: str, *folders: Path) -> Any:
    """What a fresh interpreter answers that finds these folders on its path."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders)), "FTPREP_BLOCK_PLUGINS": ""}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=folders[0], capture_output=True, check=False)
    assert done.stderr == b""
    return json.loads(done.stdout)


def test_a_plugin_of_its_own_project_is_listed_with_its_distribution(installed: Path) -> None:
    assert ["transformer", "shout", "shout", "ftprep-shout", "1.2"] in ask(ASK, installed)["listed"]


def test_a_plugin_of_its_own_project_can_be_used(installed: Path) -> None:
    assert ask(USE, installed) == "NO!"


def test_broken_plugins_are_named_in_a_line_each_and_the_rest_works(installed: Path, tmp_path: Path) -> None:
    whole = (DEMO / "ftprep_shout.py").read_text(encoding="utf-8")
    distribution(tmp_path, "bad-import", "9.9", {"bad_import": "bad1"}, bad1="import no_such_thing")
    distribution(tmp_path, "bad-hook", "0.1", {"bad_hook": "bad2"}, bad2=whole.replace("def ftprep_t", "def ftprep_f"))
    distribution(tmp_path, "bad-api", "3.0", {"bad_api": "bad3"}, bad3=whole.replace("API = 1", "API = 3"))
    distribution(tmp_path, "twin-a", "1.0", {"twin": "twin_a"}, twin_a=whole)
    distribution(tmp_path, "twin-b", "2.0", {"twin": "twin_b"}, twin_b=whole)
    answer = ask(ASK, tmp_path, installed)
    assert [line for line in answer["problems"] if "(ftprep 0" not in line] == [
        "plugin 'bad_api' (bad-api 3.0) cannot be used: it is made for FTPREP_API 3, and this ftprep has 1; "
        "update ftprep, or uninstall bad-api",
        "plugin 'bad_hook' (bad-hook 0.1) cannot be used: there is no hook 'ftprep_fransformers'; "
        "did you mean 'ftprep_transformers'?",
        "plugin 'bad_import' (bad-import 9.9) cannot be used: ModuleNotFoundError: No module named 'no_such_thing'; "
        "install the package that has the module 'no_such_thing' (often: pip install no_such_thing)",
        "plugin 'twin' cannot be used: two packages have this name for a plugin, twin-a 1.0 and twin-b 2.0; "
        "uninstall one of them",
    ]
    assert ["transformer", "shout", "shout", "ftprep-shout", "1.2"] in answer["listed"]


def test_a_name_that_two_packages_claim_is_an_error_naming_both(installed: Path, tmp_path: Path) -> None:
    whole = (DEMO / "ftprep_shout.py").read_text(encoding="utf-8")
    distribution(tmp_path, "ftprep-loud", "2.0", {"loud": "ftprep_loud"}, ftprep_loud=whole)
    assert ask(USE, tmp_path, installed) == [
        2,
        "transformer 'shout' is claimed by plugin 'loud' (ftprep-loud 2.0) and plugin 'shout' (ftprep-shout 1.2); "
        "write 'loud/shout' or 'shout/shout'",
    ]


def command(folder: Path, here: Path, *arguments: str) -> tuple[int, bytes, bytes]:
    """What the command line says where this folder is on the path."""
    env = {**os.environ, "PYTHONPATH": str(folder), "FTPREP_BLOCK_PLUGINS": ""}
    line = [sys.executable, "-m", "ftprep", *arguments]
    done = subprocess.run(line, env=env, cwd=here, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_plugin_of_its_own_project_is_used_in_a_recipe_on_the_command_line(installed: Path, tmp_path: Path) -> None:
    recipe = "version: 1\nname: loud\nread: {csv: {path: talks.csv, delimiter: ';'}}\n"
    recipe += "transform: [conversations, shout: '!']\nwrite: openai_chat\n"
    (tmp_path / "loud.yaml").write_text(recipe, encoding="utf-8", newline="\n")
    (tmp_path / "talks.csv").write_text("Human;AI\nHello;Hi\n", encoding="utf-8", newline="\n")
    assert command(installed, tmp_path, "run", "loud.yaml")[::2] == (0, b"")
    row = json.loads((tmp_path / "out/loud/openai_chat/train.jsonl").read_bytes())
    assert row["messages"][-1] == {"role": "assistant", "content": "HI!"}
    code, out, err = command(installed, tmp_path, "plugins", "list")
    assert (code, err) == (0, b"")
    assert b"shout" in out and b"ftprep-shout 1.2" in out
    request = command(installed, tmp_path, "prompt", "out/loud", "-m", "user=Well?", "--json")[1]
    assert json.loads(request)["result"] == {"messages": [{"role": "user", "content": "Well?"}]}


def test_without_the_plugin_the_recipe_says_what_is_missing(tmp_path: Path) -> None:
    recipe = "version: 1\nread: talks.csv\ntransform: [conversations, shout]\nwrite: openai_chat\n"
    (tmp_path / "loud.yaml").write_text(recipe, encoding="utf-8", newline="\n")
    (tmp_path / "talks.csv").write_text("Human;AI\nHello;Hi\n", encoding="utf-8", newline="\n")
    code, _, err = command(tmp_path, tmp_path, "check", "loud.yaml")
    assert code == 2
    assert err.startswith(b"loud.yaml:3:28: unknown transformer 'shout'; known: balance, bins, chat, ")
