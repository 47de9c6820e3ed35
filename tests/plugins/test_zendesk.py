"""`zendesk`: tickets with comments, however they were exported; who said what, and what is no message."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas
import pytest

from ftprep import DataError, Drop, Input, Rows, api
from ftprep.registry import Registry
from ftprep.unpack import Bounds
from ftprep_zendesk.reader import Zendesk

pytestmark = pytest.mark.files

COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "subject", "status", "role", "public"]
ANN, BO = {"id": 1, "name": "Ann", "role": "end-user"}, {"id": 2, "name": "Bo", "role": "agent"}
TICKET = {
    "id": 7, "subject": "Lost parcel", "status": "open", "requester_id": 1, "assignee_id": 2,
    "description": "Where is it?", "created_at": "2024-03-01T09:00:00Z", "is_public": True,
}  # fmt: skip
ASKED = {"id": 70, "author_id": 1, "body": "Where is it?", "public": True, "created_at": "2024-03-01T09:00:00Z"}
NOTED = {"id": 71, "author_id": 2, "body": "Ask the depot.", "public": False, "created_at": "2024-03-01T09:05:00Z"}
TOLD = {"id": 72, "author_id": 2, "body": "On its way.", "public": True, "created_at": "2024-03-01T09:10:00Z"}
THREE = [ASKED, NOTED, TOLD]
SAID = [
    ("7", "2024-03-01T09:00:00Z", "Ann", "Where is it?", "70", "message", "end-user", "true"),
    ("7", "2024-03-01T09:05:00Z", "Bo", "Ask the depot.", "71", "system", "agent", "false"),
    ("7", "2024-03-01T09:10:00Z", "Bo", "On its way.", "72", "message", "agent", "true"),
]


def read(folder: Path, content: Any, name: str = "tickets.json", **options: Any) -> tuple[list[Any], list[Drop]]:
    """The rows with their numbers, and the drops."""
    path = folder / name
    raw = content if isinstance(content, (str, bytes)) else json.dumps(content)
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    rows: list[Any] = []
    drops: list[Drop] = []
    for item in Zendesk(path="x", **options).read(Input(path, name)):
        if isinstance(item, Rows):
            assert all(list(row) == COLUMNS for row in item.rows)
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def said(rows: list[Any]) -> list[tuple[str, ...]]:
    keys = ("talk", "time", "speaker", "text", "id", "kind", "role", "public")
    return [tuple(row[key] for key in keys) for _, row in rows]


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


INLINE = {**TICKET, "comments": THREE, "requester": ANN, "assignee": BO}
AUDITS = [
    {"id": 1, "ticket_id": 7, "author_id": 1, "created_at": "2024-03-01T09:00:00Z",
     "events": [{"id": 70, "type": "Comment", "body": "Where is it?", "public": True},
                {"id": 5, "type": "Create", "field_name": "status", "value": "new"}]},
    {"id": 2, "ticket_id": 7, "author_id": 2, "created_at": "2024-03-01T09:05:00Z",
     "events": [{"id": 71, "type": "Comment", "body": "Ask the depot.", "public": False}]},
    {"id": 3, "ticket_id": 7, "author_id": 2, "created_at": "2024-03-01T09:10:00Z",
     "events": [{"id": 72, "type": "Comment", "body": "On its way.", "public": True}]},
]  # fmt: skip
SIGNED = [{**comment, "author": who} for comment, who in zip(THREE, (ANN, BO, BO), strict=True)]
BESIDE = [{**comment, "ticket_id": 7} for comment in THREE]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lines(INLINE), id="one ticket on a line"),
        pytest.param([INLINE], id="an array"),
        pytest.param({"tickets": [INLINE], "count": 1}, id="a list of tickets"),
        pytest.param({"comments": BESIDE, "users": [ANN, BO], "tickets": [TICKET]}, id="lists, the comments first"),
        pytest.param({"ticket": TICKET, "comments": SIGNED}, id="a wrapped ticket"),
        pytest.param({"audits": AUDITS, "users": [ANN, BO], "tickets": [TICKET]}, id="audits"),
        pytest.param(lines(ANN, BO, {**TICKET, "comments": [], "audits": AUDITS}), id="users and audits on lines"),
        pytest.param(lines(ANN, BO, *BESIDE), id="comments on lines"),
        pytest.param(("﻿" + lines(INLINE)).encode("utf-8"), id="a byte-order mark"),
        pytest.param(lines(INLINE).encode("utf-16"), id="UTF-16"),
    ],
)  # fmt: skip
def test_every_way_of_exporting_gives_the_same_comments(tmp_path: Path, content: Any) -> None:
    rows, drops = read(tmp_path, content)
    assert said(rows) == SAID
    assert [number for number, _ in rows] == [1, 2, 3]
    assert drops == []


def test_a_large_document_finds_names_behind_the_comments(tmp_path: Path) -> None:
    content = json.dumps({"comments": BESIDE, "tickets": [TICKET], "users": [ANN, BO]})
    rows, _ = read(tmp_path, "{" + " " * (8 << 20) + content[1:])
    assert said(rows) == SAID
    assert {(row["subject"], row["status"]) for _, row in rows} == {("Lost parcel", "open")}


def test_subject_and_status_come_from_the_ticket(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, lines(INLINE))
    assert {(row["subject"], row["status"]) for _, row in rows} == {("Lost parcel", "open")}


@pytest.mark.parametrize(
    ("notes", "kinds", "drops"),
    [
        pytest.param("system", ["message", "system", "message"], [], id="system"),
        pytest.param("message", ["message", "message", "message"], [], id="message"),
        pytest.param("drop", ["message", "message"], [("a private note", 2)], id="drop"),
    ],
)
def test_private_notes_are_system_lines_messages_or_drops(
    tmp_path: Path, notes: str, kinds: list[str], drops: list[tuple[str, int]]
) -> None:
    rows, dropped = read(tmp_path, lines(INLINE), notes=notes)
    assert [row["kind"] for _, row in rows] == kinds
    assert [(drop.reason, drop.source.first if drop.source else 0) for drop in dropped] == drops


def test_without_users_a_ticket_tells_the_roles_and_ids_are_the_names(tmp_path: Path) -> None:
    stranger = {**TOLD, "author_id": 3}
    itself = {**TOLD, "author_id": -1, "body": "Merged."}
    rows, _ = read(tmp_path, lines({**TICKET, "comments": [*THREE, {**NOTED, "author_id": 4}, stranger, itself]}))
    assert [(row["speaker"], row["role"], row["kind"]) for _, row in rows] == [
        ("1", "end-user", "message"), ("2", "agent", "system"), ("2", "agent", "message"), ("4", "agent", "system"),
        ("3", "", "message"), ("", "bot", "system"),
    ]  # fmt: skip


def test_a_ticket_without_comments_gives_its_description(tmp_path: Path) -> None:
    empty = {**TICKET, "id": 8, "description": None, "comments": []}
    rows, drops = read(tmp_path, lines({**TICKET, "requester": ANN}, empty))
    assert said(rows) == [("7", "2024-03-01T09:00:00Z", "Ann", "Where is it?", "", "message", "end-user", "true")]
    assert [(drop.reason, drop.detail) for drop in drops] == [("a ticket without comments", "ticket 8")]


def test_attachments_html_and_calls_are_told_in_words(tmp_path: Path) -> None:
    files = [
        {"file_name": "a.png", "content_type": "image/png"},
        {"file_name": "b.pdf", "content_type": "application/pdf"},
    ]
    call = {
        "id": 1,
        "type": "VoiceComment",
        "author_id": 1,
        "body": "Call from: +1",
        "data": {"transcription_text": None},
    }
    comments = [
        {**ASKED, "body": "", "attachments": files},
        {**ASKED, "attachments": files},
        {**ASKED, "body": None, "html_body": "<p>One</p><p>two &amp; <b>three</b></p>"},
        {**ASKED, "body": None, "html_body": "<img src='x'>"},
        call,
        {**call, "data": {"transcription_text": "Hello?"}},
        {**ASKED, "body": ""},
    ]
    rows, drops = read(tmp_path, lines({**TICKET, "comments": comments}))
    assert [(row["text"], row["kind"]) for _, row in rows] == [
        ("<image>\n<file: b.pdf>", "media"), ("Where is it?", "message"), ("One\n\ntwo & three", "message"),
        ("<image>", "media"), ("Call from: +1", "system"), ("Hello?", "message"), ("", "message"),
    ]  # fmt: skip
    assert drops == []
    rows, drops = read(tmp_path, lines({**TICKET, "comments": comments}), media="drop")
    assert [drop.reason for drop in drops] == ["only an attachment"] * 2
    assert [number for number, _ in rows] == [2, 3, 5, 6, 7]


def test_a_chat_in_an_audit_is_read_message_by_message(tmp_path: Path) -> None:
    history = [
        {"type": "ChatJoin", "actor_id": "1", "actor_name": "Ann", "actor_type": "end-user",
         "timestamp": 1709283600000},
        {"type": "ChatMessage", "actor_id": "1", "actor_name": "Ann", "actor_type": "end-user", "message": "Hi",
         "message_id": "m1", "timestamp": 1709283601500},
        {"type": "ChatMessage", "actor_id": "__trigger", "message": "Welcome", "timestamp": 1709283602000},
        {"type": "ChatFileAttachment", "actor_id": "agent:2", "filename": "b.pdf", "mime_type": "application/pdf"},
    ]  # fmt: skip
    audit = {**AUDITS[0], "events": [{"type": "ChatStartedEvent", "value": {"history": history}}]}
    rows, _ = read(tmp_path, {"audits": [audit], "users": [BO], "tickets": [TICKET]})
    assert said(rows) == [
        ("7", "2024-03-01T09:00:00Z", "Ann", "", "", "system", "end-user", "true"),
        ("7", "2024-03-01T09:00:01Z", "Ann", "Hi", "m1", "message", "end-user", "true"),
        ("7", "2024-03-01T09:00:02Z", "", "Welcome", "", "system", "bot", "true"),
        ("7", "", "Bo", "<file: b.pdf>", "", "media", "agent", "true"),
    ]


def test_what_is_no_comment_is_a_drop_with_its_place(tmp_path: Path) -> None:
    silent = {**AUDITS[0], "events": [{"type": "Change"}]}
    odd = {**TICKET, "comments": ["text", ASKED]}
    rows, drops = read(tmp_path, lines({"name": "x"}, odd, silent) + "{no json}\n")
    assert [(number, row["text"]) for number, row in rows] == [(3, "Where is it?")]
    assert [(drop.reason, drop.detail, drop.source.first if drop.source else 0) for drop in drops] == [
        ("neither a ticket nor a comment", "its keys: name", 1),
        ("a comment that is no object", "in ticket 7", 2),
        ("nothing is said", "an audit of ticket 7", 4),
        ("not a JSON object", "line 4", 5),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", "there is nothing in it; export it again, or fetch the whole file", id="empty"),
        pytest.param(
            lines({"a": 1}, {"b": 2}),
            "no comments of tickets are in it; it reads tickets with comments as JSON, or tables with ticket_id, "
            "user_id and body",
            id="other JSON",
        ),
        pytest.param(
            json.dumps([INLINE, INLINE])[:-40],
            "the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
            id="cut off",
        ),
        pytest.param(
            "ticket_id,user_id,body\n1,2,\"a\"b\n",
            "the table is damaged: ',' expected after '\"'; export it again, or read it with 'csv:'",
            id="a bad table",
        ),
        pytest.param(
            b"PK\x03\x04" + b"\x14\x00" * 200, "a broken zip archive (File is not a zip file); fetch or pack it again",
            id="half a zip",
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, content)
    place = "tickets.json:2" if "table is" in message else "tickets.json"
    assert str(error.value) == f"{place}: {message}"


def test_a_packed_export_is_read_in_place_and_one_within_another_is_refused(tmp_path: Path) -> None:
    def packed(name: str, content: bytes) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        return file.getvalue()

    rows, _ = read(tmp_path, packed("../../tickets.json", lines(INLINE).encode()), "export.zip")
    assert said(rows) == SAID
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.zip"]
    with pytest.raises(DataError) as error:
        read(tmp_path, packed("inner.zip", packed("tickets.json", lines(INLINE).encode())), "export.zip")
    assert str(error.value).startswith("export.zip")
    (tmp_path / "bomb.zip").write_bytes(packed("tickets.json", lines(INLINE).encode() * 5000))
    source = Input(tmp_path / "bomb.zip", "bomb.zip", bounds=Bounds(free=1 << 20, ratio=2))
    with pytest.raises(DataError) as error:
        list(Zendesk(path="x").read(source))
    assert str(error.value) == (
        "bomb.zip: unpacks to more than 1,048,576 bytes; if that is right, unpack it yourself and read what is in it"
    )


def test_a_line_of_100_megabytes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read(tmp_path, "id,ticket_id,user_id,body\n1,2,3," + "a" * (100 << 20))
    assert str(error.value) == "tickets.json:2: a line is longer than 16 MiB; is it a table, with a comment a row?"
    with pytest.raises(DataError) as error:
        read(tmp_path, lines(INLINE, INLINE) + '{"id": "' + "a" * (100 << 20) + '"}')
    assert str(error.value) == ("tickets.json:3: a line is longer than 32 million characters; is a line feed missing?")


def test_it_knows_its_own_files_and_no_others() -> None:
    own = [lines(INLINE), json.dumps({"comments": [{**BESIDE[0], "audit_id": 3}]}), json.dumps({"tickets": [INLINE]})]
    assert all(Zendesk.recognise(text.encode(), "x") >= 0.85 for text in own)
    assert Zendesk.recognise(b"id,ticket_id,user_id,body\n", "x.csv") == 0.9
    for other in (
        b"",
        b"a,b\n1,2\n",
        b"id,body\n1,2\n",
        b'{"messages": []}',
        b'[{"author": "a", "body": "b"}]',
        b"\xff\x00",
    ):
        assert Zendesk.recognise(other, "x") == 0.0


def test_comments_in_a_table_are_read_as_they_stand(shared_data: Path) -> None:
    """Counted apart, with the csv module: 20 records below the header, in 7 tickets, none private."""
    path = shared_data / "tickets_zendesk" / "ticket_comment_data.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        records = list(csv.DictReader(stream))
    assert (len(records), len({record["ticket_id"] for record in records})) == (20, 7)
    items = list(Zendesk(path="x").read(Input(path)))
    rows = [row for item in items if isinstance(item, Rows) for row in item.rows]
    assert all(isinstance(item, Rows) for item in items)
    assert [(row["talk"], row["speaker"], row["text"], row["id"]) for row in rows] == [
        (record["ticket_id"], record["user_id"], record["body"], record["id"]) for record in records
    ]
    assert {(row["kind"], row["public"]) for row in rows} == {("message", "true")}
    assert Zendesk.recognise(path.read_bytes(), path.name) == 0.9


def test_events_of_chats_are_read_and_only_texts_are_messages(shared_data: Path) -> None:
    """Counted apart, with the csv module: 12 records; ChatMessages with a text, and not by Zendesk itself: 6."""
    path = shared_data / "tickets_zendesk" / "ticket_chat_event_data.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        records = list(csv.DictReader(stream))
    texts = [
        record["message"]
        for record in records
        if record["type"] == "ChatMessage" and record["message"] and not record["actor_id"].startswith("__")
    ]
    assert (len(records), len(texts)) == (12, 6)
    items = list(Zendesk(path="x").read(Input(path)))
    rows = [row for item in items if isinstance(item, Rows) for row in item.rows]
    assert [row["talk"] for row in rows] == [record["chat_id"] for record in records]
    assert [row["text"] for row in rows if row["kind"] == "message"] == texts


def test_tables_of_users_and_tickets_are_joined(tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_text(
        'id,ticket_id,user_id,body,public\n1,7,1,"Where\nis it?",TRUE\n2,8,1,Hello,TRUE\n3,7,2,On its way.,TRUE\n'
        "4,7,2,ragged\n5,8,2,Hi!,TRUE\n",
        encoding="utf-8", newline="",
    )  # fmt: skip
    (tmp_path / "tickets.csv").write_text("id,subject\n7,Lost\n8,Greeting\n", encoding="utf-8")
    pandas.DataFrame([{**ANN, "role": "end-user"}, BO]).to_excel(tmp_path / "users.xlsx", index=False)
    join = {"on": {"left": "talk", "right": "id"}, "columns": ["subject"], "prefix": "ticket_"}
    users = {"on": {"left": "speaker", "right": "id"}, "columns": ["name", "role"], "prefix": "user_"}
    talks = {"by": "talk", "speaker": "user_role", "text": "text", "assistant": ["agent", "admin"], "scattered": True}
    source = {
        "version": 1, "name": "desk", "read": {"zendesk": str(tmp_path / "comments.csv")},
        "transform": [
            {"join": {"table": str(tmp_path / "tickets.csv"), **join}},
            {"join": {"table": str(tmp_path / "users.xlsx"), **users}},
            {"conversations": talks},
        ],
        "write": [{"openai_chat": {"system": "About: {ticket_subject}"}}],
    }  # fmt: skip
    run = api.run(source, out=tmp_path / "out")
    assert (run.counts["read"], run.counts["used"], run.counts["dropped"]) == (5, 4, 1)
    written = [json.loads(line) for line in run.files["openai_chat"]["train"].read_text(encoding="utf-8").splitlines()]
    assert [[message["content"] for message in row["messages"]] for row in written] == [
        ["About: Lost", "Where\nis it?", "On its way."], ["About: Greeting", "Hello", "Hi!"],
    ]  # fmt: skip


def test_it_is_installed_as_a_reader() -> None:
    assert "zendesk" in {item.name for item in Registry.installed().all("reader")}
