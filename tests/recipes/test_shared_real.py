"""Recipes like the bundled ones on real files: every row is used, or dropped for a reason that is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftprep import api

pytestmark = pytest.mark.files
CHAT: dict[str, Any] = {"chat": {"user": "{text}", "assistant": "{label}"}}


def run(folder: Path, read: Any, *transform: Any, write: Any = "openai_chat", **keys: Any) -> api.Run:
    source = {"version": 1, "name": "real", "read": read, "transform": list(transform), "write": [write], **keys}
    made = api.run(source, out=folder / "out")
    counts = made.counts
    assert counts["read"] == counts["used"] + counts["dropped"]
    return made


def drops(made: api.Run) -> dict[str, int]:
    return {reason: n for step in made.counts["steps"] for reason, n in step["dropped"].items()}


def lines(made: api.Run, split: str = "train") -> list[Any]:
    (files,) = made.files.values()
    return [json.loads(line) for line in files[split].read_text(encoding="utf-8").splitlines()]


def test_clinc_keeps_its_given_split_and_codes_its_150_intents(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "classify_clinc150" / "data_small.json"
    intents = sorted({label for _, label in json.loads(path.read_bytes())["train"]})
    codes = {label: n for n, label in enumerate(intents, 1)}
    splits = (("train", "train"), ("val", "validation"), ("test", "test"))
    read = [
        {"json": {"path": str(path), "at": at, "columns": ["text", "label"], "split": split}} for at, split in splits
    ]
    check = [{"labels": {"min_each": 50}}, "leakage"]
    made = run(tmp_path, read, {"labels": {"column": "label", "codes": codes}}, CHAT, check=check, model="gpt-4.1-mini")
    assert len(intents) == 150
    assert made.counts["examples"] == {"openai_chat": {"train": 7500, "validation": 3000, "test": 4500}}
    figures = made.manifest["figures"]["openai_chat"]
    assert figures["labels"]["classes"] == 150
    assert {row["verdict"] for row in figures["labels"]["table"]} == {"one token"}


@pytest.mark.parametrize(
    ("name", "read", "column", "rows", "classes"),
    [
        pytest.param(
            "classify_sms_spam/sms.tsv",
            {"csv": {"header": False, "columns": ["label", "text"], "quote": ""}},
            "label",
            2690,
            2,
            id="SMS spam",
        ),
        pytest.param(
            "classify_airline_tweets/Tweets.csv", {"csv": {}}, "airline_sentiment", 2404, 3, id="airline tweets"
        ),
        pytest.param(
            "classify_10kgnad_german/test_sample.csv",
            {"csv": {"header": False, "columns": ["label", "text"], "quote": "'", "delimiter": ";"}},
            "label",
            97,
            9,
            id="10kGNAD",
        ),
        pytest.param("classify_creak_true_false/dev.json", {"jsonl": {}}, "label", 1371, 2, id="CREAK"),
    ],
)
def test_a_real_classifier_reads_every_row_and_its_classes(
    shared_data: Path, tmp_path: Path, name: str, read: Any, column: str, rows: int, classes: int
) -> None:
    ((reader, options),) = read.items()
    text = {"CREAK": "sentence"}.get("CREAK" if "creak" in name else "", "text")
    chat = {"chat": {"user": f"{{{text}}}", "assistant": f"{{{column}}}"}}
    made = run(
        tmp_path,
        {reader: {"path": str(shared_data / name), **options}},
        chat,
        check=[{"labels": {"min_each": 1, "one_token": False}}, "leakage"],
        split={"validation": "20%", "stratify": column},
        model="gpt-4.1-mini",
    )
    assert made.counts["read"] == made.counts["used"] == rows
    assert made.manifest["figures"]["openai_chat"]["labels"]["classes"] == classes


def test_spans_of_dstc8_become_entities_and_rows_without_labels_say_none(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "ner_dstc8_spans" / "train_3.json"
    data = json.loads(path.read_bytes())
    step = {
        "text": "asked",
        "spans": "labels[]",
        "start": "valueSpan.startIndex",
        "end": "valueSpan.endIndex",
        "type": "slot",
    }
    flat = [{**row, "asked": row["userInput"]["text"]} for row in data]
    (tmp_path / "flat.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in flat), encoding="utf-8", newline="\n"
    )
    made = run(tmp_path, str(tmp_path / "flat.jsonl"), {"entities": {**step, "unique": False, "format": "json"}})
    assert made.counts["used"] == 141
    answers = [json.loads(row["messages"][-1]["content"]) for row in lines(made)]
    assert sum(map(len, answers)) == sum(len(row.get("labels", [])) for row in data)
    first = next(answer for answer in answers if answer)
    assert first == [{"text": "New York", "type": "to_location"}]


def test_sgd_dialogues_become_chats(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "dialogue_sgd" / "dialogues_007_sample.json"
    step = {"column": "turns", "role": "speaker", "text": "utterance", "roles": {"USER": "user", "SYSTEM": "assistant"}}
    made = run(tmp_path, str(path), {"messages": step}, {"window": {"one_per": "window", "context": 50}})
    turns = [turn["speaker"] for dialogue in json.loads(path.read_bytes()) for turn in dialogue["turns"]]
    written = [message["role"] for row in lines(made) for message in row["messages"]]
    assert made.counts["used"] == 23
    assert (written.count("user"), written.count("assistant")) == (turns.count("USER"), turns.count("SYSTEM"))


def test_abcd_talks_leave_actions_out_and_count_them(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "support_abcd" / "abcd_sample.json"
    actions = [s for talk in json.loads(path.read_bytes()) for s, _ in talk["original"] if s == "action"]
    made = run(tmp_path, str(path), {"messages": {"column": "original", "roles": {"action": "drop"}}}, "window")
    assert made.counts["used"] == 3
    step = next(step for step in made.counts["steps"] if step["step"] == "messages")
    assert step["notes"] == {"messages left out": len(actions)}


def test_zendesk_comments_are_joined_with_their_tickets(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "tickets_zendesk"
    join = {
        "table": str(folder / "ticket_data.csv"), "on": {"left": "ticket_id", "right": "id"},
        "columns": ["subject", "status"], "on_missing": "keep",
    }  # fmt: skip
    made = run(
        tmp_path,
        str(folder / "ticket_comment_data.csv"),
        {"join": join},
        {"chat": {"user": "{subject} {status}", "assistant": "{body}"}},
    )
    assert made.counts["read"] == made.counts["used"] == 20
    notes = next(step for step in made.counts["steps"] if step["step"] == "join")["notes"]
    assert notes[f"rows of {folder / 'ticket_data.csv'}"] == 10
    assert [Path(table["file"]).name for table in made.manifest["side_tables"]] == ["ticket_data.csv"]


def test_policies_give_a_question_each_and_negatives_of_their_own_split(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "qa_policyqa" / "dev_sample.json"
    data = json.loads(path.read_bytes())["data"]
    questions = sum(len(paragraph["qas"]) for article in data for paragraph in article["paragraphs"])
    (tmp_path / "articles.jsonl").write_text(
        "".join(json.dumps(a) + "\n" for a in data), encoding="utf-8", newline="\n"
    )
    made = run(
        tmp_path,
        str(tmp_path / "articles.jsonl"),
        {"explode": "paragraphs[].qas[]"},
        {"negatives": {"table": str(tmp_path / "articles.jsonl"), "path": "paragraphs[]", "column": "context",
                       "group": "title", "set": {"answers": "none"}}},
        {"chat": {"user": "{context}\nQuestion: {question}\nAnswer:", "assistant": "{answers}"}},
        split={"validation": "30%", "stable": True, "by": "title"},
    )  # fmt: skip
    assert questions == 368
    assert made.counts["read"] == made.counts["used"] == 20
    assert sum(made.counts["examples"]["openai_chat"].values()) == 2 * questions


def test_squad_2_rows_without_an_answer_are_kept_with_words_of_their_own(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "qa_squad2" / "sample.json"
    chat = {"chat": {"user": "{context}\nQuestion: {question}\nAnswer:", "assistant": "{answers.text:lines}"}}
    made = run(tmp_path, {"json": {"path": str(path), "at": "data"}}, chat)
    assert (made.counts["read"], made.counts["used"]) == (14, 8)
    assert drops(made) == {"empty answer": 6}


def test_glaive_calls_become_tools(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "tools_glaive" / "glaive_toolcall_en_demo.json"
    data = json.loads(path.read_bytes())
    made = run(
        tmp_path, str(path), {"messages": {"column": "conversations", "tools": "tools"}},
        {"window": {"one_per": "window", "context": 200}},
    )  # fmt: skip
    assert (made.counts["read"], drops(made)) == (147, {})
    calls = [turn for row in data for turn in row["conversations"] if turn["from"] == "function_call"]
    written = [call for row in lines(made) for m in row["messages"] for call in m.get("tool_calls", [])]
    assert len(written) >= len(calls)


@pytest.mark.parametrize(
    ("name", "step", "rows"),
    [
        pytest.param("dpo_en_demo.json", {"column": "conversations", "chosen": "chosen"}, 98, id="ShareGPT"),
        pytest.param("v1_dpo_demo.jsonl", {"column": "chosen_messages"}, 10, id="whole talks"),
    ],
)
def test_real_preference_pairs_are_written(
    shared_data: Path, tmp_path: Path, name: str, step: dict[str, Any], rows: int
) -> None:
    rejected = "rejected" if "chosen" in step else "rejected_messages"
    made = run(
        tmp_path,
        str(shared_data / "dpo_llamafactory" / name),
        {"messages": {**step, "rejected": rejected}},
        write="openai_preference",
    )
    assert (made.counts["read"], made.counts["used"], drops(made)) == (rows, rows, {})


def test_a_persona_of_shakespeare_answers_with_what_was_said_before(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "persona_shakespeare" / "tinyshakespeare_part.txt"
    talk = {"by": "talk", "speaker": "speaker", "text": "text", "assistant": "CORIOLANUS"}
    made = run(tmp_path, {"script": str(path)}, {"conversations": talk}, {"window": {"context": 4}})
    assert (made.counts["read"], made.counts["used"]) == (2530, 2504)
    assert drops(made) == {"nothing is said": 26}
    assert len(lines(made)) > 100
