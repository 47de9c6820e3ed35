"""`ftprep check --select --ignore --format`: what is reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Call, put
from .test_check_data import chat, lines

pytestmark = pytest.mark.files

CHOICES = {
    "a code": (["--select", "FT373"], {"FT373"}),
    "a beginning": (["--select", "FT36"], {"FT360", "FT361"}),
    "several": (["--select", "FT373,FT360"], {"FT360", "FT373"}),
    "several times, in any case": (["--select", "ft373", "--select", "FT360, "], {"FT360", "FT373"}),
    "all but one": (["--select", "FT36,FT373", "--ignore", "FT361"], {"FT360", "FT373"}),
    "all but a beginning, and one of it": (["--select", "FT373,FT361", "--ignore", "FT36"], {"FT361", "FT373"}),
    "the longer one counts": (["--select", "FT36", "--ignore", "FT361,FT3"], {"FT360"}),
    "none": (["--select", "FT2"], set()),
    "no errors": (["--select", "FT36", "--ignore", "FT360"], {"FT361"}),
}


@pytest.fixture
def bad(ftprep: Call, tmp_path: Path) -> Path:
    talk = {"messages": [*chat("Hello", "Hi")["messages"], *chat("And then?")["messages"] * 2]}
    put(tmp_path, "bad.jsonl", lines(chat("Hello", "Hi"), chat("Hello", "Hi"), talk))
    return tmp_path / "bad.jsonl"


@pytest.mark.parametrize(("options", "codes"), CHOICES.values(), ids=CHOICES)
@pytest.mark.usefixtures("bad")
def test_codes_are_chosen_by_their_beginnings(ftprep: Call, options: list[str], codes: set[str]) -> None:
    told = ftprep("check", "bad.jsonl", *options, "--json")
    found = told.document["problems"]
    assert {problem["code"] for problem in found} == codes
    assert told.code == int(any(problem["level"] == "error" for problem in found))
    (result,) = told.document["result"]
    assert {group["code"] for group in result["groups"]} == codes


WRONG = {
    "a number that no code has": (
        ["--select", "FT36X"],
        "--select: no code begins with 'FT36X'; did you mean 'FT36'?",
    ),
    "letters the other way round": (
        ["--ignore", "TF361"],
        "--ignore: no code begins with 'TF361'; did you mean 'FT361'?",
    ),
    "another word": (
        ["--ignore", "duplicates"],
        "--ignore: no code begins with 'DUPLICATES'; the docs list all codes, and 'ftprep rule CODE' explains one",
    ),
    "one of several": (
        ["--select", "FT36,FT361X"],
        "--select: no code begins with 'FT361X'; did you mean 'FT361'?",
    ),
    "nothing": (["--select", ","], "--select: no code is named; write one, or its beginning: --select FT37"),
    "two forms": (
        ["--json", "--output", "sarif"],
        "--json and --output sarif exclude each other; give one of them",
    ),
    "a form that is none": (
        ["--output", "xml"],
        "--output: 'xml' is not one of 'text', 'json', 'sarif'; see 'ftprep check --help'",
    ),
    "standard input twice": (["-", "-"], "standard input (-) can be read only once; name it once"),
}


@pytest.mark.parametrize(("options", "line"), WRONG.values(), ids=WRONG)
@pytest.mark.usefixtures("bad")
def test_a_choice_that_cannot_be_made_is_one_line(ftprep: Call, options: list[str], line: str) -> None:
    told = ftprep("check", "bad.jsonl", *options)
    if "--json" in options:
        (problem,) = told.document["problems"]
        said = f"{problem['message']}; {problem['hint']}\n"
    else:
        assert told.out == ""
        said = told.err
    assert (told.code, said) == (2, f"ftprep check: {line}\n")


RULES = """\
makes_messages = False
rules_of = "acme"

def apply(self, example):
    return [example, ftprep.Finding("XX001", "acme takes no row", "ask acme", "error")]
"""


@pytest.mark.usefixtures("bad")
def test_a_format_holds_the_rules_of_its_service(ftprep: Call, plugin: Callable[[str], str]) -> None:
    name = plugin(RULES)
    told = ftprep("check", "bad.jsonl", "--plugin", name, "--format", "acme", "--json")
    assert [p["line"] for p in told.document["problems"] if p["code"] == "XX001"] == [1, 2, 3]
    told = ftprep("check", "bad.jsonl", "--plugin", name, "--format", "acm")
    assert (told.code, told.err) == (2, "--format: 'acm' is not known; did you mean 'acme'?\n")
