"""`chatgpt`: the tree of a conversation and its branches, all types of content, zips; every message a row or a drop."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, Rows
from ftprep.archive import within
from ftprep.registry import Registry
from ftprep_chatgpt.reader import ChatGPT

pytestmark = pytest.mark.files
REAL = Path(__file__).parents[3] / "shared/data/chat_chatgpt_export"
COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "role", "content", "model"]


def node(name: str, parent: str | None, text: Any = "", role: str = "user", **more: Any) -> dict[str, Any]:
    """A node of the tree; `text`: a text, or the whole content. Children are told by their parents' ids only."""
    content = text if isinstance(text, dict) else {"content_type": "text", "parts": [text]}
    message = {"id": name, "author": {"role": role}, "create_time": 1714550400.5, "content": content, **more}
    return {"id": name, "parent": parent, "children": [], "message": message}


def talk(*nodes: dict[str, Any], current: str | None = None, **more: Any) -> dict[str, Any]:
    mapping = {one["id"]: one for one in nodes}
    return {"title": "Cats", "conversation_id": "c1", "mapping": mapping, "current_node": current, **more}


FORKED = talk(
    {"id": "root", "parent": None, "children": ["a"], "message": None},
    node("a", "root", "Why do cats purr?"),
    node("b", "a", "No idea.", "assistant"),
    node("c", "a", "They are content.", "assistant"),
    node("d", "c", "Always?"),
    current="d",
)


def export(path: Path, value: Any, name: str = "conversations.json") -> Input:
    (path / name).write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return Input(path / name, name)


def read(source: Input, **options: Any) -> tuple[list[tuple[int, dict[str, Any]]], list[Drop]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    drops: list[Drop] = []
    for item in ChatGPT(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def only(path: Path, *nodes: dict[str, Any], **options: Any) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Speaker, text and kind of each row, and the drops' reasons."""
    rows, drops = read(export(path, [talk(*nodes)]), **options)
    return [(row["speaker"], row["text"], row["kind"]) for _, row in rows], [drop.reason for drop in drops]


def test_the_branch_that_was_kept_is_read_and_the_rest_is_dropped(tmp_path: Path):
    rows, drops = read(export(tmp_path, [FORKED]))
    assert [list(row) for _, row in rows] == [COLUMNS] * 3
    time = "2024-05-01T08:00:00Z"
    assert [(number, *row.values()) for number, row in rows] == [
        (1, "Cats (c1)", time, "user", "Why do cats purr?", "a", "", "message", "user", "text", ""),
        (2, "Cats (c1)", time, "assistant", "They are content.", "c", "a", "message", "assistant", "text", ""),
        (3, "Cats (c1)", time, "user", "Always?", "d", "c", "message", "user", "text", ""),
    ]
    assert [(drop.reason, drop.content["id"], str(drop.source)) for drop in drops] == [
        ("not in the branch that was kept", "b", "conversations.json:4")
    ]


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


def test_more_than_a_hundred_branches_are_drops(tmp_path: Path):
    forks = [node(f"b{n}", "a", f"{n}", "assistant") for n in range(103)]
    rows, drops = read(export(tmp_path, [talk(node("a", None, "Hi"), *forks)]), branches="all")
    assert len(rows) == 200
    assert [drop.reason for drop in drops] == ["not in a branch that is read"] * 3


@pytest.mark.parametrize(
    ("nodes", "current", "ids"),
    [
        pytest.param([node("a", None, "1"), node("b", "a"), node("c", "a", "3")], None, ["a", "c"], id="no current"),
        pytest.param([node("a", None, "1"), node("b", "a", "2")], "gone", ["a", "b"], id="a current that is gone"),
        pytest.param([node("a", "b", "1"), node("b", "a", "2")], "b", ["a", "b"], id="a ring"),
        pytest.param([node("a", "b", "1"), node("b", "a", "2")], None, ["b", "a"], id="a ring and no current"),
        pytest.param([node("a", "a", "1")], "a", ["a"], id="its own parent"),
        pytest.param(
            [{**node("a", None, "1"), "children": ["b", "x", 3]}, node("b", None, "2")], "b", ["a", "b"],
            id="children only",
        ),
        pytest.param([node("a", None, "1"), node("b", None, "2")], None, ["a", "b"], id="no links"),
    ],
)  # fmt: skip
def test_a_broken_tree_is_read_as_far_as_it_holds(
    tmp_path: Path, nodes: list[dict[str, Any]], current: str | None, ids: list[str]
):
    rows, _ = read(export(tmp_path, [talk(*nodes, current=current)]))
    assert [row["id"] for _, row in rows] == ids


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param({"content_type": "text", "parts": ["One", "", "two"]}, "One\ntwo", id="parts"),
        pytest.param({"content_type": "code", "language": "python", "text": "1 + 1"}, "1 + 1", id="code"),
        pytest.param({"content_type": "execution_output", "text": "2"}, "2", id="output"),
        pytest.param({"content_type": "tether_browsing_display", "result": "R", "summary": None}, "R", id="browsing"),
        pytest.param(
            {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}, "What is it?"]},
            "What is it?", id="image and text",
        ),
        pytest.param(
            {"content_type": "multimodal_text", "parts": [{"content_type": "audio_transcription", "text": "Hi"}, {
                "content_type": "audio_asset_pointer"}]},
            "Hi", id="speech",
        ),
    ],
)  # fmt: skip
def test_text_is_found_in_each_type_of_content(tmp_path: Path, content: dict[str, Any], text: str):
    assert only(tmp_path, node("a", None, content)) == ([("user", text, "message")], [])


