"""`discourse`: topics as JSON, archives of users as CSV, quotes, notices; every post a row or a drop."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, Rows
from ftprep.archive import within
from ftprep.registry import Registry
from ftprep_discourse.reader import Discourse

pytestmark = pytest.mark.files
COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "username", "category", "staff", "accepted"]
HEAD = "topic_title,categories,is_pm,post_raw,post_cooked,like_count,reply_count,url,created_at\n"


def post(number: int, cooked: str = "<p>Hi</p>", **more: Any) -> dict[str, Any]:
    return {
        "id": 100 + number, "post_number": number, "topic_id": 7, "topic_slug": "cats", "username": "ann",
        "name": "Ann", "created_at": "2026-05-01T09:00:00.123Z", "cooked": cooked, "post_type": 1, "user_id": 3, **more,
    }  # fmt: skip


def topic(*posts: Any, title: str = "Cats") -> dict[str, Any]:
    return {"post_stream": {"posts": list(posts), "stream": [1, 2]}, "title": title, "id": 7, "category_id": 4}


def export(path: Path, value: Any, name: str = "7.json") -> Input:
    (path / name).write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return Input(path / name, name)


def read(source: Input, **options: Any) -> tuple[list[tuple[int, dict[str, Any]]], list[Drop]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    drops: list[Drop] = []
    for item in Discourse(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def text(path: Path, cooked: str, raw: str | None = None, **options: Any) -> tuple[str, str]:
    """The text and kind of a post."""
    more = {} if raw is None else {"raw": raw}
    rows, _ = read(export(path, topic(post(1, cooked, **more))), **options)
    return rows[0][1]["text"], rows[0][1]["kind"]


def test_a_post_becomes_a_row(tmp_path: Path):
    answer = post(2, "<p>So.</p>", username="bo", name="", reply_to_post_number=1, staff=True, accepted_answer=True)
    rows, drops = read(export(tmp_path, topic(post(1, "<p>Why?</p>\n<ul>\n<li>a</li>\n</ul>"), answer)))
    assert drops == []
    assert [list(row) for _, row in rows] == [COLUMNS] * 2
    time = "2026-05-01T09:00:00Z"
    assert [(number, *row.values()) for number, row in rows] == [
        (1, "Cats (7)", time, "Ann", "Why?\n\n- a", "101", "", "message", "ann", "4", "", ""),
        (2, "Cats (7)", time, "bo", "So.", "102", "101", "message", "bo", "4", "yes", "yes"),
    ]


def test_lists_of_topics_and_of_posts_are_read(tmp_path: Path):
    second = topic(post(1, topic_id=8, reply_to_post_number=2), title="Dogs")
    rows, _ = read(export(tmp_path, [topic(post(1), post(2)), second]))
    assert [(number, row["talk"], row["reply_to"]) for number, row in rows] == [
        (1, "Cats (7)", ""),
        (2, "Cats (7)", ""),
        (3, "Dogs (8)", ""),
    ]
    posts = [post(1, topic_title="Cats"), post(1, topic_title="Dogs", topic_id=8)]
    for value in (posts, {"latest_posts": posts}):
        rows, _ = read(export(tmp_path, value))
        assert [row["talk"] for _, row in rows] == ["Cats (7)", "Dogs (8)"]


QUOTE = '<aside class="quote"><div>bo:</div><blockquote><p>Old</p></blockquote></aside>'


@pytest.mark.parametrize(
    ("cooked", "options", "said"),
    [
        pytest.param(f"{QUOTE}\n<p>New</p>", {}, ("New", "message"), id="a quote"),
        pytest.param(f"<aside>{QUOTE}more</aside><p>New</p>{QUOTE}", {}, ("New", "message"), id="nested"),
        pytest.param(f"{QUOTE}<p>New</p>", {"quotes": "keep"}, ("bo:\nOld\n\nNew", "message"), id="kept"),
        pytest.param('<p>Hi <img class="emoji only" alt=":cat:"></p>', {}, ("Hi :cat:", "message"), id="an emoji"),
        pytest.param('<p><img src="a.png"></p>', {}, ("<image>", "media"), id="an image"),
        pytest.param(
            '<p><aside class="onebox a" data-onebox-src="https://x.example/a"><b>A page</b></aside></p>',
            {}, ("<link: https://x.example/a>", "media"), id="a link",
        ),
        pytest.param(
            '<p>See<a class="lightbox"><img><div class="meta"><span>cat.png</span><span>9 KB</span></div></a></p>',
            {}, ("See", "message"), id="about an image",
        ),
        pytest.param("<p>A</aside> b</p>", {}, ("A b", "message"), id="an end without a beginning"),
        pytest.param('<aside class="quote">A', {}, ("A", "message"), id="a beginning without an end"),
    ],
)  # fmt: skip
def test_html_becomes_what_its_author_said(tmp_path: Path, cooked: str, options: dict[str, Any], said: tuple[str, str]):
    assert text(tmp_path, cooked, **options) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ('[quote="bo, post:1, topic:7"]\nOld [quote]older[/quote]\n[/quote]\n\n**New**', ("**New**", "message")),
        ("![cat|690x388](upload://a.png)", ("<image>", "media")), ("![a|video](upload://a.mp4)", ("<video>", "media")),
        ("[list.pdf|attachment](upload://b.pdf) (9 KB)", ("<file: list.pdf>", "media")),
        ("See ![cat](a.png)", ("See ![cat](a.png)", "message")),
    ],
    ids=["quotes", "an image", "a video", "a file", "an image in a text"],
)  # fmt: skip
def test_markdown_is_as_its_author_wrote_it(tmp_path: Path, raw: str, said: tuple[str, str]):
    assert text(tmp_path, "<p>HTML</p>", raw, text="markdown") == said


def test_the_other_text_is_taken_where_one_is_missing(tmp_path: Path):
    assert text(tmp_path, "", "*Hi*") == ("*Hi*", "message")
    assert text(tmp_path, "<p><i>Hi</i></p>", "*Hi*") == ("Hi", "message")
    assert text(tmp_path, "<p>Hi</p>", text="markdown") == ("Hi", "message")


@pytest.mark.parametrize(
    ("more", "row"),
    [
        ({"post_type": 3, "action_code": "closed.enabled", "cooked": ""}, ("", "ann: closed enabled", "system")),
        ({"post_type": 4}, ("", "Hi", "system")), ({"user_id": -1, "name": "system"}, ("", "Hi", "system")),
        ({"user_deleted": True}, ("Ann", "", "deleted")), ({"deleted_at": "2026-05-01"}, ("Ann", "", "deleted")),
        ({"hidden": True}, ("Ann", "", "deleted")), ({"post_type": 2}, ("Ann", "Hi", "message")),
    ],
    ids=["a notice", "a whisper", "the system", "by its author", "by the staff", "hidden", "a moderator"],
)  # fmt: skip
def test_a_post_is_of_its_kind(tmp_path: Path, more: dict[str, Any], row: tuple[str, str, str]):
    rows, _ = read(export(tmp_path, topic(post(1, **{"cooked": "<p>Hi</p>", **more}))))
    assert [(row["speaker"], row["text"], row["kind"]) for _, row in rows] == [row]


def test_what_says_nothing_is_a_drop(tmp_path: Path):
    posts = [post(1), post(2, ""), post(3, "<img>"), 7, {"id": 4}, post(5, QUOTE)]
    rows, drops = read(export(tmp_path, topic(*posts)), media="drop")
    assert len(rows) == 1
    assert [(drop.reason, str(drop.source)) for drop in drops] == [
        ("nothing is said", "7.json:2"),
        ("only an attachment", "7.json:3"),
        ("not a post of Discourse", "7.json:4"),
        ("not a post of Discourse", "7.json:5"),
        ("nothing is said", "7.json:6"),
    ]


def test_the_archive_of_a_user_is_read(tmp_path: Path):
    table = (
        HEAD
        + 'Cats,Pets|Cats,No,"**Hi**,\nall","<p><b>Hi</b>,<br>\nall</p>",2,1,'
        + "https://f.example/t/cats/7/2,2026-05-01 09:00:00 UTC\n"
        + "Dogs,-,No,So.,,0,0,,\nbroken,row\n"
    )
    source = export(tmp_path, table.encode(), "user_archive.csv")
    rows, drops = read(source)
    assert [(number, *row.values()) for number, row in rows] == [
        (2, "Cats (7)", "2026-05-01T09:00:00Z", "me", "Hi,\nall", "7/2", "", "message", "", "Pets|Cats", "", ""),
        (5, "Dogs", "", "me", "So.", "", "", "message", "", "-", "", ""),
    ]
    assert [(drop.reason, drop.detail, str(drop.source)) for drop in drops] == [
        ("wrong number of cells", "2 for 9 columns", "user_archive.csv:6")
    ]
    rows, _ = read(source, text="markdown", me="Ann")
    assert [(row["speaker"], row["text"]) for _, row in rows] == [("Ann", "**Hi**,\nall"), ("Ann", "So.")]


def test_a_zip_is_read_in_place(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a/user_archive.csv", HEAD + "Cats,-,No,So.,,0,0,,\n")
        archive.writestr("a/likes.csv", "id,post_id\n1,2\n")
    members = within(Input(tmp_path / "a.zip", "a.zip"), Discourse.inside or "")
    assert [(member.name, len(read(member)[0])) for member in members] == [("a.zip/a/user_archive.csv", 1)]


def test_the_posts_of_a_long_list_are_as_many_as_were_written(tmp_path: Path):
    # Counted by a key that each post has once.
    source = export(tmp_path, topic(*(post(n) for n in range(1, 2501))))
    rows, drops = read(source)
    assert (len(rows), drops) == (source.path.read_bytes().count(b'"post_number"'), [])


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        pytest.param(
            b'{"posts": []}',
            "7.json",
            "7.json: no posts of Discourse are in it; it needs the posts of a topic ('post_stream'), or a table with "
            "'topic_title' and 'post_raw'",
            id="other JSON",
        ),
        pytest.param(
            json.dumps(topic(post(1))).encode()[:-60],
            "7.json",
            "7.json: the JSON is damaged or ends too early, after 0 values; check that it is the right file",
            id="truncated",
        ),
        pytest.param(
            f'{HEAD}"a'.encode(),
            "a.csv",
            "a.csv:2: the table is damaged: unexpected end of data; export it again, or read it with 'csv:'",
            id="a quote that never closes",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: bytes, name: str, message: str):
    with pytest.raises(DataError) as caught:
        read(export(tmp_path, content, name))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "own", [json.dumps(topic(post(1))).encode(), HEAD.encode(), b"[" + json.dumps(post(1)).encode() + b"]"],
    ids=["a topic", "a table", "a list"],
)  # fmt: skip
def test_it_knows_its_own_files(own: bytes):
    sure = Discourse.recognise(own, "a")
    assert sure >= 0.9
    others = {reader.name: reader.cls.recognise(own, "a") for reader in Registry.installed(block="").all("reader")}
    assert max(found for name, found in others.items() if name != "discourse") < sure


@pytest.mark.parametrize(
    "other",
    [b'{"cooked": "rice"}', b"title,text\n", b"topic_title,label\n", b'{"messages": [{"role": "user"}]}', b""],
    ids=["cooking", "a table", "topics without posts", "training data", "nothing"],
)
def test_it_does_not_know_others(other: bytes):
    assert Discourse.recognise(other, "a.json") == 0.0
