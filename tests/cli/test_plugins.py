"""`ftprep plugins`: what is installed, from where, and what its options are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftprep.registry import Registered, Registry

from .conftest import Call, put

pytestmark = pytest.mark.files

WHOLE = '''\
from typing import Annotated, Literal

import ftprep
from pydantic import BaseModel, Field

FTPREP_API = 1


class Part(BaseModel):
    """A part."""

    size: int = 1


class Many(ftprep.Map):
    """Has options of many kinds. And more
    to say.

    In a second paragraph.
    """

    name = "many"
    shorthand = "from_"

    from_: ftprep.Column = Field(alias="from")
    """The column."""
    text: ftprep.Template | None = None
    """What is written,
    in two lines."""
    mode: Literal["fast", "safe"] = "fast"
    """How."""
    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """How much."""
    names: dict[str, list[str]] = {}
    """Who."""
    flag: bool = False
    """Whether."""
    values: list[int | float] | int | None = None
    """Which."""
    mark: str = "###"
    """What."""
    part: Part = Part()
    """Of what."""


@ftprep.hookimpl
def ftprep_transformers():
    return [Many]
'''
INFO = """\
transformer many (plugin many, many.py)

Has options of many kinds. And more
to say.

In a second paragraph.

In a recipe, under 'transform:'
  - many: FROM
  - many: {from: FROM, …}

  from: column name (required)
      The column.

  text: template (optional)
      What is written,
      in two lines.

  mode: fast | safe (default fast)
      How.

  share: number, more than 0, at most 1 (default 0.5)
      How much.

  names: mapping to list of text (default {})
      Who.

  flag: true/false (default false)
      Whether.

  values: list of number or whole number (optional)
      Which.

  mark: text (default "###")
      What.

  part: mapping (default {size: 1})
      Of what.
