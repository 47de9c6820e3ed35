"""`irc`: the logs of many programs, nicks that change, encodings that mix, and files that are no log."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ftprep import DataError, Drop, Finding, Input, Rows
from ftprep_irc.log import channel_of
from ftprep_irc.reader import Irc
from ftprep_whatsapp.reader import Whatsapp

pytestmark = pytest.mark.files
REAL = Path(__file__).parents[3] / "shared" / "data" / "chat_irc"


def items(source: Input, **options: Any) -> tuple[list[tuple[int, Any]], list[Drop], list[Finding]]:
    """Rows with their numbers, drops and findings."""
    rows: list[tuple[int, Any]] = []
    drops: list[Drop] = []
    findings: list[Finding] = []
    for item in Irc(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        elif isinstance(item, Drop):
            drops.append(item)
        elif isinstance(item, Finding):
            findings.append(item)
    return rows, drops, findings


def read(folder: Path, content: str | bytes, name: str = "chat.log", **options: Any) -> Any:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return items(Input(path, name), **options)


def told(rows: list[tuple[int, Any]]) -> list[tuple[str, str, str, str]]:
    return [(row["time"], row["speaker"], row["text"], row["kind"]) for _, row in rows]


IRSSI = """--- Log opened Mon Jan 05 23:50:00 2009
23:50 -!- ann [~ann@host] has joined #tea
23:51 <@ann> Hi <b>
23:52 < bob> Hello
23:53  * ann waves
--- Day changed Tue Jan 06 2009
00:01 -!- ann is now known as eve
00:02 <@eve> Bye
00:03 -!- eve [~ann@host] has quit [Leaving]
"""
WEECHAT = """2009-01-05 23:50:00\t-->\tann (~ann@host) has joined #tea
2009-01-05 23:51:00\t@ann\tHi\tyou
2009-01-05 23:52:00\tbob\tHello
2009-01-05 23:53:00\t *\tann waves
2009-01-06 00:01:00\t--\tann is now known as eve
2009-01-06 00:02:00\teve\tBye
2009-01-06 00:03:00\t<--\teve (~ann@host) has quit (Leaving)
"""
ZNC = """[23:50:00] *** Joins: ann (~ann@host)
[23:51:00] <ann> Hi
[23:52:00] <bob> Hello
[23:53:00] * ann waves
[00:01:00] *** ann is now known as eve
[00:02:00] <eve> Bye
[00:03:00] *** Quits: eve (~ann@host) (Leaving)
"""
HEXCHAT = """**** BEGIN LOGGING AT Mon Jan  5 23:49:00 2009

