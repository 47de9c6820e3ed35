"""What plugins print, and errors that nobody foresaw: both are told with the plugin they come from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ftprep.cli import main

from .conftest import Told, put

Leave = Callable[..., Told]

pytestmark = pytest.mark.files

RECIPE = """\
version: 1
name: odd
read: {odd_reader: talks.csv}
transform: [odd]
check: odd_check
write: odd_writer
"""
LOUD = '''\
import subprocess
import sys

import ftprep

FTPREP_API = 1


class Reads(ftprep.Reader):
    """Reads a greeting."""

    name = "odd_reader"

    def read(self, source):
        print("read")
        yield ftprep.Rows([{"q": "Hello", "a": "Hi"}, {"q": "Bye", "a": "See you"}], [1, 2])
        print("read on")


class Maps(ftprep.Map):
    """Makes messages."""

    name = "odd"
    makes_messages = True

    def apply(self, example):
        sys.stdout.buffer.write(b"mapped\\n")
        told = (ftprep.Message("user", example.fields["q"]), ftprep.Message("assistant", example.fields["a"]))
        return example.with_(messages=told)

    def request(self, example, run):
        return example.with_(messages=(ftprep.Message("user", example.fields["q"]), ftprep.Message("assistant")))


class Looks(ftprep.Check):
    """Looks."""

    name = "odd_check"

    def look(self, example):
        return None

    def judge(self, state, run):
        subprocess.run([sys.executable, "-c", "print('judged')"], stdout=sys.stdout, check=True)
        return ftprep.Verdict()


class Writes(ftprep.Writer):
    """Writes."""

    name = "odd_writer"
    shape = "chat"

    def encode(self, example):
        print("written", file=sys.stdout, flush=True)
        return self.request(example)

    def request(self, example):
        return {"q": example.messages[0].text}

    def prompt_of(self, row):
        return row


@ftprep.hookimpl
def ftprep_readers():
    return [Reads]


@ftprep.hookimpl
def ftprep_transformers():
    return [Maps]


@ftprep.hookimpl
def ftprep_checks():
    return [Looks]


@ftprep.hookimpl
def ftprep_writers():
    return [Writes]
'''
STEPS = ["reader 'odd_reader'", "transformer 'odd'", "writer 'odd_writer'", "check 'odd_check'"]
PRINTS = "prints to stdout, which is kept for results; its maintainer should make it a Finding or a tally"
WARNINGS = [f"{step} (plugin 'loud' of loud.py) {PRINTS}" for step in STEPS]


@pytest.fixture
def leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Leave:
    """Calls the command line where the recipe and the plugin, some of its code replaced, lie; gives the exit code,
    stdout and stderr, with what other programs print."""
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "talks.csv", "")
    put(tmp_path, "odd.yaml", RECIPE)

    def call(*arguments: str, instead: Mapping[str, str] = {}) -> Told:
        code = LOUD
        for old, new in instead.items():
            assert old in code
            code = code.replace(old, new)
        put(tmp_path, "loud.py", code)
        with pytest.raises(SystemExit) as left:
            main([*arguments, "odd.yaml", "--plugin", "loud.py"])
        return Told(left.value.code, *capfd.readouterr())

    return call


def test_whoever_prints_is_told_once_and_the_document_stays_whole(leave: Leave) -> None:
    told = leave("run", "--json")
    document = json.loads(told.out)
    assert (told.code, document["ok"], document["result"]["counts"]["used"]) == (0, True, 2)
    assert sorted(f"{p['message']}; {p['hint']}" for p in document["problems"]) == sorted(WARNINGS)
    assert {(p["code"], p["level"]) for p in document["problems"]} == {("FT407", "warning")}
    assert told.err.split() == ["read", "mapped", "mapped", "written", "written", "read", "on", "judged"]


def test_people_are_told_by_a_line_each(leave: Leave) -> None:
    told = leave("run")
    lines = told.err.splitlines()
    assert told.code == 0 and told.out.startswith("2 rows read, 2 used, 0 dropped\n")
    assert sorted(line for line in lines if line.startswith("warning: ")) == sorted(f"warning: {w}" for w in WARNINGS)


def test_who_printed_before_an_error_is_told_with_it(leave: Leave) -> None:
    told = leave(
        "run", instead={'sys.stdout.buffer.write(b"mapped\\n")': "return None", '("read")': '("read", end="")'}
    )
    failed = (
        "transformer 'odd' (plugin 'loud' of loud.py) returned None for talks.csv:1; a Drop with a reason was "
        "expected; please report this to its maintainer, or leave the step out"
    )
    assert told == (4, "", f"read\nwarning: {WARNINGS[0]}\n{failed}\n")


INTERNAL = {
    "a method that raises": (
        {'name = "odd_check"': 'name = "odd_check"\n\n    def columns(self):\n        return 1 / 0'},
        "internal error at check 'odd_check' (plugin 'loud' of loud.py): ZeroDivisionError: division by zero",
    ),
    "a method that gives nothing": (
        {'name = "odd_check"': 'name = "odd_check"\n\n    def columns(self):\n        return None'},
        "internal error at check 'odd_check' (plugin 'loud' of loud.py): TypeError: 'NoneType' object is not iterable",
    ),
    "a validator": (
        {'name = "odd"\n': 'name = "odd"\n\n    def model_post_init(self, context):\n        raise SystemExit(0)\n'},
        "internal error at transformer 'odd' (plugin 'loud' of loud.py): RuntimeError: SystemExit: 0",
    ),
    "what generators raise": (
        {"return None\n": "raise GeneratorExit\n"},
        "internal error at check 'odd_check' (plugin 'loud' of loud.py): RuntimeError: GeneratorExit",
    ),
}


@pytest.mark.parametrize(("instead", "line"), INTERNAL.values(), ids=INTERNAL)
def test_an_error_that_nobody_foresaw_names_the_step_it_came_from(
    leave: Leave, instead: Mapping[str, str], line: str
) -> None:
    told = leave("run", instead=instead)
    assert (told.code, told.out) == (4, "")
    assert told.err.splitlines()[-1] == f"{line}; set FTPREP_TRACEBACK=1 to see where, and report it"
