"""`ftprep check` of each kind of data: what it is called, how it is written, and that each fault is told once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas
import pytest

import ftprep
from ftprep import Row
from ftprep.registry import Registry

pytestmark = pytest.mark.files

REGISTRY = Registry.installed(block="")
FEW = ["FT338", "FT339", "FT346", "FT347"]
"""Codes of few rows, which no test here is about."""


def said(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in pairs]


def chat(text: str = "Hi", answer: str = "Hello.") -> Row:
    return {"messages": said(("user", text), ("assistant", answer))}


def task(text: str, reference: Any) -> Row:
    return {"messages": said(("developer", "Add."), ("user", text)), "reference_answer": reference}


def choice(wanted: str, other: str, role: str = "user") -> Row:
    return {
        "input": {"messages": said((role, "Hi"))},
        "preferred_output": said(("assistant", wanted)),
        "non_preferred_output": said(("assistant", other)),
    }


def whole(answer: str) -> list[dict[str, Any]]:
    parts = [{"type": "text", "value": answer}]
    return [*said(("system", "Be nice."), ("user", "Hi")), {"role": "assistant", "content": parts, "loss_weight": 1.0}]


def looked_at(folder: Path, rows: list[Row], name: str = "data.jsonl", **how: Any) -> Any:
    path = folder / name
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8", newline="")
    return ftprep.check(path, ignore=FEW, registry=REGISTRY, **how)


def told(found: Any) -> list[tuple[str, str, str]]:
    return [(group.level, group.code, group.message) for group in found.groups]


KINDS: dict[str, tuple[list[Row], str, str, list[tuple[str, str, str]]]] = {
    "reinforcement": (
        [task("1 + 1?", "2"), task("2 + 2?", {"n": 4})], "reinforcement", "openai_reinforcement", []
    ),
    "preference": (
        [choice("A", "B"), choice("Yes", "No")], "preference", "openai_preference", []
    ),
    "the same answer twice": (
        [choice("A", "A"), choice("Yes", "No")], "preference", "openai_preference",
        [("error", "FT379", "the wanted and the other answer are the same")],
    ),
    "two conversations": (
        [{"chosen_messages": whole("A"), "rejected_messages": whole("B")}], "preference", "openai_preference", []
    ),
    "two conversations, by other names": (
        [{"prompt": "Hi", "chosen": whole("A"), "rejected": whole("B"), "messages": whole("A")}],
        "preference", "openai_preference", [],
    ),
    "two answers to a list": (
        [{"chosen": said(("assistant", "A")), "rejected": said(("assistant", "B")), "prompt": said(("user", "Hi"))}],
        "preference", "openai_preference", [],
    ),
    "wanted or not": (
        [{**chat("Hi", "Good."), "label": True}, {**chat("Hi", "Bad."), "label": False}], "chat", "openai_chat",
        [(
            "warning", "FT325",
            "a row has the key 'label', true or false, which says whether its answer is wanted (KTO data)",
        )],
    ),
    "several kinds": (
        [chat(), {"prompt": "Who?", "completion": " Me"}, {"prompt": "You?", "completion": " Me"}],
        "chat", "openai_chat",
        [("error", "FT398", "a row of prompt/completion data in a file of chat data")],
    ),
    "an empty last answer": (
        [chat(answer=""), chat()], "chat", "openai_chat", [("error", "FT362", "empty answer at the end")]
    ),
    "an unknown role at the end of an input": (
        [choice("A", "B", "boss"), choice("Yes", "No")], "preference", "openai_preference",
        [("error", "FT322", "a message has the role 'boss'")],
    ),
    "no answer at all": (
        [{"messages": said(("user", "Hi"))}, chat()], "chat", "openai_chat",
        [("error", "FT329", "a conversation has no message of the assistant")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "kind", "writer", "findings"), KINDS.values(), ids=KINDS)
def test_a_kind_of_data_is_known_and_each_fault_told_once(
    rows: list[Row], kind: str, writer: str, findings: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    found = looked_at(tmp_path, rows)
    assert (found.kind, found.recipe["write"], told(found)) == (kind, [writer], findings)


def test_what_says_less_is_told_where_the_other_code_is_ignored(tmp_path: Path) -> None:
    found = looked_at(tmp_path, [{"messages": said(("user", "Hi"))}, chat()])
    assert [one.code for one in found] == ["FT329"]
    again = ftprep.check(tmp_path / "data.jsonl", ignore=[*FEW, "FT329"], registry=REGISTRY)
    assert [one.code for one in again] == ["FT360"]


def test_the_keys_of_a_task_are_written_beside_its_messages(tmp_path: Path) -> None:
    rows = [{**task("1 + 1?", "2"), "level": 1}, task("2 + 2?", "4")]
    recipe = looked_at(tmp_path, rows).recipe
    ftprep.run({**recipe, "check": []}, out=tmp_path / "out", registry=REGISTRY)
    (path,) = (tmp_path / "out").rglob("train.jsonl")
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == rows


PAIRS: list[Row] = [{"prompt": f"Who is {n}?", "completion": f"Me {n}."} for n in range(12)]


def test_pairs_are_a_chat_for_a_model_that_is_tuned_with_chats(tmp_path: Path) -> None:
    for model, kind, writer in (
        ("gpt-4.1-mini", "chat", "openai_chat"),
        ("davinci-002", "prompt/completion", "openai_completion"),
    ):
        found = looked_at(tmp_path, PAIRS, model=model)
        assert (found.kind, found.recipe["write"], found.usable) == (kind, [writer], 12)


MISFITS = {
    "chats": ([chat()], "davinci-002", "chat data cannot tune 'davinci-002', which takes openai_completion"),
    "questions": (
        [task("1 + 1?", "2")], "gpt-3.5-turbo",
        "reinforcement data cannot tune 'gpt-3.5-turbo', which takes openai_chat",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "model", "text"), MISFITS.values(), ids=MISFITS)
def test_a_model_that_no_way_of_the_data_fits_is_told_in_a_line(
    rows: list[Row], model: str, text: str, tmp_path: Path
) -> None:
    with pytest.raises(ftprep.RecipeError) as caught:
        looked_at(tmp_path, rows, model=model)
    path = (tmp_path / "data.jsonl").as_posix()
    assert str(caught.value) == f"{path}: {text}; name another model, or make rows of another kind with a recipe"


def test_a_document_that_is_one_row_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    for text in (json.dumps(chat()), json.dumps(chat(), indent=2)):
        path.write_text(text, encoding="utf-8", newline="")
        found = ftprep.check(path, ignore=FEW, registry=REGISTRY)
        assert (found.kind, found.rows, list(found)) == ("chat", 1, [])


def test_a_finding_of_the_file_has_no_row(tmp_path: Path) -> None:
    (found,) = looked_at(tmp_path, [chat(), chat("Bye", "See you.")], "data.json")
    assert (found.code, found.source) == ("FT220", None)


def test_a_column_with_dots_in_its_name_can_be_read() -> None:
    name = "The battery is dead again."
    texts = [f"The screen number {n} is broken." for n in range(12)]
    frame = pandas.DataFrame({name: texts, "part": ["screen", "battery"] * 6})
    found = ftprep.check(frame, ignore=FEW, registry=REGISTRY)
    assert (found.kind, found.usable) == ("classification", 12)


def test_an_empty_input_leaves_no_empty_lines(tmp_path: Path) -> None:
    rows = [
        {"instruction": "Say it", "input": "", "output": "It"},
        {"instruction": "Say", "input": "this", "output": "It"},
    ]
    recipe = looked_at(tmp_path, rows).recipe
    ftprep.run({**recipe, "check": []}, out=tmp_path / "out", registry=REGISTRY)
    (path,) = (tmp_path / "out").rglob("train.jsonl")
    made = [json.loads(line)["messages"][0]["content"] for line in path.read_text(encoding="utf-8").splitlines()]
    assert made == ["Say it", "Say\n\nthis"]


def test_a_system_message_in_a_column_of_its_own_is_kept(tmp_path: Path) -> None:
    turns = [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]
    rows: list[Row] = [
        {"conversations": turns, "system": "Be nice.", "tools": "[]"},
        {"conversations": turns, "system": ""},
    ]
    (options,) = (step["messages"] for step in looked_at(tmp_path, rows).recipe["transform"] if "messages" in step)
    assert options == {"column": "conversations", "tools": "tools", "system": "{system}"}


@pytest.mark.parametrize("column", ["label", "category"])
def test_labels_in_json_lines_are_classes(column: str, tmp_path: Path) -> None:
    rows: list[Row] = [{"text": f"Text number {n}, which is long.", column: "ab"[n % 2]} for n in range(12)]
    found = looked_at(tmp_path, rows)
    assert (found.kind, found.usable) == ("classification", 12)
