"""`signal`: what signal-export writes: an object a line, Markdown, or the plain text of its older versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from chats import places, read, read_file, said

from ftprep import DataError, Input
from ftprep_signal.messages import LONGEST
from ftprep_signal.reader import Signal

pytestmark = pytest.mark.files


def one(**more: Any) -> str:
    """A line of `data.json`."""
    base = {"date": "2024-05-01T18:03:22.120000", "sender": "Ann", "body": "Hi", "quote": "", "sticker": None}
    return json.dumps(base | {"reactions": [], "attachments": [], **more}) + "\n"


def test_an_object_has_all_that_the_export_says_of_it(tmp_path: Path) -> None:
    (tmp_path / "Tea friends").mkdir()
    line = one(
        body="Yes\nI am", quote="\n\n> Are you\n> there?\n\n", reactions=[["Bo", "👍"], {"name": "C", "emoji": "❤"}]
    )
    rows, drops = read(Signal(path="x"), tmp_path, line, "Tea friends/data.json")
    assert drops == []
    assert rows == [(1, {
        "talk": "Tea friends", "time": "2024-05-01T18:03:22", "speaker": "Ann", "text": "Yes\nI am", "id": "",
        "reply_to": "", "kind": "message", "quote": "Are you\nthere?", "reactions": "Bo: 👍, C: ❤",
    })]  # fmt: skip


@pytest.mark.parametrize(
    ("message", "row"),
    [
        pytest.param({"attachments": [{"name": "a.JPG", "path": "m/1.JPG"}, {"name": "b c.pdf", "path": "m/2.pdf"}]},
                     ("Ann", "<image>\n<file: b c.pdf>", "media"), id="files"),
        pytest.param({"sticker": {"emoji": "x"}}, ("Ann", "<sticker>", "media"), id="sticker"),
        pytest.param({"deleted": True}, ("Ann", "", "deleted"), id="deleted"),
        pytest.param({"call": True}, ("", "<call>", "system"), id="call"),
        pytest.param({"sender": "No-Sender", "body": "Safety number changed"}, ("", "Safety number changed", "system"),
                     id="nobody"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told_by_its_kind(tmp_path: Path, message: dict[str, Any], row: tuple[str, ...]) -> None:
    rows, _ = read(Signal(path="x"), tmp_path, one(**{"body": "", **message}), "data.json")
    assert said(rows, "speaker", "text", "kind") == [(1, *row)]


def test_a_line_that_is_no_message_is_a_drop(tmp_path: Path) -> None:
    content = one() + "\n{no json}\n[1]\n" + one(body=" ") + one(body="", sticker={"emoji": "x"}) + '{"date": "2024'
    rows, drops = read(Signal(path="x", media="drop"), tmp_path, "\ufeff" + content, "data.json")
    assert said(rows, "text") == [(1, "Hi")]
    assert places(drops) == [
        ("not a message of Signal", "", 3), ("not a message of Signal", "", 4), ("nothing is said", "", 5),
        ("only an attachment", "", 6), ("not a message of Signal", "", 7),
    ]  # fmt: skip


MARKDOWN = """Exported by me

[2024-05-01 18:03:22] Ann: Hi: there

[1] is a list
[2024-13-01 18:03:22] Ann: is no date
(- Bo: 👍 -)
[2024-05-01 18:04:00] Bo: \n
> Hi: there

Yes
[2024-05-01 18:05:00] Ann: ![a.png](./media/a.png)  [b.pdf](./media/b.pdf)  \n
[2024-05-01 18:06:00] Ann: (This message was deleted)
[2024-05-01 18:07:00] Ann: \n(( 🐱 ))
[2024-05-01 18:08:00] Bo: see [it](https://x.org)
"""


@pytest.mark.parametrize("end", [pytest.param("\n", id="LF"), pytest.param("\r\n", id="CRLF")])
def test_markdown_is_read_message_by_message(tmp_path: Path, end: str) -> None:
    rows, drops = read(Signal(path="x"), tmp_path, MARKDOWN.replace("\n", end), "x.md")
    assert said(rows, "time", "speaker", "text", "kind", "quote", "reactions") == [
        (3, "2024-05-01T18:03:22", "Ann", "Hi: there\n\n[1] is a list\n[2024-13-01 18:03:22] Ann: is no date",
         "message", "", "Bo: 👍"),
        (8, "2024-05-01T18:04:00", "Bo", "Yes", "message", "Hi: there", ""),
        (13, "2024-05-01T18:05:00", "Ann", "<image>\n<file: b.pdf>", "media", "", ""),
        (15, "2024-05-01T18:06:00", "Ann", "", "deleted", "", ""),
        (16, "2024-05-01T18:07:00", "Ann", "<sticker>", "media", "", ""),
        (18, "2024-05-01T18:08:00", "Bo", "see [it](https://x.org)", "message", "", ""),
    ]  # fmt: skip
    assert places(drops) == [("belongs to no message", "", 1)]


def test_a_message_without_an_end_is_cut_where_no_message_of_signal_is_as_long(tmp_path: Path) -> None:
    line = "x" * 1023 + "\n"
    rows, drops = read(Signal(path="x"), tmp_path, "[2024-05-01 18:03:22] Ann: Hi\n" + line * 3000, "chat.md")
    assert len(rows) == 1
    assert len(rows[0][1]["text"]) <= LONGEST + 2000
    assert [drop.reason for drop in drops] == ["belongs to no message"] * 2


def test_a_real_export_is_read_whole(shared_data: Path) -> None:
    """Counted independently: lines that begin with `[20`; the others go on with the message above."""
    path = shared_data / "chat_signal" / "test_export.txt"
    rows, drops = read_file(Signal(path="x"), path)
    assert len(rows) == sum(line.startswith("[20") for line in path.read_text(encoding="utf-8").splitlines()) == 2
    assert drops == []
    assert said(rows, "time", "speaker", "text") == [
        (1, "2019-12-24T12:23:00", "Jane Doe", "Hello John!"),
        (2, "2020-01-17T21:49:00", "John Doe", "Hello\nJane!"),
    ]


NONE = (
    "no messages of Signal are in it; a message is '[2024-05-01 18:03:22] Name: text', or an object a line with date, "
    "sender and body"
)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param("", f"chat.md: {NONE}", id="empty"),
        pytest.param("Ann: Hi\n", f"chat.md: {NONE}", id="another text"),
        pytest.param('{"a": 1}\n', f"chat.md: {NONE}", id="other objects"),
        pytest.param("[" * 50_000, f"chat.md: {NONE}", id="deep"),
        pytest.param(
            "Hi\n" + "x" * (100 << 20),
            "chat.md:2: a line has more than 33,554,432 characters; it is no export of Signal",
            id="100 MB in a line",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: str, text: str) -> None:
    with pytest.raises(DataError) as error:
        read(Signal(path="x"), tmp_path, content, "chat.md")
    assert str(error.value) == text


def test_a_look_at_the_file_says_nothing_of_a_good_one(shared_data: Path) -> None:
    assert dict(Signal.survey(Input(shared_data / "chat_signal" / "test_export.txt")).options) == {}
