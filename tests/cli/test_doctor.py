"""`ftprep doctor`: what is installed, without a secret and without a request."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

import ftprep as package
from ftprep.cli.doctor import reply_of, text_of
from ftprep.errors import Problems
from ftprep.installed import NETWORK, OWN, SHOWING, Extra, Installation, Tables, installation
from ftprep.registry import Registry

from .conftest import Call, put

pytestmark = pytest.mark.files

CANARY = "canary-5b1d-never-shown"
FOUND = Installation(
    versions={"ftprep": "0.1.0", "python": "CPython 3.13.1, in a virtual environment", "system": "Linux-6.1"},
    packages={"click": "8.2.0", "msgspec": ""},
    plugins={"ftprep 0.1.0": ["csv", "openai"], "a-package-of-somebody-else 2.0": ["shout"]},
    problems=Problems([
        package.Problem(code="FT401", message="plugin 'bad' (bad-words 2.1) cannot be used: it fails",
                        hint="uninstall it", level="warning", plugin="bad"),
    ]),
    extras=(Extra("parquet", {"pyarrow": "20.0"}), Extra("store", {"fsspec": "2026.1", "s3fs": ""})),
    tables=(
        Tables(encoding="x200k", tokenizer="count", place="the package tables"),
        Tables(encoding="x100k", tokenizer="count", place=""),
        Tables(encoding="x50k", tokenizer="count", place=None),
        Tables(encoding="x1k", tokenizer="count", place=None, damaged=True),
    ),
    variables={"ftprep": {"FTPREP_STATE_DIR": True, "FTPREP_TRACEBACK": False}, "network": {"HTTPS_PROXY": False},
               "uploader openai": {"OPENAI_API_KEY": True}},
    state="in the usual place, not there yet, can be made",
    text={"locale": "de_DE.UTF-8", "text": "UTF-8", "names of files": "utf-8", "output": "utf-8"},
    terminal={"input": True, "output": True, "errors": False, "columns": 120},
)  # fmt: skip
TEXT = """\
ftprep          0.1.0
python          CPython 3.13.1, in a virtual environment
system          Linux-6.1

packages
  click 8.2.0, msgspec (missing)

plugins
  ftprep 0.1.0    csv, openai
  a-package-of-somebody-else 2.0
                  shout

extras
  parquet         pyarrow 20.0
  store           not here: pip install 'ftprep[store]'

token tables
  x200k           the package tables
  x100k           not here; fetched when it is needed first
  x50k            the tokenizer 'count' does not tell
  x1k             damaged, see below

variables (of none is told what it holds)
  ftprep          set: FTPREP_STATE_DIR; not set: FTPREP_TRACEBACK
  network         not set: HTTPS_PROXY
  uploader openai set: OPENAI_API_KEY

machine
  state folder    in the usual place, not there yet, can be made
  locale          de_DE.UTF-8
  text            UTF-8
  names of files  utf-8
  output          utf-8
  terminal        input, output; 120 columns

