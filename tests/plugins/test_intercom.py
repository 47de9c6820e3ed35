"""`intercom`: conversations with what opened them and their parts; who said what, and what is no message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, Rows, api
from ftprep_intercom.reader import Intercom
from ftprep_zendesk.reader import Zendesk

pytestmark = pytest.mark.files

COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "subject", "status", "role", "public"]
ANN = {"type": "user", "id": "a", "name": "Ann", "email": "ann@example.org"}
BO = {"type": "admin", "id": "b", "name": "Bo"}


def part(id_: str, author: Any, body: str | None, type_: str = "comment", **more: Any) -> dict[str, Any]:
    return {"type": "conversation_part", "id": id_, "part_type": type_, "body": body, "created_at": 1709283600,
            "author": author, "attachments": [], **more}  # fmt: skip


PARTS = [
    part("2", {"type": "bot", "id": "o", "name": "Fin"}, "<p>Have you <b>looked</b>?</p><p>Here &amp; there</p>"),
    part("3", {"type": "admin", "id": "b"}, None, "assignment", assigned_to=BO),
    part("4", BO, "<p>VIP</p>", "note"),
    part("5", BO, "<p>On its way.</p>", "close"),
]
SOURCE = {"type": "conversation", "id": "1", "delivered_as": "customer_initiated", "subject": "<p>Parcel</p>",
          "body": "<p>Where is it?</p>", "author": ANN, "attachments": [], "redacted": False}  # fmt: skip
TALK = {
    "type": "conversation", "id": "77", "created_at": 1709283600, "title": None, "state": "closed", "open": False,
    "source": SOURCE,
    "conversation_parts": {"type": "conversation_part.list", "conversation_parts": PARTS, "total_count": 4},
}  # fmt: skip
SAID = [
    ("1", "Ann", "Where is it?", "message", "end-user", "true"),
    ("2", "Fin", "Have you looked?\n\nHere & there", "message", "bot", "true"),
    ("3", "Bo", "assignment", "system", "agent", "true"),
    ("4", "Bo", "VIP", "system", "agent", "false"),
    ("5", "Bo", "On its way.", "message", "agent", "true"),
]


def read(folder: Path, content: Any, **options: Any) -> tuple[list[Any], list[Drop]]:
    """The rows with their numbers, and the drops."""
    path = folder / "talks.json"
    raw = content if isinstance(content, (str, bytes)) else json.dumps(content)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    rows: list[Any] = []
    drops: list[Drop] = []
    for item in Intercom(path="x", **options).read(Input(path, path.name)):
        if isinstance(item, Rows):
            assert all(list(row) == COLUMNS for row in item.rows)
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def said(rows: list[Any]) -> list[tuple[str, ...]]:
    return [tuple(row[key] for key in ("id", "speaker", "text", "kind", "role", "public")) for _, row in rows]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TALK, id="a single one"),
        pytest.param(json.dumps(TALK, indent=1), id="a single one over many lines"),
        pytest.param(json.dumps(TALK) + "\n", id="a line"),
        pytest.param([TALK], id="an array"),
        pytest.param({"type": "conversation.list", "conversations": [TALK], "total_count": 1}, id="a list"),
        pytest.param({"type": "list", "data": [TALK]}, id="a page"),
        pytest.param({**TALK, "conversation_parts": PARTS}, id="bare parts"),
        pytest.param(("\ufeff" + json.dumps(TALK)).encode("utf-16-le"), id="UTF-16"),
    ],
)
def test_every_way_of_exporting_gives_the_same_messages(tmp_path: Path, content: Any) -> None:
    rows, drops = read(tmp_path, content)
    assert said(rows) == SAID
    assert [number for number, _ in rows] == [1, 2, 3, 4, 5]
    assert {(row["talk"], row["time"], row["subject"], row["status"]) for _, row in rows} == {
        ("77", "2024-03-01T09:00:00Z", "Parcel", "closed")
    }
    assert drops == []


@pytest.mark.parametrize(
    ("notes", "kind", "drops"),
    [
        pytest.param("system", ["system"], [], id="system"),
        pytest.param("message", ["message"], [], id="message"),
        pytest.param("drop", [], [("a note of the team", 4)], id="drop"),
    ],
)
def test_notes_are_system_lines_messages_or_drops(
    tmp_path: Path, notes: str, kind: list[str], drops: list[tuple[str, int]]
) -> None:
    rows, dropped = read(tmp_path, TALK, notes=notes)
    assert [row["kind"] for _, row in rows if row["id"] == "4"] == kind
    assert [(drop.reason, drop.source.first if drop.source else 0) for drop in dropped] == drops


def test_attachments_redactions_and_old_forms_are_read(tmp_path: Path) -> None:
    talk = {
        "id": 5, "open": True, "user": {"type": "user", "id": "a", "name": "Ann"},
        "conversation_message": {"id": "1", "body": "", "author": {"type": "lead", "id": "a"},
                                 "attachments": [{"name": "a.pdf", "content_type": "application/pdf"}]},
        "conversation_parts": [
            part("2", {"type": "user", "id": "x", "email": "x@example.org"}, '<img src="q">'),
            part("3", BO, "gone", redacted=True),
            part("4", {"type": "admin", "id": "z", "from_ai_agent": True}, "I can help",
                 created_at="2024-03-01 09:00:00 UTC"),
            part("5", None, "Who?", created_at=None),
        ],
    }  # fmt: skip
    rows, _ = read(tmp_path, talk)
    assert said(rows) == [
        ("1", "Ann", "<file: a.pdf>", "media", "end-user", "true"),
        ("2", "x@example.org", "<image>", "media", "end-user", "true"),
        ("3", "Bo", "", "deleted", "agent", "true"),
        ("4", "z", "I can help", "message", "bot", "true"),
        ("5", "", "Who?", "message", "", "true"),
    ]
    assert [row["time"] for _, row in rows] == ["", "2024-03-01T09:00:00Z", "2024-03-01T09:00:00Z",
                                                "2024-03-01T09:00:00Z", ""]  # fmt: skip
    assert {row["status"] for _, row in rows} == {"open"}
    rows, drops = read(tmp_path, talk, media="drop")
    assert [number for number, _ in rows] == [3, 4, 5]
    assert [drop.reason for drop in drops] == ["only an attachment"] * 2


def test_what_is_no_conversation_is_a_drop_with_its_place(tmp_path: Path) -> None:
    empty = {"id": "78", "conversation_parts": {"conversation_parts": []}}
    rows, drops = read(tmp_path, "\n".join([json.dumps(TALK), '{"id": 1}', json.dumps(empty), "[1", '{"a": []}']))
    assert len(rows) == 5
    assert [(drop.reason, drop.detail, drop.source.first if drop.source else 0) for drop in drops] == [
        ("not a conversation", "its keys: id", 6), ("a conversation without messages", "", 7),
        ("not a JSON object", "line 4", 8), ("not a conversation", "its keys: a", 9),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "there is nothing in it; export it again, or fetch the whole file", id="empty"),
        pytest.param(
            '[{"id": 1}]',
            "no conversations are in it; it reads conversations with 'source' and 'conversation_parts' as JSON",
            id="other JSON",
        ),
        pytest.param(
            json.dumps([TALK, TALK])[:-40],
            "the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
            id="cut off",
        ),
        pytest.param(
            '{"conversations": [' + '{"a":[' * 200,
            "a value is nested more than 100 levels deep; no export is like that; check the file",
            id="deep",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, content)
    assert str(error.value) == f"talks.json: {message}"


def test_it_knows_its_own_files_and_no_others() -> None:
    for own in (TALK, [TALK], {"conversations": [TALK]}):
        head = json.dumps(own).encode()
        assert Intercom.recognise(head, "x") == 0.95
        assert Zendesk.recognise(head, "x") == 0.0
    ticket = {"id": 1, "requester_id": 2, "comments": [{"author_id": 2, "html_body": "x"}]}
    for other in (b"", b"a,b\n", b'{"messages": []}', b"\xff\x00", json.dumps(ticket).encode()):
        assert Intercom.recognise(other, "x") == 0.0


def test_a_help_desk_becomes_chats_of_what_was_said_in_the_open(tmp_path: Path) -> None:
    (tmp_path / "talks.jsonl").write_text(json.dumps(TALK) + "\n", encoding="utf-8")
    source = {
        "version": 1, "name": "desk", "read": {"intercom": str(tmp_path / "talks.jsonl")},
        "transform": [
            {"keep_if": {"column": "kind", "equals": "message"}},
            {"conversations": {"by": "talk", "speaker": "role", "text": "text", "assistant": ["agent", "bot"]}},
        ],
        "write": ["openai_chat"],
    }  # fmt: skip
    run = api.run(source, out=tmp_path / "out")
    assert (run.counts["read"], run.counts["used"]) == (5, 3)
    (row,) = [json.loads(line) for line in run.files["openai_chat"]["train"].read_text(encoding="utf-8").splitlines()]
    assert [(message["role"], message["content"][:5]) for message in row["messages"]] == [
        ("user", "Where"), ("assistant", "Have "), ("assistant", "On it"),
    ]  # fmt: skip
