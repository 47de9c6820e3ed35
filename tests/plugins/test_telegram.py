"""`telegram`: the export of a chat and of an account; text in pieces, service messages, attachments, hostile files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chats import places, read, read_file, said

from ftprep import DataError, Input, Survey
from ftprep_telegram.reader import Telegram

pytestmark = pytest.mark.files


def one(**more: Any) -> dict[str, Any]:
    """A message, as Telegram Desktop writes it."""
    base = {"id": 5, "type": "message", "date": "2022-01-01T10:00:00", "from": "Ann", "from_id": "user1", "text": "Hi"}
    return base | more


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"name": "Ann", "type": "personal_chat", "id": 11, **more, "messages": list(messages)}


def rows_of(folder: Path, *messages: Any, **options: Any) -> tuple[list[tuple[int, Any]], list[Any]]:
    return read(Telegram(path="x", **options), folder, json.dumps(chat(*messages)), "result.json")


def test_a_message_has_all_that_the_export_says_of_it(tmp_path: Path) -> None:
    rows, drops = rows_of(
        tmp_path,
        one(
            date_unixtime="1641031200", edited="2022-01-01T10:05:00", edited_unixtime="1641031500",
            reply_to_message_id=4, forwarded_from="Cem",
            text=["a ", {"type": "bold", "text": "b"}, {"type": "text_link", "text": "c", "href": "x.org"}, "\nd"],
        ),
    )  # fmt: skip
    assert drops == []
    assert rows == [(1, {
        "talk": "Ann", "time": "2022-01-01T10:00:00Z", "speaker": "Ann", "text": "a bc\nd", "id": "5", "reply_to": "4",
        "kind": "message", "edited": "2022-01-01T10:05:00Z", "forwarded_from": "Cem",
    })]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "text", "kind"),
    [
        pytest.param({"photo": "photos/1.jpg"}, "<image>", "media", id="photo"),
        pytest.param({"photo": "photos/1.jpg", "text": "Look"}, "Look", "message", id="photo with a caption"),
        pytest.param({"file": "s.webp", "media_type": "sticker"}, "<sticker>", "media", id="sticker"),
        pytest.param({"file": "a.ogg", "media_type": "voice_message"}, "<audio>", "media", id="voice"),
        pytest.param({"file": "a.mp4", "media_type": "video_message"}, "<video>", "media", id="round video"),
        pytest.param({"file": "f/a b.pdf", "mime_type": "application/pdf"}, "<file: a b.pdf>", "media", id="file"),
        pytest.param({"file": "f/1", "file_name": "b.pdf"}, "<file: b.pdf>", "media", id="named file"),
        pytest.param({"file": "f/1.png", "mime_type": "image/png"}, "<image>", "media", id="image as a file"),
        pytest.param({"location_information": {"latitude": 1}}, "<location>", "media", id="location"),
        pytest.param({"contact_information": {"first_name": "B"}}, "<contact>", "media", id="contact"),
        pytest.param({"poll": {"question": "Tea?"}}, "<poll: Tea?>", "media", id="poll"),
    ],
)  # fmt: skip
def test_an_attachment_is_a_mark_where_nothing_is_written(
    tmp_path: Path, message: dict[str, Any], text: str, kind: str
) -> None:
    rows, _ = rows_of(tmp_path, one(**{"text": "", **message}))
    assert said(rows, "text", "kind", "speaker") == [(1, text, kind, "Ann")]


def test_attachments_are_drops_where_that_is_asked_for(tmp_path: Path) -> None:
    rows, drops = rows_of(tmp_path, one(text="", photo="a.jpg"), one(), media="drop")
    assert said(rows, "text") == [(2, "Hi")]
    assert places(drops) == [("only an attachment", "", 1)]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        pytest.param({"actor": "Ann", "action": "phone_call"}, "Ann phone call", id="call"),
        pytest.param(
            {"actor": "Ann", "action": "invite_members", "members": ["Bob", None, "Cem"]},
            "Ann invite members: Bob, Cem",
            id="join",
        ),
        pytest.param({"actor": "Ann", "action": "create_group", "title": "T"}, "Ann create group: T", id="group"),
    ],
)
def test_service_messages_are_system_lines_that_nobody_speaks(tmp_path: Path, event: dict[str, Any], text: str) -> None:
    rows, _ = rows_of(tmp_path, {"id": 1, "type": "service", "date": "2022-01-01T10:00:00", "text": "", **event})
    assert said(rows, "time", "speaker", "text", "kind") == [(1, "2022-01-01T10:00:00", "", text, "system")]


def test_who_has_no_name_any_more_is_called_by_his_id(tmp_path: Path) -> None:
    rows, _ = rows_of(tmp_path, one(**{"from": None}))
    assert said(rows, "speaker") == [(1, "user1")]


def test_what_is_no_message_is_a_drop_with_its_place(tmp_path: Path) -> None:
    content = '{"messages": [7, {"role": "user"}, {"type": "message", "text": ["", 3]},' + (
        '{"type": "message", "text": "a", "text": "b"}, {"type": "message", "text": "ok"}]}'
    )
    rows, drops = read(Telegram(path="x"), tmp_path, content, "result.json")
    assert said(rows, "talk", "time", "speaker", "text") == [(5, "", "", "", "ok")]
    assert places(drops) == [
        ("not a message of Telegram", "", 1), ("not a message of Telegram", "", 2), ("nothing is said", "", 3),
        ("duplicate key", "text", 4),
    ]  # fmt: skip


def test_the_export_of_an_account_has_many_chats_each_with_its_name(tmp_path: Path) -> None:
    account = {
        "about": "…", "personal_information": {"first_name": "Ann"}, "contacts": {"list": [{"messages": [one()]}]},
        "chats": {"about": "…", "list": [
            chat(one(id=1)), chat(one(id=2), name="Ann", id=12), {"type": "saved_messages", "messages": [one(id=3)]},
            chat(name="Empty"),
        ]},
        "left_chats": {"list": [chat(one(id=4), name="Old")]},
    }  # fmt: skip
    rows, drops = read(Telegram(path="x"), tmp_path, json.dumps(account), "result.json")
    assert drops == []
    assert said(rows, "talk", "id") == [
        (1, "Ann", "1"), (2, "Ann (12)", "2"), (3, "saved_messages", "3"), (4, "Old", "4"),
    ]  # fmt: skip
    assert Telegram.recognise(json.dumps(account).encode()[:300], "result.json") == 0.95


@pytest.mark.parametrize("name", ["test_single_export.json", "test_batch_export.json"])
def test_real_exports_are_read_whole(shared_data: Path, name: str) -> None:
    """Counted independently: the text `"date_unixtime"` stands once in every message."""
    path = shared_data / "chat_telegram" / name
    rows, drops = read_file(Telegram(path="x"), path)
    assert len(rows) == path.read_text(encoding="utf-8").count('"date_unixtime"') == 2
    assert drops == []
    assert said(rows, "time", "speaker", "text") == [
        (1, "2018-12-05T10:39:10Z", "Author 1", "Minimal Message"),
        (2, "2018-12-05T10:49:24Z", "Author 2", "Link:https://telegram.org/"),
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(
            b'{"messages": []}',
            "no messages of Telegram are in it; it needs the list 'messages'; export again, in the format JSON",
            id="no messages",
        ),
        pytest.param(
            b'[{"type": "message"}]',
            "no messages of Telegram are in it; it needs the list 'messages'; export again, in the format JSON",
            id="an array",
        ),
        pytest.param(
            json.dumps(chat(one(), one())).encode()[:-20],
            "the JSON is damaged or ends too early, after 4 values; export it again, or fetch the whole file",
            id="cut off",
        ),
        pytest.param(
            b"<!DOCTYPE html>",
            "the JSON is damaged or ends too early, after 0 values; check that it is the right file",
            id="the HTML export",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: bytes, text: str) -> None:
    with pytest.raises(DataError) as error:
        read(Telegram(path="x"), tmp_path, content, "result.json")
    assert str(error.value) == f"result.json: {text}"


def test_a_look_at_the_file_finds_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(json.dumps(chat(one(text="Grüße, schöne Grüße")), ensure_ascii=False).encode("cp1252"))
    survey = Telegram.survey(Input(path))
    assert dict(survey.options) == {"encoding": "cp1252"}
    assert isinstance(survey, Survey)
    assert said(read_file(Telegram(path="x", encoding="cp1252"), path)[0], "text") == [(1, "Grüße, schöne Grüße")]
