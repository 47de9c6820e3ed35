"""`support_chatbot` and `context_qa` on real tickets, talks, summaries and questions."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, FindingsError, api

RECIPES = Path(__file__).parent.parent.parent / "recipes"
SUPPORT = RECIPES / "support_chatbot" / "recipe.yaml"
QUESTIONS = RECIPES / "context_qa" / "recipe.yaml"
NONE = "No sufficient context for answering the question"

pytestmark = pytest.mark.files


def rows(run: api.Run, output: str) -> dict[str, list[Any]]:
    """Split -> the rows of an output; and the balance holds."""
    counts = run.counts
    assert counts["read"] == counts["used"] + counts["dropped"]
    for step in counts["steps"]:
        assert step["in"] + step["made"] == step["out"] + sum(step["dropped"].values())
    files = run.files[output].items()
    return {split: [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]] for split, path in files}


def flat(splits: dict[str, list[Any]]) -> list[Any]:
    return [row for some in splits.values() for row in some]


def step(run: api.Run, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(step for step in run.counts["steps"] if step["step"] == name)
    return found


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def front(summary: str, facts: str) -> list[Any]:
    before = f"Summary: {summary}\n\nSpecific information: {facts}\n\n###\n\n"
    return ["openai_chat", {"openai_completion": {"steps": [{"dialogue": {"before": before}}, {"stop": "\n"}]}}]


def comments(folder: Path, **join: Any) -> dict[str, Any]:
    on = {"left": "ticket_id", "right": "id"}
    table = {"table": str(folder / "ticket_data.csv"), "on": on, "columns": ["subject", "description"], **join}
    said = {"by": "ticket_id", "speaker": "user_id", "text": "body", "assistant": "413068955393", "scattered": True}
    return {
        "read": str(folder / "ticket_comment_data.csv"),
        "transform": [{"join": table}, {"conversations": said}, {"window": {"context": 6}}],
        "write": front("{subject}", "{description}"),
    }


def test_the_sample_of_tickets_has_none_that_its_comments_are_about(shared_data: Path, tmp_path: Path):
    """21 and 11 records with their headers; the published sample holds other tickets than its comments."""
    folder = shared_data / "tickets_zendesk"
    with pytest.raises(FindingsError, match="20 by 'join' \\(no partner in the side table\\)"):
        api.run(SUPPORT, set=comments(folder), out=tmp_path / "out")


def test_comments_without_a_ticket_are_kept_and_counted(shared_data: Path, tmp_path: Path):
    folder = shared_data / "tickets_zendesk"
    run = api.run(SUPPORT, set=comments(folder, on_missing="keep"), out=tmp_path / "out")
    agents = sum(row["user_id"] == "413068955393" for row in cells(folder / "ticket_comment_data.csv"))
    assert run.counts["read"] == step(run, "join")["out"] == 20
    notes = step(run, "join")["notes"]
    assert notes == {f"rows of {folder / 'ticket_data.csv'}": 10, "rows without a partner": 20}
    assert len(flat(rows(run, "openai_completion"))) == len(flat(rows(run, "openai_chat"))) == agents


def chats(folder: Path, **join: Any) -> dict[str, Any]:
    table = {"table": str(folder / "ticket_chat_data.csv"), "on": "chat_id", "columns": ["ticket_id"], **join}
    chat = {"user": "{type} {ticket_id}", "assistant": "{message}"}
    return {
        "read": str(folder / "ticket_chat_event_data.csv"),
        "transform": [{"join": table}, {"chat": chat}],
        "write": ["openai_chat"],
    }


def test_events_find_their_chats_of_which_three_stand_there_twice(shared_data: Path, tmp_path: Path):
    """13 and 11 records with their headers; 2 events have no chat, 3 of the others no message."""
    folder = shared_data / "tickets_zendesk"
    with pytest.raises(DataError, match=r"row 4: the key '[^']+' stands in this side table twice"):
        api.run(SUPPORT, set=chats(folder), out=tmp_path / "out")
    run = api.run(SUPPORT, set=chats(folder, on_double="first"), out=tmp_path / "out")
    ids = {row["chat_id"] for row in cells(folder / "ticket_chat_data.csv")}
    found = [row for row in cells(folder / "ticket_chat_event_data.csv") if row["chat_id"] in ids]
    assert (run.counts["read"], step(run, "join")["out"]) == (12, len(found)) == (12, 10)
    assert step(run, "join")["dropped"] == {"no partner in the side table": 2}
    written = flat(rows(run, "openai_chat"))
    assert len(written) == sum(bool(row["message"]) for row in found) == run.counts["used"] == 7


def test_each_answer_of_an_agent_in_a_list_of_turns(shared_data: Path, tmp_path: Path):
    """3 talks; the agents say 32 things in them."""
    file = shared_data / "support_abcd" / "abcd_sample.json"
    changes = {
        "read": str(file),
        "transform": [{"messages": {"column": "original", "roles": {"action": "system"}}}, {"window": {"context": 6}}],
        "write": front("{scenario.flow}, {scenario.subflow}", "{scenario.order:json}"),
    }
    run = api.run(SUPPORT, set=changes, out=tmp_path / "out")
    talks = json.loads(file.read_text(encoding="utf-8"))
    answers = sorted(text for talk in talks for speaker, text in talk["original"] if speaker == "agent")
    written = flat(rows(run, "openai_completion"))
    assert run.counts["read"] == run.counts["used"] == len(talks) == 3
    assert sorted(row["completion"] for row in written) == [f" {text}\n" for text in answers]
    assert len(written) == len(flat(rows(run, "openai_chat"))) == 32
    assert all(row["prompt"].startswith("Summary: ") and row["prompt"].count("\n\n###\n\n") == 1 for row in written)


def test_summarised_talks_in_one_cell(shared_data: Path, tmp_path: Path):
    """249 lines; in 2 of them a third person speaks, who is neither customer nor agent."""
    file = shared_data / "dialogue_summary_dialogsum" / "dialogsum.dev.sample.jsonl"
    names = {"user": "#Person1#", "assistant": "#Person2#"}
    changes = {
        "read": str(file),
        "transform": [
            {"conversations": {"cell": "dialogue", "turn": "\n", "names": names}},
            {"window": {"context": 6}},
        ],
        "write": front("{summary}", "{topic}"),
    }
    run = api.run(SUPPORT, set=changes, out=tmp_path / "out")
    talks = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    of_two = [talk for talk in talks if "#Person3#:" not in talk["dialogue"]]
    assert (run.counts["read"], run.counts["used"], run.counts["dropped"]) == (249, len(of_two), 2) == (249, 247, 2)
    answers = sum(len(re.findall("^#Person2#:", talk["dialogue"], re.MULTILINE)) for talk in of_two)
    assert len(flat(rows(run, "openai_completion"))) == len(flat(rows(run, "openai_chat"))) == answers


def questions(file: Path, path: str, inside: str | None, group: str, by: str) -> dict[str, Any]:
    negatives: dict[str, Any] = {
        "table": str(file), "column": "context", "group": group, "share": 1,
        "own": {"text": NONE}, "set": {"text": NONE},
    }  # fmt: skip
    return {
        "read": {"json": {"path": str(file), "at": "data"}},
        "transform": [
            {"explode": {"path": path, "into": "text", "on_empty": "keep"}},
            {"dedupe": "id"},
            {"negatives": negatives | ({"path": inside} if inside else {})},
            {"chat": {"user": "{context}\nQuestion: {question}\nAnswer:", "assistant": "{text}"}},
        ],
        "split": {"validation": "30%", "stable": True, "by": by},
    }


def contexts_of(splits: dict[str, list[Any]]) -> dict[str, set[str]]:
    return {split: {row["prompt"].partition("\nQuestion: ")[0] for row in some} for split, some in splits.items()}


def test_questions_without_an_answer_and_those_with_another_context(shared_data: Path, tmp_path: Path):
    """14 flat rows, 6 of them without an answer; a question is written once, however many answers it has."""
    file = shared_data / "qa_squad2" / "sample.json"
    changes = questions(file, "answers.text[]", None, "context", "context")
    run = api.run(QUESTIONS, set=changes, out=tmp_path / "out")
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    assert run.counts["read"] == run.counts["used"] == len(data) == 14
    assert step(run, "dedupe")["out"] == 14
    made = step(run, "negatives")["notes"]["made"]
    written = rows(run, "openai_completion")
    answers = [row["completion"] for row in flat(written)]
    assert answers.count(f" {NONE}") == made + sum(not row["answers"]["text"] for row in data) == made + 6
    assert len(answers) == 14 + made
    contexts = contexts_of(written)
    assert not contexts["train"] & contexts["validation"]


def test_nested_questions_on_policies(shared_data: Path, tmp_path: Path):
    """20 articles with 368 questions, each of which has an answer, some several."""
    file = shared_data / "qa_policyqa" / "dev_sample.json"
    changes = questions(file, "paragraphs[].qas[].answers[]", "paragraphs[]", "title", "title")
    run = api.run(QUESTIONS, set=changes, out=tmp_path / "out")
    data = json.loads(file.read_text(encoding="utf-8"))["data"]
    asked = [qa for article in data for paragraph in article["paragraphs"] for qa in paragraph["qas"]]
    assert run.counts["read"] == run.counts["used"] == len(data) == 20
    assert step(run, "explode")["out"] == sum(len(qa["answers"]) for qa in asked) == 596
    assert step(run, "dedupe")["out"] == len(asked) == 368
    assert step(run, "negatives")["notes"] == {"made": 368, f"rows of {file}": 20}
    written = rows(run, "openai_completion")
    assert sum(row["completion"] == f" {NONE}" for row in flat(written)) == 368
    contexts = contexts_of(written)
    assert not contexts["train"] & contexts["validation"]


def test_a_file_of_one_question_has_no_other_context(shared_data: Path, tmp_path: Path):
    """One article, one question with two answers."""
    file = shared_data / "qa_squad2" / "vanilla.json"
    changes = questions(file, "paragraphs[].qas[].answers[]", "paragraphs[]", "title", "title")
    run = api.run(QUESTIONS, set=changes, out=tmp_path / "out")
    prompt = "Berlin has 10 inhabitants.\nQuestion: How many people live in Berlin?\nAnswer:"
    assert flat(rows(run, "openai_completion")) == [{"prompt": prompt, "completion": " 10"}]
    assert step(run, "negatives")["notes"] == {"no context of another group in this split": 1, f"rows of {file}": 1}
