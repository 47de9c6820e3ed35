"""The command line, called in this process in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ftprep.cli import main

TALKS = """\
Human;AI
Hello;I'm an AI
Open the pod bay doors please;No
###;###
Good morning;Hey
"""
RECIPE = """\
version: 1
name: pod
read:
  csv: {path: talks.csv, delimiter: ";"}
transform:
  - conversations
  - window: {context: 2}
write: openai_chat
"""


class Told(NamedTuple):
    """What one command left: its exit code, and what it said."""

    code: object
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        document: dict[str, Any] = json.loads(self.out)
        assert list(document) == ["ftprep", "format", "ok", "problems", "result"]
        assert (document["ftprep"], document["format"], self.err) == ("0.1.0", 1, "")
        assert document["ok"] is (self.code == 0)
        keys = ["code", "level", "file", "line", "column", "path", "message", "hint", "plugin"]
        assert all(list(problem) == keys for problem in document["problems"])
        return document


Call = Callable[..., Told]


@pytest.fixture
def ftprep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line where `pod.yaml` and the table it reads lie."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "talks.csv", TALKS)
    put(tmp_path, "pod.yaml", RECIPE)

    def call(*arguments: str) -> Told:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        said = capsys.readouterr()
        return Told(left.value.code, said.out, said.err)

    return call


def put(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture
def recipe(tmp_path: Path, ftprep: Call) -> Callable[[str], str]:
    """Writes a recipe beside the table; returns its name."""

    def write(text: str) -> str:
        put(tmp_path, "recipe.yaml", text)
        return "recipe.yaml"

    return write


@pytest.fixture
def plugin(tmp_path: Path, ftprep: Call) -> Callable[[str], str]:
    """Writes a local plugin with one transformer `odd`, given the body of its class; returns its file's name."""

    def write(body: str) -> str:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        text = 'import ftprep\n\nFTPREP_API = 1\n\n\nclass Odd(ftprep.Map):\n    """Does odd things."""\n\n'
        text += f'    name = "odd"\n{lines}\n\n\n@ftprep.hookimpl\ndef ftprep_transformers():\n    return [Odd]\n'
        put(tmp_path, "odd_plugin.py", text)
        return "odd_plugin.py"

    return write


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with a plugin that cannot be imported."""
    info = tmp_path / "site" / "bad_words-2.1.dist-info"
    info.mkdir(parents=True)
    put(info, "METADATA", "Metadata-Version: 2.1\nName: bad-words\nVersion: 2.1\n")
    put(info, "entry_points.txt", "[ftprep]\nbad = bad_words_plugin\n")
    put(tmp_path / "site", "bad_words_plugin.py", "raise RuntimeError('no luck')\n")
    monkeypatch.syspath_prepend(tmp_path / "site")
