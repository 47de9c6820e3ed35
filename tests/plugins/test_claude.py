"""`claude`: texts and blocks, attachments, branches, zips; every message a row or a drop."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, Rows
from ftprep.archive import within
from ftprep.registry import Registry
from ftprep_claude.reader import Claude

pytestmark = pytest.mark.files
REAL = Path(__file__).parents[3] / "shared/data/chat_chatgpt_export"
COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "thinking", "tools"]
ROOT = "00000000-0000-4000-8000-000000000000"


def said(name: str, text: Any, sender: str = "human", parent: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"content": text} if isinstance(text, list) else {"text": text}
    above = {} if parent is None else {"parent_message_uuid": parent}
    return {"uuid": name, "sender": sender, "created_at": "2026-05-01T09:00:00.123456Z", **body, **above, **more}


def talk(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"uuid": "c1", "name": "Cats", "chat_messages": list(messages), **more}


FORKED = talk(
    said("a", "Why?", parent=ROOT),
    said("b", "No idea.", "assistant", "a"),
    said("c", "So.", "assistant", "a"),
    said("d", "Ah.", parent="c"),
)


def export(path: Path, value: Any, name: str = "conversations.json") -> Input:
    (path / name).write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return Input(path / name, name)


def read(source: Input, **options: Any) -> tuple[list[tuple[int, dict[str, Any]]], list[Drop]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    drops: list[Drop] = []
    for item in Claude(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def only(path: Path, *messages: Any, **options: Any) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Speaker, text and kind of each row, and the drops' reasons."""
    rows, drops = read(export(path, [talk(*messages)]), **options)
    return [(row["speaker"], row["text"], row["kind"]) for _, row in rows], [drop.reason for drop in drops]


def test_a_message_becomes_a_row(tmp_path: Path):
    blocks = [
        {"type": "thinking", "thinking": "Hm."},
        {"type": "text", "text": "One."},
        {"type": "tool_use", "name": "web_search", "input": {}},
        {"type": "tool_result", "content": [{"type": "text", "text": "Found"}]},
        {"type": "text", "text": "Two."},
    ]
    rows, drops = read(export(tmp_path, [talk(said("a", "Why?"), {**said("b", blocks, "assistant"), "text": "-"})]))
    assert drops == []
    assert [list(row) for _, row in rows] == [COLUMNS] * 2
    time = "2026-05-01T09:00:00Z"
    assert [(number, *row.values()) for number, row in rows] == [
        (1, "Cats (c1)", time, "user", "Why?", "a", "", "message", "", ""),
        (2, "Cats (c1)", time, "assistant", "One.\n\nTwo.", "b", "a", "message", "Hm.", "web_search"),
    ]


def test_messages_without_parents_stand_in_their_order(tmp_path: Path):
    rows, drops = read(export(tmp_path, [talk(said("a", "1"), said("b", "2", "assistant"), said("c", "3"))]))
    assert ([row["reply_to"] for _, row in rows], drops) == (["", "a", "b"], [])


def test_the_branch_that_was_kept_is_read_and_the_rest_is_dropped(tmp_path: Path):
    rows, drops = read(export(tmp_path, [FORKED]))
    assert [row["id"] for _, row in rows] == ["a", "c", "d"]
    assert [(drop.reason, str(drop.source)) for drop in drops] == [
        ("not in the branch that was kept", "conversations.json:4")
    ]
    rows, _ = read(export(tmp_path, [{**FORKED, "current_leaf_message_uuid": "b"}]))
    assert [row["id"] for _, row in rows] == ["a", "b"]


def test_all_branches_are_talks_of_their_own(tmp_path: Path):
    rows, drops = read(export(tmp_path, [FORKED]), branches="all")
    assert drops == []
    assert [(number, row["talk"], row["id"], row["reply_to"]) for number, row in rows] == [
        (1, "Cats (c1)", "a", ""),
        (2, "Cats (c1)", "b", "a"),
        (3, "Cats (c1), branch 2", "a#2", ""),
        (4, "Cats (c1), branch 2", "c#2", "a#2"),
        (5, "Cats (c1), branch 2", "d#2", "c#2"),
    ]


def test_an_answer_is_to_what_was_said_not_to_what_lies_between(tmp_path: Path):
    between = [said("b", [{"type": "tool_use", "name": "search"}], "assistant"), said("c", "")]
    rows, _ = read(export(tmp_path, [talk(said("a", "Why?"), *between, said("d", "So.", "assistant"))]))
    assert [(row["id"], row["reply_to"]) for _, row in rows] == [("a", ""), ("b", "a"), ("d", "a")]


