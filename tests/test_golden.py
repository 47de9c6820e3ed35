"""The notebook's conversations, typed by hand: the same seven examples from every kind of input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas
import pytest

import ftprep
from ftprep import api

pytestmark = pytest.mark.files

TALKS = [
    ("Hello", "I'm an AI"),
    ("Open the pod bay doors please", "No"),
    ("Open the pod bay doors!", "Well, if you insist"),
    ("###", "###"),
    ("Good morning", "Hey"),
    ("Can you read me the news?", "No, I can't"),
    ("Is there something you can do?", "You should know"),
    ("Oh okey", "Yeah"),
]
SEVEN = [
    {"prompt": "Human: Hello\nAI:", "completion": " I'm an AI\nHuman: "},
    {"prompt": "Human: Hello\nAI: I'm an AI\nHuman: Open the pod bay doors please\nAI:", "completion": " No\nHuman: "},
    {
        "prompt": "Human: Hello\nAI: I'm an AI\nHuman: Open the pod bay doors please\nAI: No\n"
        "Human: Open the pod bay doors!\nAI:",
        "completion": " Well, if you insist\nHuman: ",
    },
    {"prompt": "Human: Good morning\nAI:", "completion": " Hey\nHuman: "},
    {
        "prompt": "Human: Good morning\nAI: Hey\nHuman: Can you read me the news?\nAI:",
        "completion": " No, I can't\nHuman: ",
    },
    {
        "prompt": "Human: Good morning\nAI: Hey\nHuman: Can you read me the news?\nAI: No, I can't\n"
        "Human: Is there something you can do?\nAI:",
        "completion": " You should know\nHuman: ",
    },
    {
        "prompt": "Human: Can you read me the news?\nAI: No, I can't\nHuman: Is there something you can do?\n"
        "AI: You should know\nHuman: Oh okey\nAI:",
        "completion": " Yeah\nHuman: ",
    },
]


def recipe(read: Any, *, context: int = 5, stop: bool = True) -> dict[str, Any]:
    steps = ["dialogue", {"stop": "\nHuman: "}] if stop else ["dialogue"]
    return {
        "version": 1,
        "name": "pod",
        "read": read,
        "transform": ["conversations", {"window": {"context": context}}],
        "write": [{"openai_completion": {"steps": steps}}],
    }


def delimited(delimiter: str, encoding: str = "utf-8") -> bytes:
    lines = [("Human", "AI"), *TALKS]
    quoted = [[f'"{cell}"' if delimiter in cell else cell for cell in line] for line in lines]
    return "\n".join(delimiter.join(line) for line in quoted).encode(encoding) + b"\n"


def excel(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [("Human", "AI"), *TALKS]:
        sheet.append(line)
    book.save(path)


def inputs(folder: Path, kind: str) -> tuple[Any, Any]:
    """The recipe's `read`, and the data handed in from Python."""
    if kind == "frame":
        return "frame", pandas.DataFrame(TALKS, columns=["Human", "AI"])
    if kind == "iterable":
        return "rows", [{"Human": human, "AI": ai} for human, ai in TALKS]
    if kind == "xlsx":
        excel(folder / "talks.xlsx")
        return str(folder / "talks.xlsx"), None
    name, delimiter = {"tsv": ("talks.tsv", "\t"), "comma": ("talks.csv", ",")}.get(kind, ("talks.csv", ";"))
    (folder / name).write_bytes(delimited(delimiter))
    return str(folder / name), None


def rows(run: api.Run, output: str = "openai_completion", split: str = "train") -> list[Any]:
    return [json.loads(line) for line in run.files[output][split].read_bytes().split(b"\n")[:-1]]


@pytest.mark.parametrize("kind", ["semicolon", "comma", "tsv", "xlsx", "frame", "iterable"])
def test_every_kind_of_table_gives_the_same_seven_examples(tmp_path: Path, kind: str) -> None:
    read, data = inputs(tmp_path, kind)
    run = api.run(recipe(read), data=data, out=tmp_path / "out")
    assert rows(run) == SEVEN
    assert run.counts["read"] == run.counts["used"] == 8


def test_a_table_in_cp1252_needs_its_encoding_said_and_then_gives_its_text(tmp_path: Path) -> None:
    file = tmp_path / "talks.csv"
    file.write_bytes(delimited(";", "cp1252").replace(b"Yeah", "Ja, schön".encode("cp1252")))
    with pytest.raises(ftprep.DataError):
        api.run(recipe(str(file)), out=tmp_path / "out")
    run = api.run(recipe({"csv": {"path": str(file), "encoding": "cp1252"}}), out=tmp_path / "out")
    assert rows(run) == [*SEVEN[:-1], {**SEVEN[-1], "completion": " Ja, schön\nHuman: "}]


def test_without_a_stop_sequence_the_completion_is_the_answer_after_one_space(tmp_path: Path) -> None:
    read, _ = inputs(tmp_path, "semicolon")
    run = api.run(recipe(read, stop=False), out=tmp_path / "out")
    assert rows(run)[-1] == {**SEVEN[-1], "completion": " Yeah"}


def test_without_context_every_prompt_is_empty(tmp_path: Path) -> None:
    read, _ = inputs(tmp_path, "semicolon")
    run = api.run(recipe(read, context=0), out=tmp_path / "out")
    assert [row["prompt"] for row in rows(run)] == [""] * 7
    assert [row["completion"] for row in rows(run)] == [row["completion"] for row in SEVEN]


def test_without_context_the_chat_writer_loses_no_row(tmp_path: Path) -> None:
    read, _ = inputs(tmp_path, "semicolon")
    chat = {**recipe(read, context=0), "write": ["openai_chat"]}
    run = api.run(chat, out=tmp_path / "out")
    answers = [answer for _, answer in TALKS if answer != "###"]
    assert rows(run, "openai_chat") == [
        {"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": answer}]} for answer in answers
    ]
