"""`slack`: folders and zips of a workspace; people, channels and markup resolved; every message a row or a drop."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, Rows, api
from ftprep.archive import within
from ftprep.doctor.data import opened
from ftprep.registry import Registry
from ftprep_slack.reader import Slack

pytestmark = pytest.mark.files
REAL = Path(__file__).parents[3] / "shared/data/chat_slack/export"
DAY = "2024-05-01.json"
COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "edited", "bot"]

USERS: list[dict[str, Any]] = [
    {"id": "U1", "name": "ann.w", "real_name": "Ann Wood", "profile": {"display_name": "Ann", "real_name": "Ann W."}},
    {"id": "U2", "name": "bob", "profile": {"display_name": " ", "real_name": "Bob Stone"}},
    {"id": "U3", "name": "cleo"},
]
CHANNELS = [{"id": "C1", "name": "general"}, {"id": "C2", "name": "help"}]


def export(folder: Path, messages: Any, channel: str = "general", **lists: Any) -> Input:
    """A folder with one day of one channel."""
    for name, content in {"users": USERS, "channels": CHANNELS, **lists}.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8", newline="\n")
    (folder / channel).mkdir(exist_ok=True)
    path = folder / channel / DAY
    path.write_bytes(messages if isinstance(messages, bytes) else json.dumps(messages).encode())
    return Input(path, f"{channel}/{DAY}")


def zipped(path: Path, files: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return path


def read(source: Input, **options: Any) -> tuple[list[tuple[int, dict[str, Any]]], list[Drop]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    drops: list[Drop] = []
    for item in Slack(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": text, "ts": "1714550400.000100", **more}


def test_a_message_becomes_a_row(tmp_path: Path):
    messages = [
        said("Hi", edited={"user": "U1", "ts": "1714550460.000000"}, thread_ts="1714550400.000100"),
        said("Hello", user="U2", ts="1714550401.000200", thread_ts="1714550400.000100"),
        said("From a bot", user=None, subtype="bot_message", bot_id="B1", username="deploy"),
    ]
    rows, drops = read(export(tmp_path, messages))
    assert drops == []
    assert [list(row) for _, row in rows] == [COLUMNS] * 3
    assert [(number, *row.values()) for number, row in rows] == [
        (1, "general", "2024-05-01T08:00:00.000100Z", "Ann", "Hi", "1714550400.000100", "", "message",
         "2024-05-01T08:01:00.000000Z", ""),
        (2, "general", "2024-05-01T08:00:01.000200Z", "Bob Stone", "Hello", "1714550401.000200", "1714550400.000100",
         "message", "", ""),
        (3, "general", "2024-05-01T08:00:00.000100Z", "deploy", "From a bot", "1714550400.000100", "", "message", "",
         "yes"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("<@U1> and <@U2>: look", "@Ann and @Bob Stone: look", id="people"),
        pytest.param("<@U9|zoe> <@U9>", "@zoe @U9", id="people_who_are_not_listed"),
        pytest.param("<#C1|general> <#C2> <#C9>", "#general #help #C9", id="channels"),
        pytest.param("<!here> <!channel> <!subteam^S1|@devs>", "@here @channel @devs", id="groups"),
        pytest.param("<!date^1392734382^{date}|18 Feb>", "18 Feb", id="a_date"),
        pytest.param("<http://x.org|label> <http://x.org?a&amp;b>", "label http://x.org?a&b", id="links"),
        pytest.param("<mailto:a@x.org|a@x.org> <mailto:b@x.org>", "a@x.org b@x.org", id="mail"),
        pytest.param("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt;", "1 < 2 && 3 > 2, &lt;", id="entities"),
        pytest.param("`a` *b*\nc", "`a` *b*\nc", id="as_typed"),
        pytest.param("a < b", "a < b", id="no_markup"),
    ],
)
def test_the_text_is_what_people_saw(tmp_path: Path, typed: str, shown: str):
    ((_, row),), _ = read(export(tmp_path, [said(typed)]))
    assert row["text"] == shown


IMAGE = {"name": "cat.png", "mimetype": "image/png"}
KINDS: dict[str, tuple[dict[str, Any], tuple[str, str, str]]] = {
    "join": (said("<@U2> has joined the channel", subtype="channel_join"),
        ("system", "", "@Bob Stone has joined the channel")),
    "topic": (said("set the topic", subtype="channel_topic"), ("system", "", "set the topic")),
    "deleted": (said("This message was deleted.", subtype="tombstone", user="U3"),
        ("deleted", "cleo", "This message was deleted.")),
    "image": (said("", files=[IMAGE]), ("media", "Ann", "<image>")),
    "files": (said("", files=[{"name": "a.pdf", "mimetype": "application/pdf"}, {"mode": "tombstone"}]),
        ("media", "Ann", "<file: a.pdf>\n<file>")),
    "image_with_a_text": (said("Look", files=[IMAGE]), ("message", "Ann", "Look")),
    "old_upload": (said("<@U1> uploaded a file: <http://x|cat>", subtype="file_share", file=IMAGE),
        ("media", "Ann", "<image>")),
    "old_upload_with_comment": (
        said("<@U1> uploaded a file: <http://x|cat> and commented: Mine", subtype="file_share",
             file={**IMAGE, "initial_comment": {"comment": "Mine"}}),
        ("message", "Ann", "Mine"),
    ),
    "old_comment": (
        said("<@U2> commented on <@U1>’s file <http://x|cat>: Nice", subtype="file_comment", user=None,
             file=IMAGE, comment={"user": "U2", "comment": "Nice"}),
        ("message", "Bob Stone", "Nice"),
    ),
    "bots_attachment": (
        said("", user=None, subtype="bot_message", bot_id="B1",
             attachments=[{"pretext": "1 commit", "text": "<http://x|f00>: Fix", "fallback": "no"}, {"fallback": "2"}]),
        ("message", "B1", "1 commit\nf00: Fix\n2"),
    ),
    "blocks": (
        said("", blocks=[
            {"type": "header", "text": {"type": "plain_text", "text": "Lunch"}},
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                {"type": "text", "text": "Ask "}, {"type": "user", "user_id": "U1"},
                {"type": "emoji", "name": "pizza"}]}]},
        ]),
        ("message", "Ann", "Lunch\nAsk @Ann:pizza:"),
    ),
    "profile_of_a_guest": (said("Hi", user="U8", user_profile={"display_name": "Zoe"}), ("message", "Zoe", "Hi")),
    "broadcast": (said("All", subtype="thread_broadcast"), ("message", "Ann", "All")),
}  # fmt: skip


@pytest.mark.parametrize("case", KINDS)
def test_each_message_has_its_kind_its_speaker_and_a_text(tmp_path: Path, case: str):
    message, found = KINDS[case]
    ((_, row),), drops = read(export(tmp_path, [message]))
    assert ((row["kind"], row["speaker"], row["text"]), drops) == (found, [])


def test_what_is_no_message_or_says_nothing_is_a_drop_with_its_place(tmp_path: Path):
    messages = [said("Hi"), said(" "), said("", files=[IMAGE]), 7, {"a": 1}]
    rows, drops = read(export(tmp_path, messages), media="drop")
    assert [number for number, _ in rows] == [1]
    assert [(drop.reason, str(drop.source)) for drop in drops] == [
        ("an empty message", f"general/{DAY}:2"),
        ("only media", f"general/{DAY}:3"),
        ("not a message", f"general/{DAY}:4"),
        ("not a message", f"general/{DAY}:5"),
    ]


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        pytest.param("1714550400", "2024-05-01T08:00:00Z", id="seconds"),
        pytest.param("1714550400.5", "2024-05-01T08:00:00.500000Z", id="a_part"),
        pytest.param(1714550400, "2024-05-01T08:00:00Z", id="a_number"),
        pytest.param("99999999999999", "", id="too_large"),
        pytest.param("soon", "", id="no_number"),
        pytest.param(None, "", id="none"),
    ],
)
def test_the_time_is_that_of_the_stamp(tmp_path: Path, stamp: object, time: str):
    ((_, row),), _ = read(export(tmp_path, [said("Hi", ts=stamp)]))
    assert row["time"] == time


def test_a_direct_conversation_is_called_by_who_is_in_it(tmp_path: Path):
    ((_, row),), _ = read(export(tmp_path, [said("Hi")], "D1", dms=[{"id": "D1", "members": ["U1", "U2"]}]))
    assert row["talk"] == "Ann, Bob Stone"


def test_without_lists_people_and_channels_are_ids(tmp_path: Path):
    path = tmp_path / "general" / DAY
    path.parent.mkdir()
    path.write_text(json.dumps([said("<@U1> <#C1>")]), encoding="utf-8", newline="\n")
    ((_, row),), _ = read(Input(path))
    assert (row["speaker"], row["text"]) == ("U1", "@U1 #C1")


FILES = {
    "My workspace/users.json": USERS,
    "My workspace/channels.json": CHANNELS,
    "My workspace/integration_logs.json": [],
    f"My workspace/general/{DAY}": [said("Hi"), said("")],
    "My workspace/help/2024-04-30.json": [said("<@U2>?", ts="1714464000.000001")],
}
MADE = {
    "version": 1, "name": "s", "transform": [{"chat": {"user": "{speaker}: {text}", "assistant": "{talk}"}}],
    "write": ["openai_chat"],
}  # fmt: skip


@pytest.mark.parametrize("way", ["folder", "zip", "zip_without_a_reader"])
def test_a_recipe_reads_a_zip_or_a_folder_in_place(tmp_path: Path, way: str):
    path = zipped(tmp_path / "export.zip", FILES)
    if way == "folder":
        path = tmp_path / "export"
        with zipfile.ZipFile(tmp_path / "export.zip") as archive:
            archive.extractall(path)
    run = api.run(
        {**MADE, "read": str(path) if way == "zip_without_a_reader" else {"slack": str(path)}}, out=tmp_path / "out"
    )
    assert run.counts["steps"][0]["dropped"] == {"an empty message": 1}
    text = run.files["openai_chat"]["train"].read_text(encoding="utf-8")
    assert "Ann: Hi" in text and "Ann: @Bob Stone?" in text


def test_init_knows_an_export(tmp_path: Path):
    data = opened(zipped(tmp_path / "export.zip", FILES), Registry.installed())
    assert data.reader is not None and data.reader.name == "slack"
    assert [row["text"] for row in data.rows] == ["Hi", "@Bob Stone?"]
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        archive.extractall(tmp_path / "export")
    assert opened(tmp_path / "export", Registry.installed()).rows == data.rows


WHOLE = "name the export's folder, its zip, or a day of a channel in it"
HOSTILE: dict[str, tuple[Any, str]] = {
    "an_object": ({"ok": False}, f"no list of Slack messages; {WHOLE}"),
    "empty": (b"", "there is nothing in it; export it again, or fetch the whole file"),
    "cut_off": (
        json.dumps([said("a"), said("b")]).encode()[:-20],
        "the JSON is damaged or ends too early, after 1 values; export it again, or fetch the whole file",
    ),
    "a_picture": (b"\x89PNG", f"no list of Slack messages; {WHOLE}"),
    "deep": (b"[" * 100_000, "a value is nested more than 100 levels deep; no export is like that; check the file"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_day_that_is_none_is_refused_in_one_line(tmp_path: Path, case: str):
    content, message = HOSTILE[case]
    with pytest.raises(DataError) as caught:
        read(export(tmp_path, content))
    text = str(caught.value)
    assert text == f"general/{DAY}: {message}"


def test_a_broken_list_of_people_is_named(tmp_path: Path):
    source = export(tmp_path, [said("a")])
    (tmp_path / "users.json").write_bytes(b'[{"id": "U1"')
    with pytest.raises(DataError) as caught:
        read(source)
    assert str(caught.value) == (
        "users.json: the JSON is damaged or ends too early, after 0 values; check that it is the right file"
    )


def test_recognise_is_sure_of_a_day_and_of_nothing_else():
    day = json.dumps([said("Hi")]).encode()
    assert Slack.recognise(day, DAY) == 0.95
    assert Slack.recognise(json.dumps(USERS).encode(), "users.json") == 0
    assert Slack.recognise(b'{"messages": [{"type": "message", "ts": "1714550400.000100"}]}', "result.json") == 0
    assert Slack.recognise(b"", "") == 0


@pytest.mark.skipif(not REAL.is_dir(), reason="the real export is not here")
def test_the_real_export_is_read_whole_from_the_folder_and_from_a_zip(tmp_path: Path):
    """Counted apart from the reader: the items that the README of the data gives for each file (6, 6, 2, 20, 9, 12, 10,
    18, 19 and 5, 3, 14, 9, 14, 8, 2, 1); `grep -h '"subtype"' */*.json | sort | uniq -c` gives 8 channel_join and
    3 bot_add (system), 94 bot_message, 3 file_share (only a file) and 1 file_comment."""
    files = {path.relative_to(REAL).as_posix(): path.read_bytes() for path in sorted(REAL.rglob("*.json"))}
    stamps = sum(len(json.loads(raw)) for name, raw in files.items() if "/" in name)
    archive = Input(zipped(tmp_path / "export.zip", files), "export.zip")
    members = within(archive, Slack.inside or "")
    folder = [Input(REAL / member.name.removeprefix("export.zip/"), member.name) for member in members]
    rows = [row for member in members for row in read(member)[0]]
    assert rows == [row for day in folder for row in read(day)[0]]
    assert [drop for member in members for drop in read(member)[1]] == []
    assert len(rows) == stamps == 158
    assert Counter(row["kind"] for _, row in rows) == {"message": 144, "system": 11, "media": 3}
    assert Counter(row["talk"] for _, row in rows) == {"enrique": 102, "traveling-sailor": 56}
    assert sum(row["bot"] == "yes" for _, row in rows) == 94 + 3
    assert {row["speaker"] for _, row in rows if row["kind"] != "system"} >= {"abilinski", "doubledeez"}
    assert not [row["text"] for _, row in rows if "<@U" in row["text"] or "&lt;" in row["text"]]
