"""`ftprep plugins check`: what a plugin's author, or its user, is told about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Call, put

pytestmark = pytest.mark.files

SHOUT = """\
import ftprep

FTPREP_API = 1


class Shout(ftprep.Map):
    \"\"\"Puts what the assistant says into capitals.\"\"\"

    name = "shout"

    mark: str = ""
    \"\"\"Text added at the end.\"\"\"

    def apply(self, example):
        return example.map_text(lambda text: text.upper() + self.mark)


class Whisper(ftprep.Map):
    \"\"\"Puts a column into small letters.\"\"\"

    name = "whisper"

    column: ftprep.Column
    \"\"\"The column.\"\"\"

    def apply(self, example):
        raise ftprep.MissingColumn(self.column)


@ftprep.hookimpl
def ftprep_transformers():
    return [Shout, Whisper]
"""
KEPT = """\
plugin shout
  transformer  shout    keeps the rules
  transformer  whisper  its options keep the rules; it needs samples of its own to be run
"""
LOST = SHOUT.replace("return example.map_text", "return ftprep.Example().map_text")


def test_a_plugin_that_keeps_the_rules_is_told_so(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "shout.py", SHOUT)
    assert ftprep("plugins", "check", "--plugin", "shout.py") == (0, KEPT, "")


def test_a_broken_rule_is_one_line_with_its_place_and_what_to_do(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "shout.py", LOST)
    told = ftprep("plugins", "check", "--plugin", "shout.py")
    (line,) = told.err.splitlines()
    begin = (
        "plugin 'shout' (shout.py): transformer 'shout' breaks the rule 'source-kept': sample 1, "
        "Example(fields={'text': 'Hello', 'label': 'greeting'}, "
    )
    end = (
        ", gave an example with source None; Examples keep their source: change a copy with example.with_(…) instead "
        "of making a new one."
    )
    assert (told.code, line[: len(begin)], line[-len(end) :]) == (4, begin, end)
    assert "  transformer  shout    breaks source-kept\n" in told.out


def test_the_document_has_every_place(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "shout.py", LOST)
    document = ftprep("plugins", "check", "--plugin", "shout.py", "--json").document
    assert [problem["code"] for problem in document["problems"]] == ["FT410"]
    whole, shout, whisper = document["result"]
    assert whole == {"plugin": "shout", "kind": "plugin", "name": "shout", "tried": "whole", "broken": {}}
    assert (shout["kind"], shout["name"], len(shout["broken"]["source-kept"])) == ("transformer", "shout", 3)
    assert (whisper["tried"], whisper["broken"]) == ("options", {})


def test_a_plugin_that_came_with_ftprep_can_be_looked_at_by_name(ftprep: Call) -> None:
    told = ftprep("plugins", "check", "cut")
    assert (told.code, told.err, told.out.splitlines()[0]) == (0, "", "plugin cut")


def test_a_name_that_nothing_has_is_one_line(ftprep: Call) -> None:
    assert ftprep("plugins", "check", "dialog") == (
        2,
        "",
        "no plugin 'dialog' is installed; did you mean 'dialogue'?\n",
    )


def test_where_nothing_else_is_installed_the_answer_says_so(ftprep: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPREP_BLOCK_PLUGINS", "ALL")
    assert ftprep("plugins", "check") == (0, "no plugin is installed beside those that come with ftprep\n", "")


@pytest.mark.usefixtures("stranger")
def test_a_plugin_that_cannot_be_loaded_is_an_error(ftprep: Call) -> None:
    line = "plugin 'bad' (bad-words 2.1) cannot be used: RuntimeError: no luck; update or uninstall bad-words\n"
    assert ftprep("plugins", "check", "bad") == (4, "", line)
