"""Wrong command lines: one line each, and one document each."""

from __future__ import annotations

import pytest

from .conftest import Call

pytestmark = pytest.mark.files

USAGE = [
    pytest.param(["rn"], "ftprep: no command 'rn'; did you mean 'run'?", id="a misspelt command"),
    pytest.param(
        ["zzz"],
        "ftprep: no command 'zzz'; there are: check, compare, completion, convert, diff, doctor, explain, generate, "
        "init, jobs, plugins, preview, prompt, recipes, remote, report, rule, run, sample, schema, "
        "testing-server, upload",
        id="a command like none",
    ),
    pytest.param(["plugins", "lst"], "ftprep plugins: no command 'lst'; did you mean 'list'?", id="of a group"),
    pytest.param(
        ["pod.yaml"], "ftprep: no command 'pod.yaml'; did you mean 'ftprep run pod.yaml'?", id="a recipe as command"
    ),
    pytest.param(["run"], "ftprep run: RECIPE is missing; see 'ftprep run --help'", id="no argument"),
    pytest.param(
        ["run", "a", "b"],
        "ftprep run: got unexpected extra argument (b); see 'ftprep run --help'",
        id="an argument too many",
    ),
    pytest.param(["run", "--ot", "x"], "ftprep run: no option '--ot'; did you mean '--out'?", id="a misspelt option"),
    pytest.param(["run", "-x"], "ftprep run: no option '-x'; see 'ftprep run --help'", id="an option like none"),
    pytest.param(
        ["run", "pod.yaml", "--limit", "0"],
        "ftprep run: --limit: 0 is not a whole number from 1; see 'ftprep run --help'",
        id="a limit of nothing",
    ),
    pytest.param(
        ["preview", "pod.yaml", "-n", "many"],
        "ftprep preview: -n: 'many' is not a whole number from 1 to 100; see 'ftprep preview --help'",
        id="a number that is none",
    ),
    pytest.param(
        ["run", "pod.yaml", "--out"],
        "ftprep run: option '--out' requires an argument; see 'ftprep run --help'",
        id="an option without its value",
    ),
]


@pytest.mark.parametrize(("arguments", "line"), USAGE)
def test_a_wrong_command_line_is_one_line_and_exit_code_2(ftprep: Call, arguments: list[str], line: str) -> None:
    assert ftprep(*arguments) == (2, "", f"{line}\n")


@pytest.mark.parametrize(("arguments", "line"), [p for p in USAGE if "--out" not in p.values[0]])
def test_a_wrong_command_line_is_a_document_too(ftprep: Call, arguments: list[str], line: str) -> None:
    told = ftprep(*arguments, "--json")
    problem = told.document["problems"][0]
    assert (told.code, f"{problem['message']}; {problem['hint']}", problem["code"]) == (2, line, "FT001")
    assert told.document["result"] is None


def test_json_before_the_command_is_told_where_it_belongs(ftprep: Call) -> None:
    problem = ftprep("--json", "run", "pod.yaml").document["problems"][0]
    assert (problem["message"], problem["hint"]) == ("ftprep: no option '--json'", "write it after the command")


def test_a_group_without_a_command_is_a_document_too(ftprep: Call) -> None:
    told = ftprep("--json", "recipes")
    assert told.document["ok"] is False


def test_what_stands_behind_two_dashes_is_no_option(ftprep: Call) -> None:
    assert ftprep("check", "--", "--json").err == "--json: no such file; there are: pod.yaml\n"
