"""`subtitles`: SubRip and WebVTT as they are found, speakers, sounds, rolling captions; every line accounted for."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, Rows
from ftprep.archive import within
from ftprep_subtitles.reader import Subtitles

pytestmark = pytest.mark.files
COLUMNS = ["talk", "time", "speaker", "text", "id", "reply_to", "kind", "start", "end"]
AT = "00:00:01,000 --> 00:00:02,500\n"


def made(path: Path, content: str | bytes, name: str = "a.srt") -> Input:
    (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return Input(path / name, name)


def read(source: Input, **options: Any) -> tuple[list[tuple[int, dict[str, Any]]], list[Drop]]:
    rows: list[tuple[int, dict[str, Any]]] = []
    drops: list[Drop] = []
    for item in Subtitles(path="x", **options).read(source):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def spoken(path: Path, content: str, name: str = "a.srt", **options: Any) -> list[tuple[int, str, str]]:
    """Line, speaker and text of each row."""
    return [(number, row["speaker"], row["text"]) for number, row in read(made(path, content, name), **options)[0]]


def test_a_cue_becomes_a_row(tmp_path: Path):
    text = "\ufeff1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\nthere.\n\n2\n01:02:03,4 --> 01:02:04\nBye.\n"
    rows, drops = read(made(tmp_path, text.replace("\n", "\r\n")))
    assert drops == []
    assert [list(row) for _, row in rows] == [COLUMNS] * 2
    assert [(number, *row.values()) for number, row in rows] == [
        (3, "", "", "", "Hello there.", "1", "", "message", 1.0, 2.5),
        (8, "", "", "", "Bye.", "2", "", "message", 3723.4, 3724.0),
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"7\n{AT}One.\n\n7\n{AT}Two.\n", id="a number twice"),
        pytest.param(f"{AT}One.\n\n{AT}Two.\n", id="no numbers"),
        pytest.param(f"1\n{AT}One.\n2\n{AT}Two.\n", id="no empty lines"),
        pytest.param(f"1\n{AT}\nOne.\n\n\n\n2\n{AT}\n\nTwo.", id="empty lines everywhere"),
        pytest.param(f"1\r{AT[:-1]}\rOne.\r\r2\r{AT[:-1]}\rTwo.\r", id="old line ends"),
        pytest.param("1\n0:0:1.0 -> 0:0:2.5 X1:10 Y2:3\nOne.\n\n2\n00:01,000-->00:02,500\nTwo.", id="odd times"),
    ],
)
def test_broken_files_are_read_all_the_same(tmp_path: Path, text: str):
    rows, drops = read(made(tmp_path, text))
    assert ([(row["text"], row["start"], row["end"]) for _, row in rows], drops) == (
        [("One.", 1.0, 2.5), ("Two.", 1.0, 2.5)],
        [],
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{\\an8}<font color=\"red\">Hi</font>{i}", "Hi"), ("<c.yellow.bg>Hi</c> <00:00:01.500><b>you</b>", "Hi you"),
        ("A &amp; B&nbsp;&lt;3", "A & B <3"), ("if a < b and c > d", "if a < b and c > d"),
        ("\u202aHi\u202c\u200e", "Hi"),
        ("One\ntwo", "One two"), ("- One\n- two\nthree", "- One\n- two three"),
        ("♪ One ♪\n♪ two ♪", "♪ One ♪\n♪ two ♪"),
    ],
    ids=["srt tags", "vtt tags", "entities", "no tags", "marks of direction", "broken lines", "two speakers", "a song"],
)  # fmt: skip
def test_tags_go_and_lines_are_joined(tmp_path: Path, text: str, said: str):
    assert [row[2] for row in spoken(tmp_path, f"1\n{AT}{text}\n")] == [said]


def test_voices_are_speakers(tmp_path: Path):
    text = (
        "WEBVTT - a\n\nfirst\n00:01.000 --> 00:02.000 align:start\n<v.loud Ann Lee>Hi <b>you</b></v> <v Bob>Yo\nthen\n"
    )
    assert spoken(tmp_path, text, "a.vtt") == [(5, "Ann Lee", "Hi you"), (6, "Bob", "Yo then")]


def test_names_are_speakers_where_they_are_told(tmp_path: Path):
    text = f"1\n{AT}ANN: Go!\n- Dr. O'Neil (off): At 10:30,\nsee http://x.example\n"
    assert spoken(tmp_path, text, names=True) == [
        (3, "ANN", "Go!"),
        (4, "Dr. O'Neil", "At 10:30, see http://x.example"),
    ]
    assert [row[1] for row in spoken(tmp_path, text)] == [""]


def test_sounds_are_system_or_removed(tmp_path: Path):
    text = f"1\n{AT}[door slams]\n\n2\n{AT}(sighs) No.\n\n3\n{AT}♪ La la ♪\n"
    rows, _ = read(made(tmp_path, text))
    assert [(row["text"], row["kind"]) for _, row in rows] == [
        ("[door slams]", "system"),
        ("(sighs) No.", "message"),
        ("♪ La la ♪", "system"),
    ]
    rows, drops = read(made(tmp_path, text), sounds="remove")
    assert [row["text"] for _, row in rows] == ["No."]
    assert [(drop.reason, str(drop.source)) for drop in drops] == [
        ("nothing is said", "a.srt:2"),
        ("nothing is said", "a.srt:10"),
    ]


def test_rolling_captions_are_given_once(tmp_path: Path):
    text = (
        "WEBVTT\nKind: captions\n\n00:01.000 --> 00:02.000\n \nhello<00:01.500><c> world</c>\n\n"
        "00:02.000 --> 00:02.010\nhello world\n \n\n00:02.010 --> 00:03.000\nhello world\n"
        "how<00:02.500><c> are you</c>\n"
    )
    rows, drops = read(made(tmp_path, text, "a.vtt"))
    assert [row["text"] for _, row in rows] == ["hello world", "how are you"]
    assert [(drop.reason, str(drop.source)) for drop in drops] == [("shown before", "a.vtt:8")]


def test_what_is_said_twice_stays_where_nothing_rolls(tmp_path: Path):
    assert [row[2] for row in spoken(tmp_path, f"1\n{AT}No.\n\n2\n{AT}No.\n")] == ["No.", "No."]


def test_what_is_no_cue_is_a_drop(tmp_path: Path):
    times = "00:01.000 --> 00:02.000\n"
    text = f"WEBVTT\n\nNOTE a\nb\n\nSTYLE\n::cue {{}}\n\n{times}Hi.\n\nstray\n\n2\n{times}"
    rows, drops = read(made(tmp_path, text, "a.vtt"))
    assert [row["text"] for _, row in rows] == ["Hi."]
    assert [(drop.reason, str(drop.source), drop.content) for drop in drops] == [
        ("a note, a style or a region", "a.vtt:3", "NOTE a\nb"),
        ("a note, a style or a region", "a.vtt:6", "STYLE\n::cue {}"),
        ("no times stand above it", "a.vtt:12", "stray"),
        ("nothing is said", "a.vtt:15", ""),
    ]
    assert [drop.content for drop in read(made(tmp_path, f"By Ann\n\n1\n{AT}Hi."))[1]] == ["By Ann"]


def test_the_rows_of_a_long_file_are_as_many_as_its_cues(tmp_path: Path):
    # Counted by the lines with times in the text that was written.
    text = "".join(f"{n}\n{AT}Line {n}\n\n" for n in range(1, 2501))
    rows, drops = read(made(tmp_path, text))
    assert (len(rows), drops) == (text.count("-->"), [])
    assert [rows[0][0], rows[-1][0]] == [3, 9999]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            "Hello.\n",
            "a.srt: no cues of subtitles are in it; a cue is a line such as '00:00:01,000 --> 00:00:02,500' with text "
            "below",
            id="no cues",
        ),
        pytest.param(
            f"1\n{AT}" + "a" * (1 << 21),
            "a.srt:3: a line is longer than 1,048,576 characters; is it text of subtitles?",
            id="an endless line",
        ),
        pytest.param(
            f"1\n{AT}" + "a\n" * (1 << 20),
            "a.srt:524291: a cue is longer than 1,048,576 characters; is it text of subtitles?",
            id="an endless cue",
        ),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, content: str, message: str):
    with pytest.raises(DataError) as caught:
        read(made(tmp_path, content))
    assert str(caught.value) == message


def test_an_encoding_is_found_and_taken(tmp_path: Path):
    source = made(tmp_path, "".join(f"{n}\n{AT}Où es-tu, très chère élève ?\n\n" for n in range(9)).encode("cp1252"))
    assert Subtitles.survey(source).options == {"encoding": "cp1252"}
    assert read(source, encoding="cp1252")[0][0][1]["text"] == "Où es-tu, très chère élève ?"


def test_a_survey_finds_names(tmp_path: Path):
    named = "".join(f"{n}\n{AT}{'ANN' if n % 2 else 'BOB'}: So.\n\n" for n in range(9))
    found = Subtitles.survey(made(tmp_path, named))
    assert (found.options, found.why) == ({"names": True}, ("lines begin with names (BOB, ANN)",))
    plain = "".join(f"{n}\n{AT}So it is.\n\n" for n in range(20)) + f"21\n{AT}Note: no.\n"
    assert Subtitles.survey(made(tmp_path, plain)).options == {}


def test_a_zip_of_many_is_read_in_place(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for name in ("s1/e1.srt", "s1/e2.vtt", "s1/a.txt"):
            archive.writestr(name, f"1\n{AT}Hi.\n")
    members = within(Input(tmp_path / "all.zip", "all.zip"), Subtitles.inside or "")
    assert [(member.name, len(read(member)[0])) for member in members] == [
        ("all.zip/s1/e1.srt", 1),
        ("all.zip/s1/e2.vtt", 1),
    ]


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        (f"1\n{AT}Hi.\n".encode(), 0.95), (b"\xef\xbb\xbfWEBVTT\n\n", 0.98), (b"\n0\r\n0:00:01,5 --> 0:00:02\n", 0.95),
        (b"WEBVTTX", 0.0), (b"1\n2\n3\n", 0.0), (b"[10:00] Ann: see 00:00:01,000 --> 00:00:02,500", 0.0), (b"", 0.0),
    ],
    ids=["srt", "vtt", "srt with empty lines", "another word", "numbers", "a chat", "nothing"],
)  # fmt: skip
def test_it_knows_its_own_files_and_no_others(head: bytes, sure: float):
    assert Subtitles.recognise(head, "a.txt") == sure
