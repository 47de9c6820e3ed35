"""`messenger` and `instagram`: Meta's JSON; texts repaired, the newest first turned round, what is no text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chats import places, read, read_file, said

from ftprep import DataError, Input, Part
from ftprep_meta.messages import repaired
from ftprep_meta.reader import Instagram, Messenger
from ftprep_meta.turning import Turning

pytestmark = pytest.mark.files
NEWEST = 1579294140000
"""Milliseconds: 2020-01-17T20:49:00Z."""


def broken(text: str) -> str:
    """Text as Meta writes it: each byte of its UTF-8 is a character."""
    return text.encode().decode("latin-1")


def one(minutes: int = 0, **more: Any) -> dict[str, Any]:
    """A message, so many minutes before the newest."""
    return {"sender_name": "Ann", "timestamp_ms": NEWEST - minutes * 60_000, "content": "Hi", **more}


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    people = [{"name": broken("Zoë")}, {"name": "Ann"}]
    return {
        "participants": people,
        "messages": list(messages),
        "title": broken("Zoë"),
        "thread_path": "inbox/z",
        **more,
    }


def rows_of(folder: Path, *messages: Any, **options: Any) -> tuple[list[tuple[int, Any]], list[Any]]:
    return read(Messenger(path="x", **options), folder, json.dumps(chat(*messages)), "message_1.json")


@pytest.mark.parametrize("reader", [Messenger(path="x"), Instagram(path="x")], ids=lambda reader: reader.name)
def test_texts_are_repaired_and_the_oldest_comes_first(tmp_path: Path, reader: Any) -> None:
    reactions = [{"reaction": broken("❤"), "actor": broken("Zoë")}, {"reaction": "+", "actor": "Ann"}]
    document = chat(one(0, content=broken("schön 🥶")), one(1, sender_name=broken("Zoë"), reactions=reactions))
    rows, drops = read(reader, tmp_path, json.dumps(document), "message_1.json")
    assert drops == []
    assert rows == [
        (1, {"talk": "Zoë", "time": "2020-01-17T20:48:00Z", "speaker": "Zoë", "text": "Hi", "id": "", "reply_to": "",
             "kind": "message", "reactions": "❤ Zoë, + Ann"}),
        (2, {"talk": "Zoë", "time": "2020-01-17T20:49:00Z", "speaker": "Ann", "text": "schön 🥶", "id": "",
             "reply_to": "", "kind": "message", "reactions": ""}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "good"),
    [
        pytest.param(broken("naïve — 日本"), "naïve — 日本", id="broken"),
        pytest.param("naïve", "naïve", id="latin-1 that is no UTF-8"),
        pytest.param("日本", "日本", id="beyond latin-1"),
        pytest.param("Ann", "Ann", id="ASCII"),
        pytest.param(7, "", id="no text"),
    ],
)
def test_a_text_is_repaired_only_where_that_gives_text(text: Any, good: str) -> None:
    assert repaired(text) == good


def test_messages_that_are_in_order_stay_so(tmp_path: Path) -> None:
    rows, _ = rows_of(tmp_path, one(2, content="a"), one(1, content="b"), one(0, content="c"))
    assert said(rows, "text") == [(1, "a"), (2, "b"), (3, "c")]


@pytest.mark.parametrize("count", [pytest.param(0, id="none"), pytest.param(3, id="some")])
def test_a_store_gives_back_what_it_was_given(count: int) -> None:
    store = Turning()
    for i in range(count):
        store.add(Part("messages.item", one(i, content="x" * i), "k" * i))
    assert len(store) == count
    assert list(store.oldest_first()) == [(one(i, content="x" * i), "k" * i) for i in reversed(range(count))]
    store.close()


@pytest.mark.parametrize(
    ("message", "text", "kind"),
    [
        pytest.param({"photos": [{"uri": "a"}, {"uri": "b"}]}, "<image>\n<image>", "media", id="photos"),
        pytest.param({"photos": [{"uri": "a"}], "content": "Look"}, "Look", "message", id="photo with text"),
        pytest.param({"videos": [{"uri": "a"}]}, "<video>", "media", id="video"),
        pytest.param({"audio_files": [{"uri": "a"}]}, "<audio>", "media", id="voice"),
        pytest.param({"sticker": {"uri": "a"}}, "<sticker>", "media", id="sticker"),
        pytest.param({"files": [{"uri": "x/b.pdf"}]}, "<file: b.pdf>", "media", id="file"),
        pytest.param({"share": {"link": "https://x.org"}}, "<link: https://x.org>", "media", id="link"),
        pytest.param(
            {"share": {"link": "https://x.org"}, "content": "Ann sent an attachment."}, "<link: https://x.org>",
            "media",
            id="link with the note of the service",
        ),
        pytest.param({"is_unsent": True}, "", "deleted", id="taken back"),
    ],
)  # fmt: skip
def test_what_is_no_text_has_a_mark(tmp_path: Path, message: dict[str, Any], text: str, kind: str) -> None:
    rows, _ = rows_of(tmp_path, one(**{"content": None, **message}))
    assert said(rows, "text", "kind", "speaker") == [(1, text, kind, "Ann")]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        pytest.param({"type": "Call", "content": "Ann called you.", "call_duration": 7}, "Ann called you.", id="call"),
        pytest.param({"call_duration": 0, "content": None}, "call", id="call without words"),
        pytest.param({"type": "Subscribe", "content": "Ann added Bo."}, "Ann added Bo.", id="somebody comes"),
        pytest.param({"content": broken("Reacted ❤ to your message ")}, "Reacted ❤ to your message ", id="reaction"),
        pytest.param({"content": "Liked a message"}, "Liked a message", id="like"),
    ],
)
def test_what_the_service_says_is_spoken_by_nobody(tmp_path: Path, message: dict[str, Any], text: str) -> None:
    rows, _ = rows_of(tmp_path, one(**message))
    assert said(rows, "speaker", "text", "kind") == [(1, "", text, "system")]


def test_what_is_no_message_is_a_drop_with_its_place(tmp_path: Path) -> None:
    others = [7, {"role": "user"}, one(content=" "), one(content="", photos=[{}]), one()]
    content = '{"messages": [{"sender_name": "A", "content": "a", "content": "b"}, ' + json.dumps(others)[1:] + "}"
    rows, drops = read(Messenger(path="x", media="drop"), tmp_path, content, "message_1.json")
    assert said(rows, "text") == [(6, "Hi")]
    assert places(drops) == [
        ("duplicate key", "content", 1), ("not a message of Meta's exports", "", 2),
        ("not a message of Meta's exports", "", 3), ("nothing is said", "", 4), ("only an attachment", "", 5),
    ]  # fmt: skip


def test_an_end_to_end_encrypted_chat_is_read_too(tmp_path: Path) -> None:
    document = {
        "participants": ["Ann", "Zoë"], "threadName": "Zoë_12",
        "messages": [
            {"isUnsent": False, "media": [], "reactions": [], "senderName": "Zoë", "text": "schön", "timestamp": NEWEST,
             "type": "text"},
            {"isUnsent": False, "media": [{"uri": "./media/a.jpeg"}], "senderName": "Ann", "text": "",
             "timestamp": NEWEST - 1000, "type": "media"},
            {"isUnsent": True, "media": [], "senderName": "Ann", "text": "", "timestamp": NEWEST - 2000,
             "type": "unsent"},
        ],
    }  # fmt: skip
    raw = json.dumps(document, ensure_ascii=False)
    rows, drops = read(Messenger(path="x"), tmp_path, raw, "z.json")
    assert (drops, Messenger.recognise(raw.encode(), "z.json"), Instagram.recognise(raw.encode(), "z.json")) == (
        [],
        0.95,
        0,
    )
    assert said(rows, "talk", "time", "speaker", "text", "kind") == [
        (1, "Zoë_12", "2020-01-17T20:48:58Z", "Ann", "", "deleted"),
        (2, "Zoë_12", "2020-01-17T20:48:59Z", "Ann", "<image>", "media"),
        (3, "Zoë_12", "2020-01-17T20:49:00Z", "Zoë", "schön", "message"),
    ]


def test_a_talk_without_a_title_is_called_by_its_people(tmp_path: Path) -> None:
    rows, _ = read(Messenger(path="x"), tmp_path, json.dumps(chat(one(), title="")), "message_1.json")
    assert said(rows, "talk") == [(1, "Zoë, Ann")]


def test_a_real_export_is_read_whole(shared_data: Path) -> None:
    """Counted independently: the text `"timestamp_ms"` stands once in every message."""
    path = shared_data / "chat_instagram" / "test_export.json"
    rows, drops = read_file(Instagram(path="x"), path)
    assert (len(rows), drops) == (path.read_text(encoding="utf-8").count('"timestamp_ms"'), [])
    assert said(rows, "time", "speaker", "text") == [
        (1, "2019-12-24T11:23:00Z", "Jane Doe", "Hello John!"),
        (2, "2020-01-17T20:49:00Z", "John Doe", "Hello Jane!"),
    ]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(
            b'{"messages": []}',
            "no messages are in it; it needs the list 'messages'; ask for a download in the format JSON",
            id="no messages",
        ),
        pytest.param(
            b'{"messages": [{"sender_name": "Ann"}, {"sen',
            "the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
            id="cut off",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: bytes, text: str) -> None:
    with pytest.raises(DataError) as error:
        read(Instagram(path="x"), tmp_path, content, "message_1.json")
    assert str(error.value) == f"message_1.json: {text}"


def test_a_look_at_the_file_says_nothing_of_a_good_one(shared_data: Path) -> None:
    assert dict(Instagram.survey(Input(shared_data / "chat_instagram" / "test_export.json")).options) == {}
