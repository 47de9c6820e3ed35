"""Dialogues as research and help desks publish them: every file is read, and no message is lost on the way.

Chat exports of messengers are read by readers of their own, and counted in their tests. Here are lists of turns, talks
in one cell, and tables: what `json`, `jsonl` and `csv` read and `messages`, `conversations` and `join` put together.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ftprep import Example, api

pytestmark = pytest.mark.files


def examples(read: Any, *steps: Any) -> list[Example]:
    """What the steps make of a file."""
    recipe = {"version": 1, "name": "talks", "read": read, "transform": list(steps), "write": ["openai_chat"]}
    return list(api.stream(recipe))


def counted(read: Any, *steps: Any, out: Path) -> dict[str, Any]:
    """The counts of a run; and the balance holds."""
    recipe = {"version": 1, "name": "talks", "read": read, "transform": list(steps), "write": ["openai_chat"]}
    counts = api.run(recipe, out=out).counts
    assert counts["read"] == counts["used"] + counts["dropped"]
    return counts


def messages_of(made: list[Example]) -> Counter[str]:
    """Role -> its messages."""
    return Counter(message.role for example in made for message in example.messages)


def test_abcd_gives_every_turn_of_agents_customers_and_actions(shared_data: Path) -> None:
    """Counted apart: the pairs `["agent", "…"]` in the text of the file, by their speakers."""
    path = shared_data / "support_abcd" / "abcd_sample.json"
    said = Counter(re.findall(r'\["(agent|customer|action)", "', path.read_text(encoding="utf-8")))
    assert said == {"agent": 32, "customer": 31, "action": 9}
    made = examples({"json": str(path)}, {"messages": {"column": "original", "roles": {"action": "system"}}})
    assert len(made) == 3
    assert messages_of(made) == {"assistant": said["agent"], "user": said["customer"], "system": said["action"]}


def test_abcd_in_its_other_form_has_the_same_turns(shared_data: Path) -> None:
    """Counted apart: the keys `"turn_count"` in the text of the file, one for each turn."""
    path = shared_data / "support_abcd" / "abcd_sample.json"
    turns = path.read_text(encoding="utf-8").count('"turn_count":')
    made = examples({"json": str(path)}, {"messages": {"column": "delexed", "roles": {"action": "system"}}})
    assert messages_of(made).total() == turns == 72


def test_the_knowledge_of_abcd_is_read_key_by_key(shared_data: Path) -> None:
    """Counted apart: the lines of the file that begin with a quote; and the texts in brackets on them."""
    path = shared_data / "support_abcd" / "kb.json"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.lstrip().startswith('"')]
    steps = sum(len(re.findall('"[^"]+"', line.partition(":")[2])) for line in lines)
    made = examples(
        {"json": {"path": str(path), "keys": "flow", "values": "actions"}},
        {"chat": {"user": "{flow}", "assistant": "{actions:lines}"}},
    )
    assert len(made) == len(lines) == 55
    assert sum(str(example.messages[-1].content).count("\n") + 1 for example in made) == steps


def test_sgd_gives_every_turn_of_users_and_systems(shared_data: Path) -> None:
    """Counted apart: the lines of the file with a speaker, one for each turn."""
    path = shared_data / "dialogue_sgd" / "dialogues_007_sample.json"
    text = path.read_text(encoding="utf-8")
    users, systems = text.count('"speaker": "USER"'), text.count('"speaker": "SYSTEM"')
    made = examples({"json": str(path)}, {"messages": {"column": "turns", "roles": {"SYSTEM": "assistant"}}})
    assert len(made) == text.count('"dialogue_id":') == 23
    assert messages_of(made) == {"user": users, "assistant": systems}
    assert users + systems == text.count('"utterance":') > 0


def test_the_schema_of_sgd_is_read_service_by_service(shared_data: Path) -> None:
    """Counted apart: the keys `"service_name"` and `"intents"` in the text of the file; an intent is an example."""
    path = shared_data / "dialogue_sgd" / "schema.json"
    text = path.read_text(encoding="utf-8")
    services, intents = text.count('"service_name":'), text.count('"is_transactional":')
    asked = {"chat": {"user": "{service_name}", "assistant": "{description}"}}
    assert len(examples({"json": str(path)}, asked)) == services == 17
    assert len(examples({"json": str(path)}, {"explode": "intents[]"}, asked)) == intents


def test_dialogsum_gives_every_line_of_its_dialogues(shared_data: Path) -> None:
    """Counted apart: the lines of the dialogues, by the name at their beginning; two talks have a third person."""
    path = shared_data / "dialogue_summary_dialogsum" / "dialogsum.dev.sample.jsonl"
    talks = [json.loads(line)["dialogue"] for line in path.read_text(encoding="utf-8").splitlines()]
    said = Counter(line.split(":", 1)[0] for talk in talks for line in talk.split("\n"))
    assert set(said) == {"#Person1#", "#Person2#", "#Person3#"}
    names = {"user": ["#Person1#", "#Person3#"], "assistant": "#Person2#"}
    made = examples({"jsonl": str(path)}, {"conversations": {"cell": "dialogue", "turn": "\n", "names": names}})
    assert len(made) == len(talks) == 249
    assert messages_of(made) == {"user": said["#Person1#"] + said["#Person3#"], "assistant": said["#Person2#"]}
    assert all(example.fields["summary"] and example.fields["topic"] for example in made)


@pytest.mark.parametrize(
    ("name", "records"),
    [
        pytest.param("ticket_data.csv", 10, id="tickets"),
        pytest.param("ticket_comment_data.csv", 20, id="comments"),
        pytest.param("ticket_chat_data.csv", 10, id="chats"),
        pytest.param("ticket_chat_event_data.csv", 12, id="events of chats"),
        pytest.param("ticket_tag_data.csv", 10, id="tags"),
        pytest.param("user_data.csv", 10, id="users"),
    ],
)
def test_every_table_of_the_help_desk_is_read(shared_data: Path, tmp_path: Path, name: str, records: int) -> None:
    """Counted apart, with the csv module."""
    path = shared_data / "tickets_zendesk" / name
    with path.open(encoding="utf-8", newline="") as stream:
        header, *rows = [row for row in csv.reader(stream) if row]
    assert len(rows) == records
    step = {"chat": {"user": name, "assistant": f"{{{header[0]}}}"}}
    assert counted({"csv": str(path)}, step, out=tmp_path / "out")["read"] == records


def test_comments_become_talks_of_their_tickets(shared_data: Path, tmp_path: Path) -> None:
    """Counted apart, with the csv module: 20 comments in 7 tickets, those of one ticket scattered over the table."""
    path = shared_data / "tickets_zendesk" / "ticket_comment_data.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        tickets = Counter(row["ticket_id"] for row in csv.DictReader(stream))
    talks = {"by": "talk", "speaker": "speaker", "text": "text", "scattered": True}
    made = examples({"zendesk": str(path)}, {"conversations": talks})
    assert sorted(len(example.messages) for example in made) == sorted(tickets.values())
    assert messages_of(made).total() == tickets.total() == 20
    users = {"table": str(path.with_name("user_data.csv")), "on": {"left": "speaker", "right": "id"},
             "columns": ["name"], "on_missing": "keep"}  # fmt: skip
    recipe = [{"join": users}, {"conversations": {**talks, "assistant": "413068955393"}}]
    assert counted({"zendesk": str(path)}, *recipe, out=tmp_path / "out")["read"] == 20