def test_what_is_not_text_is_a_mark_or_a_drop(tmp_path: Path):
    pictures = {"content_type": "multimodal_text", "parts": [{"content_type": "image_asset_pointer"}] * 2}
    files = {"attachments": [{"name": "list.pdf", "mime_type": "application/pdf"}, {"mime_type": "image/png"}]}
    nodes = [node("a", None, pictures), node("b", "a", "", metadata=files)]
    assert only(tmp_path, *nodes) == (
        [("user", "<image>\n<image>", "media"), ("user", "<file: list.pdf>\n<image>", "media")],
        [],
    )
    assert only(tmp_path, *nodes, media="drop") == ([], ["only an attachment", "only an attachment"])


def test_what_the_service_hides_or_adds_is_system(tmp_path: Path):
    hidden = {"is_visually_hidden_from_conversation": True}
    profile = {"content_type": "user_editable_context", "user_profile": "A vet.", "user_instructions": "Be brief."}
    nodes = [
        node("a", None, "", "system"),
        node("b", "a", "You are kind.", "system"),
        node("c", "b", profile),
        node("d", "c", "Secret", metadata=hidden),
        node("e", "d", "Hi"),
    ]
    assert only(tmp_path, *nodes) == (
        [
            ("", "You are kind.", "system"),
            ("", "A vet.\nBe brief.", "system"),
            ("", "Secret", "system"),
            ("user", "Hi", "message"),
        ],
        ["nothing is said"],
    )


@pytest.mark.parametrize(
    ("way", "rows", "reasons"),
    [
        pytest.param("system", [("", "Sum\nHm.\n\nWell.", "system"), ("", "8 s", "system")], [], id="system"),
        pytest.param(
            "message",
            [("assistant", "Sum\nHm.\n\nWell.", "message"), ("assistant", "8 s", "message")],
            [],
            id="message",
        ),
        pytest.param("drop", [], ["reasoning"] * 2, id="drop"),
    ],
)
def test_reasoning_is_read_as_the_recipe_says(
    tmp_path: Path, way: str, rows: list[tuple[str, str, str]], reasons: list[str]
):
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Sum", "content": "Hm."}, {"content": "Well."}]}
    recap = {"content_type": "reasoning_recap", "content": "8 s"}
    nodes = [node("a", None, thoughts, "assistant"), node("b", "a", recap, "assistant")]
    assert only(tmp_path, *nodes, thoughts=way) == (rows, reasons)


def test_an_answer_is_to_what_was_said_not_to_what_lies_between(tmp_path: Path):
    thoughts = {"content_type": "thoughts", "thoughts": [{"content": "Hm."}]}
    between = [node("b", "a", thoughts, "assistant"), node("c", "b", "", "assistant")]
    rows, _ = read(export(tmp_path, [talk(node("a", None, "Why?"), *between, node("d", "c", "So.", "assistant"))]))
    assert [(row["id"], row["reply_to"]) for _, row in rows] == [("a", ""), ("b", "a"), ("d", "a")]


def test_talk_with_tools_is_read_as_the_recipe_says(tmp_path: Path):
    code = {"content_type": "code", "text": "1 + 1"}
    nodes = [node("a", None, code, "assistant", recipient="python"), node("b", "a", "2", "tool", author={
        "role": "tool", "name": "python"})]  # fmt: skip
    assert only(tmp_path, *nodes) == ([("", "1 + 1", "system"), ("", "2", "system")], [])
    messages = [("assistant", "1 + 1", "message"), ("python", "2", "message")]
    assert only(tmp_path, *nodes, tools="message") == (messages, [])
    assert only(tmp_path, *nodes, tools="drop") == ([], ["said to a tool or by it"] * 2)


