"""`ftprep check FILE`: what a file of data is, and everything that is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftprep import check

from .conftest import Call, put

pytestmark = pytest.mark.files


def chat(*texts: str) -> dict[str, Any]:
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]}


def lines(*rows: Any) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


GOOD = {
    "chat": (
        "a.jsonl",
        lines(chat("Hello", "Hi"), chat("Who?", "Me")),
        "chat data ('messages' holds lists of messages)",
    ),
    "chat as other tools write it": (
        "a.json",
        json.dumps([{"conversations": [{"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi"}]}]),
        "chat data ('conversations' holds lists of messages)",
    ),
    "prompts and completions": (
        "a.jsonl",
        lines({"prompt": "Hello ->", "completion": " Hi"}),
        "prompt/completion data (there are a prompt and a completion)",
    ),
    "questions and answers": (
        "a.csv",
        "Nr,Question,Answer\n1,Who?,Me\n2,Why?,Because\n",
        "chat data ('Question' asks and 'Answer' answers)",
    ),
    "instructions with an input": (
        "a.json",
        json.dumps([{"instruction": "Add.", "input": "1 + 1", "output": "2"}]),
        "chat data ('instruction' asks and 'output' answers)",
    ),
    "preferences": (
        "a.jsonl",
        lines({"prompt": "Who?", "chosen": "Me", "rejected": "You"}),
        "preference data (there are 'chosen' and 'rejected' answers)",
    ),
    "a message a row": (
        "a.csv",
        "thread,author,text\n1,user,Hello\n1,assistant,Hi\n2,user,Who?\n2,assistant,Me\n",
        "messages data ('thread' names conversations, 'author' speakers)",
    ),
}


@pytest.mark.parametrize(("name", "text", "kind"), GOOD.values(), ids=GOOD)
def test_the_kind_of_a_file_is_found_by_its_content(
    ftprep: Call, tmp_path: Path, name: str, text: str, kind: str
) -> None:
    put(tmp_path, name, text)
    told = ftprep("check", name)
    first, *_, last = told.out.splitlines()
    assert (told.code, first.partition(";")[0], last) == (0, f"{name}: {kind}", "  nothing wrong")


BAD = lines(chat("Hello", "Hi"), chat("Hello", "Hi"), chat("And then?"), chat("Which?", ""), {"messages": "none"})


def test_everything_that_is_wrong_is_told_with_its_rows(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", BAD)
    told = ftprep("check", "bad.jsonl", "--json")
    found = {(problem["code"], problem["line"]) for problem in told.document["problems"]}
    assert told.code == 1
    assert {("FT390", 3), ("FT390", 4), ("FT390", 5), ("FT373", 2)} <= found
    (result,) = told.document["result"]
    assert {key: result[key] for key in ("file", "kind", "reader", "rows", "usable")} == {
        "file": "bad.jsonl",
        "kind": "chat",
        "reader": "jsonl",
        "rows": 5,
        "usable": 2,
    }


def test_a_row_that_cannot_be_used_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", lines(chat("Hello", "Hi"), {"messages": [5]}, {"messages": [5]}))
    line = (
        "bad.jsonl:2: a row that cannot be used: not a list of messages (message 1: it is neither an object nor a pair "
        "of speaker and text) (2 times; also row 3); mend it, or leave it out"
    )
    told = ftprep("check", "bad.jsonl")
    assert (told.code, told.err) == (1, f"{line}\n")


UNKNOWN = {
    "no such file": ("none.jsonl", None, "none.jsonl: no such file; there are: pod.yaml"),
    "no reader": ("a.bin", "\0\1", "a.bin: no reader knows what this is; name the reader in a recipe"),
    "no rows": ("a.csv", "Question,Answer\n", "a.csv: there are no rows in it; check that it is the right file"),
    "no kind": (
        "a.csv",
        "x,y\n1,2\n",
        "a.csv: no installed step knows what to make of the columns x, y; write a recipe that says it: 'ftprep recipes "
        "list' shows some to start from",
    ),
}


@pytest.mark.parametrize(("name", "text", "line"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_file_that_nothing_can_be_made_of_is_one_line(
    ftprep: Call, tmp_path: Path, name: str, text: str | None, line: str
) -> None:
    if text is not None:
        put(tmp_path, name, text)
    told = ftprep("check", name)
    assert (told.code, told.err) == (2, f"{line}\n")


def test_with_a_model_its_tokens_are_counted(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", lines(chat("Hello", "Hi")))
    assert "  tokens (openai_chat): examples 1, total 13" in ftprep("check", "a.jsonl", "--model", "gpt-4.1-mini").out


def test_recipes_and_data_can_be_checked_together(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", lines(chat("Hello", "Hi")))
    told = ftprep("check", "pod.yaml", "a.jsonl")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines()[:2] == [
        "pod.yaml: nothing wrong",
        "a.jsonl: chat data ('messages' holds lists of messages); 1 row, all of them can be used",
    ]


def test_from_python_the_same_is_a_report(tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", BAD)
    report = check(tmp_path / "bad.jsonl")
    assert (report.data.kind, report.counts["read"], report.counts["used"]) == ("chat", 5, 2)
    assert {problem.level for problem in report.findings} >= {"error", "warning"}
