"""`ftprep sample`: what is asked, and how the answers are told."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftprep_openai.standin import StandIn

from .asking import BASE, questions, service, tuned_model
from .conftest import Call, put

pytestmark = pytest.mark.files


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ftprep: Call) -> Iterator[StandIn]:
    """The service."""
    with service(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def model(server: StandIn, ftprep: Call) -> str:
    """The name of the tuned model."""
    return tuned_model(ftprep)


def given(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """What stands on stdin."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="ascii"))


def test_one_question_has_one_answer_and_what_else_it_might_be(ftprep: Call, model: str) -> None:
    told = ftprep("sample", model, "out/mood", "-f", "text=what a lovely day number 5")
    assert told == (0, "good\ngood 1.000\n", "")


def test_the_result_is_a_document(ftprep: Call, model: str) -> None:
    told = ftprep("sample", model, "out/mood", "-f", "text=what a rotten day number 5", "-p", "temperature=0", "--json")
    result = told.document["result"]
    (one,) = result["samples"]
    assert (told.code, result["model"]) == (0, model)
    chances = one.pop("probabilities")
    assert (list(chances), sum(chances.values())) == (["bad", "good"], pytest.approx(1))
    assert one == {
        "file": None, "line": 1, "asked": "what a rotten day number 5", "answer": "bad", "text": "bad", "wanted": None,
        "right": None, "finish": "stop", "tokens": one["tokens"], "error": None,
    }  # fmt: skip


def test_rows_of_the_run_are_told_with_the_answer_that_is_wanted(ftprep: Call, model: str, server: StandIn) -> None:
    told = ftprep("sample", model, "out/mood", "--rows", "2")
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    file = "out/mood/openai_chat/validation.jsonl"
    assert [line.split("  ")[:2] for line in lines[:2]] == [
        [f"{file}:{n}", f"what a lovely day number {n - 1}"] for n in (1, 2)
    ]
    assert lines[2:] == ["2 of 2 are as wanted"]
    before = questions(server)
    assert ftprep("sample", model, "out/mood", "--rows", "2") == told
    assert questions(server) == before
    ftprep("sample", model, "out/mood", "--rows", "2", "--fresh")
    assert questions(server) == before + 2


def test_lines_on_stdin_are_asked_one_by_one(ftprep: Call, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given(
        monkeypatch, b'\xef\xbb\xbf{"text": "what a lovely day number 5"}\n\n{"text": "what a rotten day number 5"}\n'
    )
    assert ftprep("sample", model, "out/mood").out == (
        "stdin:1  what a lovely day number 5  good (1.00)\nstdin:2  what a rotten day number 5  bad (0.99)\n"
    )


def test_long_answers_stand_below_what_was_asked(ftprep: Call, server: StandIn, tmp_path: Path) -> None:
    put(tmp_path, "moods.csv", "text,mood,split\nhello,a long answer of more than forty characters\\ni,train\n")
    ftprep("run", "mood.yaml", "--set", "check=null", "--set", "split=null")
    told = ftprep("sample", BASE, "out/mood", "--rows", "1")
    assert told.err == "the run held nothing out, so the model was trained on these rows\n"
    head, *rest = told.out.splitlines()
    assert (told.code, head) == (0, "out/mood/openai_chat/train.jsonl:1  wrong")
    assert (rest[0], rest[-2:]) == (
        "  asked:  hello",
        ["  wanted: a long answer of more than forty characters\\ni", "0 of 1 are as wanted"],
    )


WRONG = {
    "nothing to ask": (
        [], b"", "ftprep sample: stdin is empty; give --field, --message or --rows, or JSON lines on stdin",
    ),
    "no json": (
        [], b'{"text": "x"}\nhello\n',
        'stdin:2: is no JSON in UTF-8; give an object a line: {"text": "…"} for a column, or {"messages": […]}',
    ),
    "no object": (
        [], b"[]\n",
        'stdin:1: is no JSON object; give an object a line: {"text": "…"} for a column, or {"messages": […]}',
    ),
    "a column that is missing": (
        [], b'{"txt": "x"}\n', "stdin:1: 'chat' needs the field 'text'; give it as text=…",
    ),
    "rows and fields": (
        ["--rows", "1", "-f", "text=x"], b"",
        "ftprep sample: --rows: the rows say what is asked; leave --field and --message out",
    ),
    "a parameter without a value": (
        ["-f", "text=x", "-p", "temperature"], b"",
        "ftprep sample: --param: 'temperature' is not of the form NAME=VALUE; see 'ftprep sample --help'",
    ),
    "a number that is too large": (
        ["-f", "text=x", "--concurrency", "65"], b"",
        "ftprep sample: --concurrency: 65 is not a whole number from 1 to 64; see 'ftprep sample --help'",
    ),
    "a service that is none": (
        ["-f", "text=x", "--via", "opnai"], b"", "unknown uploader 'opnai'; did you mean 'openai'?",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "stdin", "line"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_one_line(
    ftprep: Call, server: StandIn, monkeypatch: pytest.MonkeyPatch, arguments: list[str], stdin: bytes, line: str
) -> None:
    ftprep("run", "mood.yaml")
    given(monkeypatch, stdin)
    assert ftprep("sample", BASE, "out/mood", *arguments) == (2, "", f"{line}\n")
    assert questions(server) == 0


def test_a_model_that_is_not_there_is_a_remote_error(ftprep: Call, server: StandIn) -> None:
    ftprep("run", "mood.yaml")
    told = ftprep("sample", "gpt-no", "out/mood", "-f", "text=x")
    host = server.address.split("/")[2]
    assert told == (
        3,
        "",
        f"{host} has no such thing (404 model_not_found): The model `gpt-no` does not exist or you do not have "
        "access to it; check the name, and that the key belongs to the right project\n",
    )


def test_without_a_key_nothing_is_asked(ftprep: Call, server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    ftprep("run", "mood.yaml")
    monkeypatch.delenv("OPENAI_API_KEY")
    told = ftprep("sample", BASE, "out/mood", "-f", "text=x")
    assert (told.code, told.out) == (3, "")
    assert "OPENAI_API_KEY" in told.err
