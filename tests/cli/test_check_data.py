"""`ftprep check FILE`: what a file of data is, and everything that is wrong with it."""

from __future__ import annotations

import io
import json
import os
import sys
import types
from collections.abc import Callable
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
    told = ftprep("check", name, "--select", "FT373")
    first, *_, last = told.out.splitlines()
    assert (told.code, first.partition(";")[0], last) == (0, f"{name}: {kind}", "  nothing wrong")


def test_findings_stand_in_groups_with_their_rows(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", lines(*[chat("Hello", "Hi")] * 3, chat("Who?", "Me")))
    told = ftprep("check", "bad.jsonl", "--select", "FT373")
    text, _, rest = told.out.partition("\n\n  duplicates (")
    *_, last = rest.splitlines()
    assert (told.code, told.err) == (0, "")
    assert text.splitlines()[:4] == [
        "bad.jsonl: chat data ('messages' holds lists of messages); 4 rows, all of them can be used",
        "",
        "  FT373  warning  2 rows  the example has the same content as an earlier one",
        "                          rows 2-3",
    ]
    assert last.startswith("  1 warning in 2 rows")


def test_an_error_ends_with_1_and_a_warning_does_not(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", lines(chat("Hello", "Hi"), chat("Hello", "Hi"), chat("And then?")))
    assert ftprep("check", "bad.jsonl").code == 1
    assert ftprep("check", "bad.jsonl", "--select", "FT360").code == 1
    assert ftprep("check", "bad.jsonl", "--select", "FT373").code == 0


def test_the_document_lists_every_finding_with_its_row(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", lines(*[chat("Hello", "Hi")] * 30, chat("And then?")))
    told = ftprep("check", "bad.jsonl", "--select", "FT360,FT373", "--json")
    found = sorted((problem["code"], problem["line"]) for problem in told.document["problems"])
    assert found == [("FT360", 31), *(("FT373", row) for row in range(2, 31))]
    (result,) = told.document["result"]
    named = ("file", "kind", "reader", "rows", "usable", "errors", "warnings", "advice")
    assert [result[key] for key in named] == ["bad.jsonl", "chat", "jsonl", 31, 30, 1, 1, 0]
    counts = [(group["code"], group["level"], group["count"], len(group["places"])) for group in result["groups"]]
    assert counts == [("FT360", "error", 1, 1), ("FT373", "warning", 29, 20)]


def test_json_is_the_short_form_of_output_json(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", lines(chat("Hello", "Hi"), chat("Hello", "Hi"), chat("And then?")))
    assert ftprep("check", "bad.jsonl", "--output", "json") == ftprep("check", "bad.jsonl", "--json")
    assert ftprep("check", "bad.jsonl", "--output=json", "--sleect").document["problems"][0]["code"] == "FT001"


def test_a_row_of_a_sheet_is_named_as_in_messages(ftprep: Call, tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "May"
    for row in (("Question", "Answer"), ("Who?", "Me"), ("Who?", "Me")):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    (problem,) = ftprep("check", "a.xlsx", "--select", "FT373", "--json").document["problems"]
    assert (problem["file"], problem["line"]) == ("a.xlsx:May!3", None)
    assert "                         May row 3\n" in ftprep("check", "a.xlsx", "--select", "FT373").out


def test_standard_input_is_looked_at_by_content(ftprep: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = types.SimpleNamespace(buffer=io.BytesIO(lines(chat("Hello", "Hi"), chat("Hello", "Hi")).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    told = ftprep("check", "-", "--select", "FT373", "--json")
    assert [(p["code"], p["file"], p["line"]) for p in told.document["problems"]] == [("FT373", "<stdin>", 2)]


def unreadable(path: Path) -> None:
    path.write_text("{}\n", encoding="utf-8", newline="\n")
    path.chmod(0)


REFUSED: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a missing file": ("none.jsonl", lambda path: None, "none.jsonl: no such file; check the path"),
    "a misspelt file": ("a.jsnl", lambda path: path.with_name("a.jsonl").touch(), "a.jsnl: no such file; did you mean"),
    "a missing folder": (
        "no/a.jsonl",
        lambda path: None,
        "no/a.jsonl: no such file; the folder 'no' does not exist either",
    ),
    "a folder": ("data", Path.mkdir, "data: a folder without a recipe.yaml; name a recipe file"),
    "no kind that is known": (
        "a.bin",
        lambda path: path.write_bytes(b"\0\1"),
        "a.bin: no reader knows what this is; name the reader in a recipe",
    ),
    "only a header": (
        "a.csv",
        lambda path: path.write_text("Question,Answer\n", encoding="utf-8", newline="\n"),
        "a.csv: there are no rows in it; check that it is the right file",
    ),
    "columns that say nothing": (
        "a.csv",
        lambda path: path.write_text("x,y\n1,2\n", encoding="utf-8", newline="\n"),
        "a.csv: no installed step knows what to make of the columns x, y; write a recipe that says it: 'ftprep recipes "
        "list' shows some to start from",
    ),
}


@pytest.mark.parametrize(("name", "make", "line"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_looked_at_is_one_line(
    ftprep: Call, tmp_path: Path, name: str, make: Callable[[Path], object], line: str
) -> None:
    make(tmp_path / name)
    told = ftprep("check", name)
    assert told.code == 2
    assert told.err == f"{line}\n" or (line.endswith("did you mean") and told.err == f"{line} 'a.jsonl'?\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything may be read here")
def test_a_file_without_permission_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    unreadable(tmp_path / "a.jsonl")
    told = ftprep("check", "a.jsonl")
    assert (told.code, told.err) == (2, "a.jsonl: no permission to read it; change its permissions, or copy it\n")


def test_an_empty_file_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", "")
    told = ftprep("check", "a.jsonl")
    assert (told.code, told.out, len(told.err.splitlines())) == (2, "", 1)
    assert told.err.startswith("a.jsonl: there are no rows in it; ")


def test_a_file_that_cannot_be_read_does_not_hide_the_others(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", lines(chat("Hello", "Hi"), chat("Hello", "Hi")))
    put(tmp_path, "b.jsonl", lines(chat("Who?", "Me"), chat("Who?", "Me")))
    told = ftprep("check", "a.jsonl", "none.csv", "b.jsonl", "--select", "FT373")
    assert (told.code, told.err) == (2, "none.csv: no such file; check the path\n")
    assert [line.partition(":")[0] for line in told.out.splitlines() if line[:1].strip()] == ["a.jsonl", "b.jsonl"]
    document = ftprep("check", "a.jsonl", "none.csv", "b.jsonl", "--select", "FT373", "--json").document
    assert [(p["code"], p["file"], p["line"]) for p in document["problems"]] == [
        ("FT200", "none.csv", None),
        ("FT373", "a.jsonl", 2),
        ("FT373", "b.jsonl", 2),
    ]
    assert [result["file"] for result in document["result"]] == ["a.jsonl", "none.csv", "b.jsonl"]


def test_with_a_model_its_tokens_are_counted(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", lines(chat("Hello", "Hi")))
    (result,) = ftprep("check", "a.jsonl", "--model", "gpt-4.1-mini", "--json").document["result"]
    counted = [values.get("total", values.get("tokens")) for values in result["figures"]["openai_chat"].values()]
    assert 13 in counted


def test_recipes_and_data_can_be_checked_together(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", lines(chat("Hello", "Hi")))
    told = ftprep("check", "pod.yaml", "a.jsonl", "--select", "FT373")
    assert (told.code, told.err) == (0, "")
    assert told.out.splitlines()[:2] == [
        "pod.yaml: nothing wrong",
        "a.jsonl: chat data ('messages' holds lists of messages); 1 row, all of them can be used",
    ]


def test_a_recipe_needs_no_ending_and_neither_does_data(ftprep: Call, tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").rename(tmp_path / "pod")
    put(tmp_path, "data", lines(chat("Hello", "Hi")))
    told = ftprep("check", "pod", "data", "--select", "FT373")
    assert [line.partition(";")[0] for line in told.out.splitlines() if line[:1].strip()] == [
        "pod: nothing wrong",
        "data: chat data ('messages' holds lists of messages)",
    ]


def test_from_python_the_same_are_findings(tmp_path: Path) -> None:
    put(tmp_path, "bad.jsonl", lines(chat("Hello", "Hi"), chat("Hello", "Hi")))
    found = check(tmp_path / "bad.jsonl", select=["FT373"])
    assert [(finding.code, finding.source and finding.source.first) for finding in found] == [("FT373", 2)]