def test_marks_of_sources_are_removed_unless_kept(tmp_path: Path):
    said = 'Ask \ue200entity\ue202["person","Ann Lee","vet"]\ue201 first 【4†source】. Yes \ue200cite\ue202turn0\ue201.'
    nodes = [node("a", None, said, "assistant")]
    assert only(tmp_path, *nodes)[0] == [("assistant", "Ask Ann Lee first. Yes.", "message")]
    assert only(tmp_path, *nodes, citations="keep")[0] == [("assistant", said, "message")]


def test_one_conversation_alone_is_read(tmp_path: Path):
    rows, _ = read(export(tmp_path, FORKED))
    assert [row["talk"] for _, row in rows] == ["Cats (c1)"] * 3


@pytest.mark.parametrize(
    ("seconds", "time"),
    [(None, ""), ("x", ""), (True, ""), (-5, ""), (1e300, ""), (0.2, "1970-01-01T00:00:00Z")],
    ids=["none", "text", "true", "negative", "too large", "early"],
)  # fmt: skip
def test_a_time_that_is_none_is_empty(tmp_path: Path, seconds: Any, time: str):
    rows, _ = read(export(tmp_path, [talk(node("a", None, "Hi", create_time=seconds))]))
    assert rows[0][1]["time"] == time


def test_what_is_no_conversation_or_message_is_a_drop(tmp_path: Path):
    odd = [{"mapping": 3}, 7, talk({"id": "a", "message": 5}, {"id": "b", "message": {"author": 1}}), FORKED]
    rows, drops = read(export(tmp_path, odd))
    assert len(rows) == 3
    assert [drop.reason for drop in drops] == [
        "not a conversation of ChatGPT",
        "not a conversation of ChatGPT",
        "not a message of ChatGPT",
        "not a message of ChatGPT",
        "not in the branch that was kept",
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            b'[{"messages": []}]',
            "c.json: no conversations of ChatGPT are in it; it needs conversations with a 'mapping', as in "
            "conversations.json",
            id="other JSON",
        ),
        pytest.param(
            json.dumps([FORKED, FORKED]).encode()[:-50],
            "c.json: the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
            id="truncated",
        ),
        pytest.param(
            b"",
            "c.json: there is nothing in it; export it again, or fetch the whole file",
            id="empty",
        ),
        pytest.param(
            b'[{"mapping": ' + b"[" * 200 + b"]" * 200 + b"}]",
            "c.json: a value is nested more than 100 levels deep; no export is like that; check the file",
            id="too deep",
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
        archive.writestr("chat.html", "<html>")
        archive.writestr("shared_conversations.json", "[]")
        archive.writestr("conversations-000.json", json.dumps([FORKED]))
        archive.writestr("conversations-001.json", json.dumps([FORKED]))
    members = within(Input(path, "export.zip"), ChatGPT.inside or "")
    assert [member.name for member in members] == [
        "export.zip/conversations-000.json",
        "export.zip/conversations-001.json",
    ]
    assert [len(read(member)[0]) for member in members] == [3, 3]


def test_it_knows_its_own_files_and_no_others():
    own = json.dumps([FORKED]).encode()
    assert ChatGPT.recognise(own, "a.json") == 0.95
    assert ChatGPT.recognise(b"\xef\xbb\xbf " + own, "a.json") == 0.95
    others = [reader.cls for reader in Registry.installed(block="").all("reader") if reader.name != "chatgpt"]
    assert max(other.recognise(own, "conversations.json") for other in others) < 0.95
    for other in (
        b'[{"uuid": "1", "chat_messages": [{"sender": "human"}]}]',
        b'{"messages": [{"role": "user", "content": "Hi"}]}\n',
        b'{"mapping": {"a": 1}}',
        b'{"conversations": [{"from": "human", "value": "Hi"}]}',
        b"PK\x03\x04",
        b"",
    ):
        assert ChatGPT.recognise(other, "conversations.json") == 0.0


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared data is not here")
def test_a_real_export_has_as_many_messages_as_counted_otherwise():
    # Counted by the standard library: nodes of all mappings that hold a message (3 on 2026-11-21, with `grep -o
    # '"author"' | wc -l` as well).
    path = REAL / "chatgpt_export.json"
    nodes = [node for talk in json.loads(path.read_bytes()) for node in talk["mapping"].values()]
    rows, drops = read(Input(path, path.name))
    assert (len(rows), drops) == (sum(bool(node["message"]) for node in nodes), [])
    assert [row["speaker"] for _, row in rows] == ["user", "assistant", "user"]
    assert [row["time"] for _, row in rows] == ["2024-01-01T00:00:00Z", "", "2024-01-01T00:01:00Z"]
