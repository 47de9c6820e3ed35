"""`ftprep check`: what is no recipe, or names what is not there, is one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import RECIPE, Call, put

pytestmark = pytest.mark.files

ONE_LINE = {
    "a folder": (
        "read: data",
        "recipe.yaml:2:7: data: a folder, not a file; name a file in it, or all of them: 'data/*'",
    ),
    "a folder for a reader": (
        "read: {csv: data}",
        "recipe.yaml:2:13: data: a folder, not a file; name a file in it, or all of them: 'data/*'",
    ),
    "a misspelt file": (
        "read: {csv: talk.csv}",
        "recipe.yaml:2:13: talk.csv: no such file in this folder; did you mean 'talks.csv'?",
    ),
    "the second of two files": (
        "read: [talks.csv, data/tlks.csv]",
        "recipe.yaml:2:19: data/tlks.csv: no such file in this folder; check the path; it is relative to the recipe",
    ),
    "a pattern without files": (
        'read: "data/*.csv"',
        "recipe.yaml:2:7: data/*.csv: no file matches in this folder; check the pattern",
    ),
    "a pattern that catches the output": (
        'read: "out/**/*.jsonl"',
        "recipe.yaml:2:7: out/**/*.jsonl: the pattern catches this recipe's own output (train.jsonl); narrow the "
        "pattern, or write elsewhere with --out",
    ),
    "no known ending": (
        "read: notes.md",
        "recipe.yaml:2:7: no reader knows what notes.md is; name the reader (read: {READER: notes.md}); known endings: "
        ".bio, .bioes, .conll, .csv, .dta, .feather, .fountain, .iob, .iob2, .json, .jsonl, .mbox, .ndjson, .ods, "
        ".parquet, .srt, .tab, .tsv, .vtt, .weechatlog, .xls, .xlsm, .xlsx",
    ),
    "no path at all": ("read: {csv: []}", "recipe.yaml:2:13: no input is named; give a path"),
    "a wrong type of several": (
        "read: {csv: 5}",
        "recipe.yaml:2:13: reader 'csv': 'path' is text or a list (got 5); see 'ftprep plugins info csv'",
    ),
    "a name that leads away": (
        "read: talks.csv\nname: ../x",
        "recipe.yaml:3:7: the name '../x' is no plain folder name; use letters, digits, '_', '-', '.' and spaces; "
        "begin and end with a letter or digit; at most 100 bytes",
    ),
}


@pytest.mark.parametrize(("read", "line"), ONE_LINE.values(), ids=ONE_LINE)
def test_an_input_that_cannot_be_had_is_one_line(
    ftprep: Call, recipe: Callable[[str], str], tmp_path: Path, read: str, line: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "out" / "recipe").mkdir(parents=True)
    put(tmp_path / "out" / "recipe", "train.jsonl", "{}\n")
    put(tmp_path, "notes.md", "# notes\n")
    text = f"version: 1\n{read}\ntransform: conversations\nwrite: openai_chat\nname: recipe\n"
    told = ftprep("check", recipe(text if read.count("\n") == 0 else text.removesuffix("name: recipe\n")))
    assert (told.code, told.err.splitlines()[0]) == (2, line)
    assert len(told.err.splitlines()) == 3


ENCODED = {
    "utf-8 with a mark": ("utf-8-sig", 0, ""),
    "utf-16": ("utf-16", 2, "r.yaml: this file is UTF-16; save it as UTF-8\n"),
    "cp1252": (
        "cp1252",
        2,
        "r.yaml:9:17: this is not UTF-8 (byte 0xf6, 'ö' in Windows-1252); save the file as UTF-8\n",
    ),
}


@pytest.mark.parametrize(("encoding", "code", "err"), ENCODED.values(), ids=ENCODED)
def test_recipes_in_other_encodings(ftprep: Call, tmp_path: Path, encoding: str, code: int, err: str) -> None:
    (tmp_path / "r.yaml").write_text(f"{RECIPE}description: schön\n", encoding=encoding, newline="\n")
    told = ftprep("check", "r.yaml")
    assert (told.code, told.err) == (code, err)


def test_the_caret_stands_under_the_mistake_after_wide_letters_and_a_mark(ftprep: Call, tmp_path: Path) -> None:
    text = 'version: 1\nread: talks.csv\nx-a: 1\nwrite: {openai_chat: {system: "日本", nmaes: 1}}\n'
    (tmp_path / "r.yaml").write_text(text, encoding="utf-8-sig", newline="\n")
    told = ftprep("check", "r.yaml")
    assert told.err == (
        "r.yaml:4:37: writer 'openai_chat' has no option 'nmaes'; did you mean 'names'?\n"
        '     4 | write: {openai_chat: {system: "日本", nmaes: 1}}\n'
        "       |                                       ^\n"
    )


def test_a_tab_is_shown_with_its_place(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("check", recipe("version: 1\ntransform:\n\t- window\n"))
    assert told.err == (
        "recipe.yaml:3:1: a tab character; use spaces; YAML does not allow tabs here\n     3 | \t- window\n       | ^\n"
    )


def test_a_recipe_without_mistakes_has_nothing_wrong(ftprep: Call) -> None:
    assert ftprep("check", "pod.yaml") == (0, "pod.yaml: nothing wrong\n", "")
    assert ftprep("check", "pod.yaml", "--json").document["result"] == [
        {"recipe": "pod.yaml", "errors": 0, "warnings": 0}
    ]


def test_a_warning_is_shown_and_is_no_mistake(ftprep: Call, recipe: Callable[[str], str]) -> None:
    text = RECIPE.replace("- conversations", "- conversations: '\\n'")
    told = ftprep("check", recipe(text))
    assert (told.code, told.out) == (0, "recipe.yaml: 1 warning\n")
    assert told.err.startswith("warning: recipe.yaml:6:20: '\\n' stays two characters here; write \"\\n\" in double")


def test_several_recipes_are_checked_in_one_go(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("check", "pod.yaml", recipe("version: 1\nread: talks.csv\n"), "none.yaml")
    assert (told.code, told.out) == (2, "pod.yaml: nothing wrong\nrecipe.yaml: 1 error\nnone.yaml: 1 error\n")


def test_a_value_that_was_set_is_named_by_its_number(ftprep: Call) -> None:
    told = ftprep("check", "pod.yaml", "--set", "name=x", "--set", "transform.window.context=many")
    assert told.err == (
        "--set #2: transformer 'window': 'context' is a whole number (got 'many'); see 'ftprep plugins info window'\n"
    )


DATA = (
    "talks.csv: this is data for the reader 'csv', no recipe; name a recipe that reads it; 'ftprep recipes list' shows "
    "some to start from\n"
)
NEWCOMERS = {
    "a bundled recipe": (
        "chatbot",
        "chatbot: no such file, but a recipe that comes with ftprep; copy it first: ftprep recipes copy chatbot\n",
    ),
    "a misspelt recipe": ("pod.yml", "pod.yml: no such file; did you mean 'pod.yaml'?\n"),
    "a folder that is not there": ("no/pod.yaml", "no/pod.yaml: no such file; there is no folder 'no' either\n"),
    "a folder without a recipe": ("empty", "empty: a folder without a recipe.yaml; name a recipe file\n"),
}


@pytest.mark.parametrize("command", ["check", "run", "preview", "explain"])
@pytest.mark.parametrize(("name", "err"), NEWCOMERS.values(), ids=NEWCOMERS)
def test_what_is_no_recipe_is_one_line(ftprep: Call, tmp_path: Path, command: str, name: str, err: str) -> None:
    (tmp_path / "empty").mkdir()
    told = ftprep(command, name)
    assert (told.code, told.err) == (2, err)


@pytest.mark.parametrize("command", ["run", "preview", "explain"])
def test_data_in_the_place_of_a_recipe_is_one_line(ftprep: Call, command: str) -> None:
    told = ftprep(command, "talks.csv")
    assert (told.code, told.err) == (2, DATA)