"""


def test_everything_installed_is_listed_with_where_it_comes_from(ftprep: Call) -> None:
    told = ftprep("plugins", "list")
    lines = told.out.splitlines()
    assert (told.code, told.err, lines[0]) == (0, "", "readers (read:)")
    headings = ["readers (read:)", "transformers (transform:)", "checks (check:)", "writers (write:)",
                "uploaders (upload:)"]  # fmt: skip
    assert [line for line in lines if not line.startswith("  ")] == [*headings, "models (model:)", "tokenizers"]
    found = {tuple(line.split()[:3]) for line in lines if line.startswith("  ")}
    installed = Registry.installed().all()
    assert found == {(item.name, item.dist, item.version) for item in installed}
    assert len({line.index("ftprep 0.1.0") for line in lines if "ftprep 0.1.0" in line}) == 1


def test_the_document_says_the_same(ftprep: Call) -> None:
    listed = ftprep("plugins", "list", "--json").document["result"]
    assert listed[0].keys() == {"kind", "name", "plugin", "distribution", "purpose"}
    assert {(item["kind"], item["name"]) for item in listed} == {
        (item.kind, item.name) for item in Registry.installed().all()
    }
    window = next(item for item in listed if item["name"] == "window")
    assert window == {
        "kind": "transformer",
        "name": "window",
        "plugin": "dialogue",
        "distribution": "ftprep 0.1.0",
        "purpose": "Cuts a conversation into examples that end in an answer, so that each answer is trained exactly "
        "once.",
    }


def test_a_local_plugin_is_listed_by_its_file(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "many.py", WHOLE)
    told = ftprep("plugins", "list", "--plugin", "many.py")
    assert [line.split(maxsplit=2) for line in told.out.splitlines() if line.split()[:1] == ["many"]] == [
        ["many", "many.py", "Has options of many kinds."]
    ]


def test_a_step_is_explained_with_its_options_as_recipes_write_them(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "many.py", WHOLE)
    assert ftprep("plugins", "info", "many", "--plugin", "many.py") == (0, INFO, "")
    assert ftprep("plugins", "info", "many/many", "--plugin", "many.py") == (0, INFO, "")


ALIASES = [
    ("drop_if", "in"),
    ("drop_if", "not"),
    ("clean", "columns"),
    ("select", "columns"),
    ("csv", "columns"),
    ("conversations", "scattered"),
]


@pytest.mark.parametrize(("name", "option"), ALIASES, ids=[f"{name}.{option}" for name, option in ALIASES])
def test_an_option_is_called_what_recipes_call_it(ftprep: Call, name: str, option: str) -> None:
    (found,) = ftprep("plugins", "info", name, "--json").document["result"]
    assert option in found["options"]
    assert not [name for name in found["options"] if name.endswith("_")]
    assert found["shorthand"] in {None, *found["options"]}


def test_the_document_of_a_step_has_kind_origin_and_options(ftprep: Call) -> None:
    (found,) = ftprep("plugins", "info", "window", "--json").document["result"]
    assert list(found) == ["kind", "name", "plugin", "distribution", "help", "shorthand", "options"]
    assert found["shorthand"] == "context"
    context = found["options"]["context"]
    assert (context["default"], context["required"]) == (5, False)
    assert context["help"]


def test_what_two_kinds_have_is_explained_twice(ftprep: Call) -> None:
    told = ftprep("plugins", "info", "separator")
    assert [line for line in told.out.splitlines() if "(plugin dialogue, ftprep 0.1.0)" in line] == [
        "check separator (plugin dialogue, ftprep 0.1.0)",
        "transformer separator (plugin dialogue, ftprep 0.1.0)",
    ]


def test_a_writer_has_the_options_that_all_writers_have(ftprep: Call) -> None:
    (found,) = ftprep("plugins", "info", "openai_chat", "--json").document["result"]
    assert list(found["options"])[-2:] == ["as", "steps"]


def test_a_model_is_explained_by_its_facts(ftprep: Call) -> None:
    told = ftprep("plugins", "info", "gpt-4.1-mini")
    assert told.out.startswith(
        "model gpt-4.1-mini (plugin openai, ftprep 0.1.0)\n\nIn a recipe: 'model: gpt-4.1-mini'\n"
    )
    (found,) = ftprep("plugins", "info", "gpt-4.1-mini", "--json").document["result"]
    assert found["facts"]["tokenizer"] == "o200k_base"


@pytest.mark.parametrize("item", Registry.installed(block="").all(), ids=lambda item: f"{item.kind} {item.name}")
def test_everything_that_is_listed_can_be_explained(ftprep: Call, item: Registered) -> None:
    told = ftprep("plugins", "info", item.qualified)
    assert (told.code, told.err) == (0, "")
    assert "any value" not in told.out and "None" not in told.out


def test_a_misspelt_name_is_one_line(ftprep: Call) -> None:
    line = "nothing that is installed is called 'windw'; did you mean 'window'?\n"
    assert ftprep("plugins", "info", "windw") == (2, "", line)


BAD = "plugin 'bad' (bad-words 2.1) cannot be used: RuntimeError: no luck; update or uninstall bad-words"


@pytest.mark.usefixtures("stranger")
def test_a_broken_plugin_is_a_warning_and_the_rest_is_listed(ftprep: Call) -> None:
    told = ftprep("plugins", "list")
    assert (told.code, told.err) == (0, f"warning: {BAD}\n")
    assert "  window " in told.out
    problem = ftprep("plugins", "list", "--json").document["problems"][0]
    assert (problem["level"], problem["code"], problem["plugin"]) == ("warning", "FT401", "bad")


@pytest.mark.usefixtures("stranger")
def test_a_run_that_does_not_need_it_warns_and_one_that_does_ends(ftprep: Call) -> None:
    assert ftprep("run", "pod.yaml").err == f"warning: {BAD}\n"
    told = ftprep("run", "pod.yaml", "--set", "transform=[bad/words]")
    assert (told.code, told.err) == (4, f"transformer 'bad/words' cannot be had: {BAD}\n")


@pytest.mark.usefixtures("stranger")
def test_a_plugin_that_is_blocked_is_not_even_imported(ftprep: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPREP_BLOCK_PLUGINS", "bad")
    assert ftprep("plugins", "list").err == ""


def test_without_any_plugin_the_list_says_so(ftprep: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPREP_BLOCK_PLUGINS", "ALL")
    assert ftprep("plugins", "list") == (0, "no plugin is installed\n", "")