def test_a_ring_of_messages_is_read_once(tmp_path: Path):
    rows, drops = read(export(tmp_path, [talk(said("a", "1", parent="b"), said("b", "2", parent="a"))]))
    assert ([row["id"] for _, row in rows], drops) == (["a", "b"], [])


FILE = {"file_name": "list.pdf", "file_type": "pdf", "extracted_content": "Milk"}
PASTED = {"file_name": "", "extracted_content": "A long text"}


@pytest.mark.parametrize(
    ("message", "options", "row"),
    [
        pytest.param(said("a", "", attachments=[FILE]), {}, ("user", "<file: list.pdf>", "media"), id="a mark"),
        pytest.param(said("a", "Hi", attachments=[FILE]), {}, ("user", "Hi", "message"), id="beside a text"),
        pytest.param(said("a", "", files=[{"file_name": "a.PNG"}]), {}, ("user", "<image>", "media"), id="an image"),
        pytest.param(
            said("a", "Hi", attachments=[FILE]), {"attachments": "text"}, ("user", "Hi\n\nMilk", "message"), id="text"
        ),
        pytest.param(said("a", "", attachments=[PASTED]), {}, ("user", "A long text", "message"), id="pasted"),
        pytest.param(
            said("a", [{"type": "thinking", "thinking": "Hm."}], "assistant"), {}, ("", "", "system"), id="thoughts"
        ),
    ],
)  # fmt: skip
def test_what_is_not_text_is_marked(
    tmp_path: Path, message: dict[str, Any], options: dict[str, Any], row: tuple[str, str, str]
):
    assert only(tmp_path, message, **options) == ([row], [])


def test_what_says_nothing_is_a_drop(tmp_path: Path):
    messages = [said("a", " "), said("b", []), 7, {"text": "x"}, said("c", "", attachments=[FILE])]
    assert only(tmp_path, *messages, media="drop") == (
        [],
        [
            "nothing is said",
            "nothing is said",
            "not a message of Claude",
            "not a message of Claude",
            "only an attachment",
        ],
    )


@pytest.mark.parametrize(
    ("given", "time"),
    [
        ("2026-05-01T11:00:00+02:00", "2026-05-01T09:00:00Z"), ("2026-05-01T09:00:00", "2026-05-01T09:00:00"),
        ("0001-01-01T00:00:00+09:00", ""), ("yesterday", ""), (None, ""), (7, ""),
    ],
    ids=["offset", "local", "before all time", "words", "none", "number"],
)  # fmt: skip
def test_times_are_in_utc_where_they_can_be(tmp_path: Path, given: Any, time: str):
    rows, _ = read(export(tmp_path, talk(said("a", "Hi", created_at=given))))
    assert rows[0][1]["time"] == time


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            b'[{"mapping": {}}]',
            "c.json: no conversations of Claude are in it; it needs conversations with 'chat_messages', as in "
            "conversations.json",
            id="other JSON",
        ),
        pytest.param(
            json.dumps([FORKED, FORKED]).encode()[:-50],
            "c.json: the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
            id="truncated",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: bytes, message: str):
    with pytest.raises(DataError) as caught:
        read(export(tmp_path, content, "c.json"))
    assert str(caught.value) == message


def test_a_zip_is_read_in_place(tmp_path: Path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", "[]")
        archive.writestr("conversations.json", json.dumps([FORKED]))
    members = within(Input(path, "export.zip"), Claude.inside or "")
    assert [(member.name, len(read(member)[0])) for member in members] == [("export.zip/conversations.json", 3)]


def test_it_knows_its_own_files_and_no_others():
    own = json.dumps([FORKED]).encode()
    assert Claude.recognise(own, "a.json") == 0.95
    others = [reader.cls for reader in Registry.installed(block="").all("reader") if reader.name != "claude"]
    assert max(other.recognise(own, "conversations.json") for other in others) < 0.95
    for other in (
        b'[{"mapping": {"a": {"author": {"role": "user"}}}}]',
        b'{"messages": [{"role": "assistant", "content": "Hi"}]}\n',
        b'"chat_messages"',
        b"",
    ):
        assert Claude.recognise(other, "conversations.json") == 0.0


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared data is not here")
def test_a_real_export_has_as_many_messages_as_counted_otherwise():
    # Counted by the standard library: elements of all `chat_messages` (10 on 2026-11-21, with `grep -c '"sender"'`).
    path = REAL / "claude_export.json"
    count = sum(len(talk["chat_messages"]) for talk in json.loads(path.read_bytes()))
    rows, drops = read(Input(path, path.name))
    assert (len(rows), drops) == (count, [])
    assert [row["speaker"] for _, row in rows[:4]] == ["user", "assistant", "user", "assistant"]