problems
  1               plugin 'bad' (bad-words 2.1) cannot be used: it fails;
                  uninstall it"""


def test_the_whole_text() -> None:
    assert text_of(FOUND) == TEXT


def test_what_is_broken_is_exit_code_1_and_a_problem_of_the_document() -> None:
    told, document = reply_of(FOUND, as_json=False), reply_of(FOUND, as_json=True)
    assert (told.exit_code, told.problems, document.problems) == (1, (), tuple(FOUND.problems))
    well = msgspec.structs.replace(FOUND, problems=Problems())
    assert reply_of(well, as_json=False).exit_code == 0
    assert text_of(well).endswith("\n\nproblems\n  none")


@pytest.fixture
def secretive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    """All variables that it names hold a canary; the names."""
    named = {name for names in installation(environ={}).variables.values() for name in names}
    for name in (*named, "TIKTOKEN_CACHE_DIR", "HOME", "MY_TOKEN"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("FTPREP_STATE_DIR", str(tmp_path / CANARY))
    return sorted(named)


def test_variables_are_told_by_name_and_never_what_they_hold(ftprep: Call, secretive: Sequence[str]) -> None:
    told = ftprep("doctor")
    assert (told.code, told.err) == (0, "")
    assert CANARY not in told.out
    assert [name for name in secretive if name not in told.out] == []
    assert "not set" not in told.out
    assert {"OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", *OWN, *NETWORK, *SHOWING} <= {*secretive}
    document = ftprep("doctor", "--json")
    assert (document.code, CANARY in document.out) == (0, False)
    assert all(there for of in document.document["result"]["variables"].values() for there in of.values())


def test_it_fits_80_columns_and_changes_nothing(ftprep: Call, tmp_path: Path, secretive: Sequence[str]) -> None:
    before = sorted(tmp_path.rglob("*"))
    lines = ftprep("doctor").out.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert sorted(tmp_path.rglob("*")) == before
    assert lines[0] == f"ftprep          {package.__version__}"
    state = next(line for line in lines if "state folder" in line)
    assert state == "  state folder    named by FTPREP_STATE_DIR, not there yet, can be made"


def test_a_plugin_that_cannot_be_used_is_named(ftprep: Call, stranger: None) -> None:
    told = ftprep("doctor")
    assert (told.code, told.err) == (1, "")
    assert told.out.partition("\nproblems\n")[2] == (
        "  1               plugin 'bad' (bad-words 2.1) cannot be used: RuntimeError: no\n"
        "                  luck; update or uninstall bad-words\n"
    )
    document = ftprep("doctor", "--json").document
    assert [problem["plugin"] for problem in document["problems"]] == ["bad"]


def test_the_document_has_all_of_it(ftprep: Call) -> None:
    result = ftprep("doctor", "--json").document["result"]
    assert list(result) == [
        "versions", "packages", "plugins", "extras", "tables", "variables", "state", "text", "terminal",
    ]  # fmt: skip
    assert json.dumps(result["plugins"])


def counting(available: Callable[[str], Any]) -> Registry:
    """A registry with a tokenizer that answers so."""

    class Count(package.Tokenizer):
        """Counts."""

        name = "count"

        @classmethod
        def encodings(cls) -> tuple[str, ...]:
            return ("x1k",)

        @classmethod
        def available(cls, encoding: str) -> str | None:
            return available(encoding)

    return registered("ftprep_tokenizers", Count)


def registered(hook: str, cls: type[Any]) -> Registry:
    def offer() -> list[type[Any]]:
        return [cls]

    offer.__name__ = hook
    registry = Registry()
    registry.add(SimpleNamespace(**{hook: package.hookimpl(offer)}), plugin="own", dist="own-plugin", version="1")
    return registry


def damaged(encoding: str) -> str:
    raise package.DataError(f"the tables of '{encoding}' are damaged", hint="delete them")


def careless(encoding: str) -> str:
    raise KeyError(encoding)


def test_a_damaged_table_is_a_problem() -> None:
    found = installation(counting(damaged), {})
    assert [str(problem) for problem in found.problems] == ["the tables of 'x1k' are damaged; delete them"]
    assert [(of.encoding, of.damaged, of.place) for of in found.tables] == [("x1k", True, None)]
    assert not found.ok


def test_a_tokenizer_that_fails_is_named_and_stops_nothing() -> None:
    found = installation(counting(careless), {})
    assert [str(problem) for problem in found.problems] == [
        "tokenizer 'count' (plugin 'own' of own-plugin 1) failed to say where the tables of 'x1k' are: KeyError: "
        "'x1k'; please report this to its maintainer, or leave the step out"
    ]


@pytest.mark.parametrize("place", ["here", "", None], ids=["there", "not there", "not told"])
def test_a_table_is_where_its_tokenizer_says(place: str | None) -> None:
    found = installation(counting(lambda encoding: place), {})
    assert (found.tables[0].place, found.ok) == (place, True)


def test_an_uploader_names_the_variables_of_its_options() -> None:
    class Send(package.Uploader):
        """Sends."""

        name = "send"
        api_key_env: str = "SEND_KEY"
        other_env: str | None = None

    found = installation(registered("ftprep_uploaders", Send), {"SEND_KEY": CANARY})
    assert found.variables["uploader send"] == {"SEND_KEY": True}


@pytest.mark.parametrize(
    ("there", "said"),
    [
        pytest.param("folder", "named by FTPREP_STATE_DIR, can be written", id="there"),
        pytest.param("", "named by FTPREP_STATE_DIR, not there yet, can be made", id="not there yet"),
        pytest.param("file", "named by FTPREP_STATE_DIR, cannot be written", id="a file"),
    ],
)
def test_the_state_folder_is_told_of_without_its_path(tmp_path: Path, there: str, said: str) -> None:
    if there == "folder":
        (tmp_path / "state").mkdir()
    elif there:
        put(tmp_path, "state", "")
    assert installation(Registry(), {"FTPREP_STATE_DIR": str(tmp_path / "state")}).state == said
    assert (tmp_path / "state").exists() is bool(there)


def test_python_has_it_too() -> None:
    found = package.installation()
    assert found.versions["ftprep"] == package.__version__
    assert found._repr_html_().startswith('<div class="ftprep">')