Jan 05 23:50:00 *\tNow talking on #tea
Jan 05 23:51:00 <ann>\tHi
Jan 05 23:52:00 <bob>\tHello
Jan 05 23:53:00 *\tann waves
Jan 06 00:01:00 *\tann is now known as eve
Jan 06 00:02:00 <eve>\tBye
Jan 06 00:03:00 *\teve has quit (Leaving)
"""
MIRC = """Session Start: Mon Jan 05 23:49:00 2009
Session Ident: #tea
[23:50] * ann (~ann@host) has joined #tea
[23:51] <\x0304@ann\x03> Hi
[23:52] <bob> Hello
[23:53] * ann waves
[00:01] * ann is now known as eve
[00:02] <eve> Bye
[00:03] * eve (~ann@host) Quit (Leaving)
"""
PROGRAMS = [
    pytest.param(IRSSI, "x.log", 9, id="irssi"),
    pytest.param(WEECHAT, "irc.libera.#tea.weechatlog", 7, id="weechat"),
    pytest.param(ZNC, "#tea_20090105.log", 7, id="ZNC"),
    pytest.param(ZNC.replace(":00]", "]"), "#tea_2009-01-05.txt", 7, id="energymech"),
    pytest.param(HEXCHAT, "libera-#tea.log", 8, id="hexchat"),
    pytest.param(MIRC, "x.log", 9, id="mirc"),
]


@pytest.mark.parametrize("end", [pytest.param("\n", id="LF"), pytest.param("\r\n", id="CRLF")])
@pytest.mark.parametrize(("log", "name", "count"), PROGRAMS)
def test_the_logs_of_a_program_are_read(tmp_path: Path, log: str, name: str, count: int, end: str) -> None:
    rows, drops, findings = read(tmp_path, "\ufeff" + log.replace("\n", end), name)
    assert (len(rows), drops, findings) == (count, [], [])
    assert {row["talk"] for _, row in rows} == {"#tea"}
    said = [one for one in told(rows) if one[3] == "message"]
    assert [(*one[:2], one[2][:2]) for one in said] == [
        ("2009-01-05T23:51:00", "ann", "Hi"), ("2009-01-05T23:52:00", "bob", "He"),
        ("2009-01-05T23:53:00", "ann", "/m"), ("2009-01-06T00:02:00", "ann", "By"),
    ]  # fmt: skip
    assert said[2][2] == "/me waves"
    assert all(speaker == "" for _, speaker, _, kind in told(rows) if kind == "system")
    assert Irc.recognise(log.encode(), name) == 0.9


def test_a_log_without_times_is_read_and_nicks_stay_where_that_is_asked_for(tmp_path: Path) -> None:
    log = "<ann> Hi\n* bob nods\n*** ann is now known as eve\n<eve> Bye\n"
    rows, _, _ = read(tmp_path, log, nicks="keep")
    assert told(rows) == [
        ("", "ann", "Hi", "message"), ("", "bob", "/me nods", "message"),
        ("", "", "ann is now known as eve", "system"), ("", "eve", "Bye", "message"),
    ]  # fmt: skip
    assert Irc.recognise(log.encode(), "chat.txt") == 0.6


def test_a_nick_that_was_left_is_somebody_else_s_later(tmp_path: Path) -> None:
    log = "<ann> 1\n=== ann is now known as eve\n=== eve is now known as ann\n<ann> 2\n=== ann is now known as eve\n"
    log += "<eve> 3\n=== eve [~x@host]  has quit [Bye]\n<eve> 4\n"
    rows, _, _ = read(tmp_path, log)
    assert [(row["speaker"], row["text"]) for _, row in rows if row["kind"] == "message"] == [
        ("ann", "1"), ("ann", "2"), ("ann", "3"), ("eve", "4"),
    ]  # fmt: skip


def test_the_day_may_be_given_and_the_clock_goes_on_over_midnight(tmp_path: Path) -> None:
    rows, _, _ = read(
        tmp_path, "[23:59] <ann> 1\n[23:58] <ann> 2\n[00:00] <ann> 3\n", "2001-01-01.log", date="2008-12-31"
    )
    assert [row["time"] for _, row in rows] == ["2008-12-31T23:59:00", "2008-12-31T23:58:00", "2009-01-01T00:00:00"]


def test_offsets_of_time_are_kept(tmp_path: Path) -> None:
    rows, _, _ = read(tmp_path, "2009-01-05T10:00:00Z <ann> 1\n[2009-01-05 10:00:00+0200] <ann> 2\n")
    assert [row["time"] for _, row in rows] == ["2009-01-05T10:00:00Z", "2009-01-05T10:00:00+02:00"]


def test_lines_that_are_not_utf8_are_read_and_counted(tmp_path: Path) -> None:
    log = "[10:00] <ann> für\n".encode() + "[10:01] <bob> für\n".encode("cp1252") + b"[10:02] <bob> \x81\x93\n"
    rows, _, findings = read(tmp_path, log)
    assert [row["text"] for _, row in rows] == ["für", "für", "\x81\x93"]
    assert [(str(found.source), found.code, found.level, found.message, found.hint) for found in findings] == [
        ("chat.log:2", "FT255", "advice", "2 lines are not UTF-8, and read as cp1252",
         "if that does not read right, say their encoding with 'fallback:'")
    ]  # fmt: skip
    rows, _, findings = read(tmp_path, "[10:01] <bob> чай\n".encode("cp1251"), fallback="cp1251")
    assert (rows[0][1]["text"], findings[0].message) == ("чай", "1 line is not UTF-8, and read as cp1251")
    rows, _, findings = read(tmp_path, "[10:01] <bob> чай\n".encode("cp1251"), encoding="cp1251")
    assert (rows[0][1]["text"], findings) == ("чай", [])


def test_a_log_in_utf16_is_read(tmp_path: Path) -> None:
    rows, _, findings = read(tmp_path, "[10:01] <bob> чай\r\n".encode("utf-16"))
    assert (rows[0][1]["text"], findings) == ("чай", [])


def test_lines_that_are_none_of_a_log_are_drops(tmp_path: Path) -> None:
    rows, drops, _ = read(tmp_path, b"[10:00] <ann> Hi\n\nwhat?\n" + b"x" * 100_000_000 + b"\n[10:02] <ann> Bye\n")
    assert [(number, row["text"]) for number, row in rows] == [(1, "Hi"), (5, "Bye")]
    assert [(drop.reason, str(drop.source), drop.content) for drop in drops] == [
        ("no line of a log", "chat.log:3", "what?"), ("a line of more than 1 MiB", "chat.log:4", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"Hello.\n", b"a,b\n1,2\n", b"PK\x05", b"x\n" * 5000], ids=lambda c: repr(c)[:20]
)
def test_a_file_that_is_no_log_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    assert str(caught.value) == "chat.log: no line of an IRC log in it; lines are such as '[09:15] <nick> text'"
    assert Irc.recognise(content, "chat.log") == 0


@pytest.mark.parametrize(
    "content",
    ["<p> Hi </p>\n<b> there </b>\n", "[25/06/20, 15:04] Ann: Hi\n" * 3, "25/06/20, 15:04 - Ann: Hi\n" * 3,
     "ANN: Hi\nBOB: So\n"],
    ids=["html", "iOS", "Android", "script"],
)  # fmt: skip
def test_other_formats_are_not_taken_for_logs(content: str) -> None:
    assert Irc.recognise(content.encode(), "x.txt") == 0


WRONG = [
    ({"date": "31.12.2008"}, "no such day: '31.12.2008'; for example 2009-10-31"),
    ({"fallback": "latin-99"}, "unknown encoding 'latin-99'; for example cp1252, cp1251, euc_jp"),
]


@pytest.mark.parametrize(("options", "message"), WRONG, ids=["date", "fallback"])
def test_an_option_that_cannot_be_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Irc(path="x", **options)  # type: ignore[arg-type]
    assert caught.value.errors()[0]["msg"] == f"Value error, {message}"


@pytest.mark.parametrize(
    ("path", "channel"),
    [("#tea.log", "#tea"), ("irc.net.#tea-pot.weechatlog", "#tea-pot"), ("#tea/2009-10-01.log", "#tea"),
     ("tea.log", "")],
)  # fmt: skip
def test_the_channel_is_named_by_the_file(path: str, channel: str) -> None:
    assert channel_of(Path(path)) == channel


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not here")
@pytest.mark.parametrize("name", sorted(path.name for path in REAL.glob("*.raw.txt")) if REAL.exists() else [])
def test_real_logs_have_a_row_for_each_line(name: str) -> None:
    """Counted with three patterns over the bytes: `[hh:mm] <`, `[hh:mm]  *`, and `===` at the start of a line."""
    raw = (REAL / name).read_bytes()
    said = len(re.findall(rb"^\[\d\d:\d\d\] <", raw, re.MULTILINE))
    done = len(re.findall(rb"^\[\d\d:\d\d\] +\*", raw, re.MULTILINE))
    notices = len(re.findall(rb"^===", raw, re.MULTILINE))
    rows, drops, findings = items(Input(REAL / name, name))
    kinds = [row["kind"] for _, row in rows]
    assert (drops, findings) == ([], [])
    assert (kinds.count("message"), kinds.count("system")) == (said + done, notices)
    assert [number for number, _ in rows] == list(range(1, raw.count(b"\n") + 1))
    assert {row["time"][:10] for _, row in rows if row["time"]} == {name[:10]}
    assert (Irc.recognise(raw[:65536], name), Whatsapp.recognise(raw[:65536], name)) == (0.9, 0.0)
