"""`discord`: the JSON and the CSV of DiscordChatExporter; mentions, replies, attachments, system lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chats import places, read, read_file, said

from ftprep import DataError, Input
from ftprep_discord.reader import Discord

pytestmark = pytest.mark.files
ANN = {"id": "1", "name": "ann", "discriminator": "0000", "nickname": "Ann", "isBot": False}
BOT = {"id": "2", "name": "Helper", "nickname": None, "isBot": True}
HEAD = "AuthorID,Author,Date,Content,Attachments,Reactions\r\n"


def one(**more: Any) -> dict[str, Any]:
    """A message, as the exporter writes it."""
    base = {"id": "9", "type": "Default", "timestamp": "2023-01-06T16:11:26.414+00:00", "timestampEdited": None}
    return base | {"content": "Hi", "author": ANN, "attachments": [], "embeds": [], "mentions": [], **more}


def rows_of(folder: Path, *messages: Any, **options: Any) -> tuple[list[tuple[int, Any]], list[Any]]:
    channel = {"guild": {"id": "3", "name": "Tea"}, "channel": {"id": "4", "name": "green"}, "messages": list(messages)}
    return read(Discord(path="x", **options), folder, json.dumps(channel), "Tea - green [4].json")


def test_a_message_has_all_that_the_export_says_of_it(tmp_path: Path) -> None:
    rows, drops = rows_of(
        tmp_path,
        one(
            type="Reply", author=BOT, timestampEdited="2023-01-06T17:11:26+01:00", reference={"messageId": "8"},
            content="<@1> and <@!77> <a:wave:123> ok", mentions=[ANN],
        ),
    )  # fmt: skip
    assert drops == []
    assert rows == [(1, {
        "talk": "green", "time": "2023-01-06T16:11:26+00:00", "speaker": "Helper", "text": "@Ann and @77 :wave: ok",
        "id": "9", "reply_to": "8", "kind": "message", "edited": "2023-01-06T17:11:26+01:00", "bot": "yes",
        "guild": "Tea",
    })]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "text", "kind"),
    [
        pytest.param({"attachments": [{"fileName": "a.PNG"}, {"fileName": "b.pdf"}]}, "<image>\n<file: b.pdf>", "media",
                     id="files"),
        pytest.param({"attachments": [{"fileName": "a.png"}], "content": "Look"}, "Look", "message", id="with text"),
        pytest.param({"stickers": [{"name": "x"}]}, "<sticker>", "media", id="sticker"),
        pytest.param({"embeds": [{"url": "https://x.org"}]}, "<link: https://x.org>", "media", id="link"),
        pytest.param(
            {"embeds": [{"title": "T", "description": "D", "fields": [{"name": "n", "value": "v"}]}]}, "T\nD\nn: v",
            "message", id="what a bot says in an embed"),
        pytest.param({"forwardedMessage": {"content": "Old"}}, "Old", "message", id="forwarded"),
        pytest.param({"forwardedMessage": {"attachments": [{"fileName": "a.mp3"}]}}, "<audio>", "media",
                     id="forwarded file"),
    ],
)  # fmt: skip
def test_where_nothing_is_written_the_rest_speaks(
    tmp_path: Path, message: dict[str, Any], text: str, kind: str
) -> None:
    rows, _ = rows_of(tmp_path, one(**{"content": "", **message}))
    assert said(rows, "text", "kind", "speaker") == [(1, text, kind, "Ann")]


@pytest.mark.parametrize(
    ("sort", "content", "text"),
    [
        pytest.param("GuildMemberJoin", "Joined the server.", "Ann joined the server.", id="join"),
        pytest.param("ChannelPinnedMessage", "Pinned a message.", "Ann pinned a message.", id="pin"),
        pytest.param("Call", "", "Ann call", id="without words"),
        pytest.param("46", "", "Ann 46", id="a type without a name"),
    ],
)
def test_system_messages_are_spoken_by_nobody(tmp_path: Path, sort: str, content: str, text: str) -> None:
    rows, _ = rows_of(tmp_path, one(type=sort, content=content, reference={"messageId": "8"}))
    assert said(rows, "speaker", "text", "kind", "reply_to") == [(1, "", text, "system", "")]


def test_what_is_no_message_is_a_drop_with_its_place(tmp_path: Path) -> None:
    rows, drops = rows_of(
        tmp_path, 7, {"content": "no author"}, one(content=" "), one(content="", stickers=[{}]), one(), media="drop"
    )
    assert said(rows, "text") == [(5, "Hi")]
    assert places(drops) == [
        ("not a message of Discord", "", 1), ("not a message of Discord", "", 2), ("nothing is said", "", 3),
        ("only an attachment", "", 4),
    ]  # fmt: skip


def test_a_table_is_read_with_its_lines_and_the_channel_of_its_name(tmp_path: Path) -> None:
    table = HEAD + (
        '"1","Ann#1234","2023-01-06T16:11:26.4140000+00:00","Hi\r\nthere","",""\r\n'
        '"2","Bob#0000","06-Jan-23 04:11 PM","","https://x.org/a/b.png?ex=1,https://x.org/c.pdf","👍 (1)"\r\n'
        '"2","Bob","1/6/2023 4:11 PM","Joined the server.","",""\r\n'
        '"2","Bob","6. Jänner","","",""\r\n'
        '"2","Bob"\r\n'
        '"2","Bob","6. Jänner","So","",""'
    )
    name = "Tea - Text Channels - green-tea [1012224565567721552].csv"
    rows, drops = read(Discord(path="x"), tmp_path, "\ufeff" + table, name)
    assert said(rows, "talk", "time", "speaker", "text", "kind") == [
        (2, "green-tea", "2023-01-06T16:11:26+00:00", "Ann", "Hi\r\nthere", "message"),
        (4, "green-tea", "2023-01-06T16:11:00", "Bob", "<image>\n<file: c.pdf>", "media"),
        (5, "green-tea", "2023-01-06T16:11:00", "", "Bob joined the server.", "system"),
        (8, "green-tea", "", "Bob", "So", "message"),
    ]
    assert places(drops) == [("nothing is said", "", 6), ("wrong number of cells", "2 cells for 6 columns", 7)]


@pytest.mark.parametrize(("name", "count"), [("chill_talk.json", 6), ("general.json", 1)])
def test_real_exports_are_read_whole(shared_data: Path, name: str, count: int) -> None:
    """Counted independently: the text `"timestampEdited"` stands once in every message."""
    path = shared_data / "chat_discord" / name
    rows, drops = read_file(Discord(path="x"), path)
    assert len(rows) == path.read_text(encoding="utf-8").count('"timestampEdited"') == count
    assert drops == []
    assert {row["talk"] for _, row in rows} == {name.removesuffix(".json").replace("_", " ")}


def test_a_real_reply_names_what_it_answers(shared_data: Path) -> None:
    rows, _ = read_file(Discord(path="x"), shared_data / "chat_discord" / "chill_talk.json")
    assert said(rows, "speaker", "text", "reply_to")[3] == (
        4, "Thomas", "@Adam delete this please", "1060954094627463098"
    )  # fmt: skip
    assert rows[0][1]["text"] == "It's a little cold in here 🥶"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(
            '{"messages": []}',
            "x.json: no messages of Discord are in it; it needs the list 'messages'; export as JSON or CSV",
            id="no messages",
        ),
        pytest.param(
            "a,b\n1,2\n",
            "x.json: the JSON is damaged or ends too early, after 0 values; check that it is the right file",
            id="another table",
        ),
        pytest.param(
            HEAD + '1,Ann,,"' + "x" * 200_000 + '",,\r\n',
            "x.json:1: not readable as CSV: a message is longer than 100,000 characters; export it again",
            id="a cell without an end",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: str, text: str) -> None:
    with pytest.raises(DataError) as error:
        read(Discord(path="x"), tmp_path, content, "x.json")
    assert str(error.value) == text


def test_a_look_at_the_file_says_nothing_of_a_good_one(shared_data: Path) -> None:
    assert dict(Discord.survey(Input(shared_data / "chat_discord" / "general.json")).options) == {}
