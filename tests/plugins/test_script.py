"""`script`, `conll` and `folder`: speeches, sentences and files become rows; what is none is a drop with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftprep import DataError, Drop, Input, RecipeError, Rows, api
from ftprep_conll.reader import Conll
from ftprep_conll.tags import entities
from ftprep_script.reader import Script

pytestmark = pytest.mark.files


def read(
    reader: Any, folder: Path, content: str | bytes, name: str = "file.txt"
) -> tuple[list[tuple[int, Any]], list[Drop]]:
    """The rows with their numbers, and the drops."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rows: list[tuple[int, Any]] = []
    drops: list[Drop] = []
    for item in reader.read(Input(path, name)):
        if isinstance(item, Rows):
            rows += zip(item.numbers, item.rows, strict=True)
        else:
            drops.append(item)
    return rows, drops


def said(rows: list[tuple[int, Any]]) -> list[tuple[int, str, str, str]]:
    return [(number, row["talk"], row["speaker"], row["text"]) for number, row in rows]


PLAY = """SCENE I. A hall.

HAMLET: To be (he pauses) , or not.
OPHELIA: My lord?
I have remembrances.

(She weeps.)

SCENE II. A yard.

First Gardener:
Dig here.
And thus I say:
dig deeper.

GHOST
[from below] Swear!

HAMLET: (exit)
"""


@pytest.mark.parametrize("end", [pytest.param("\n", id="LF"), pytest.param("\r\n", id="CRLF")])
def test_a_play_is_read_speech_by_speech(tmp_path: Path, end: str) -> None:
    rows, drops = read(Script(path="x"), tmp_path, ("\ufeff" + PLAY).replace("\n", end))
    assert said(rows) == [
        (3, "1", "HAMLET", "To be, or not."),
        (4, "1", "OPHELIA", "My lord?\nI have remembrances."),
        (11, "2", "First Gardener", "Dig here.\nAnd thus I say:\ndig deeper."),
        (16, "2", "GHOST", "Swear!"),
    ]
    assert [(drop.reason, drop.source.first if drop.source else 0) for drop in drops] == [
        ("not spoken by anyone", 7), ("nothing is said", 19),
    ]  # fmt: skip


def test_directions_stay_where_that_is_asked_for_and_headings_may_be_others(tmp_path: Path) -> None:
    text = "Chapter 1\nAnn: (low) Hi\nChapter 2\nBob: Yes"
    rows, _ = read(Script(path="x", directions="keep", scene="Chapter .*"), tmp_path, text)
    assert said(rows) == [(2, "1", "Ann", "(low) Hi"), (4, "2", "Bob", "Yes")]


@pytest.mark.parametrize("content", ["", "No one says anything here.\n", "\n\n"], ids=repr)
def test_a_file_in_which_nobody_speaks_says_what_a_speech_is(tmp_path: Path, content: str) -> None:
    with pytest.raises(DataError) as error:
        read(Script(path="x"), tmp_path, content)
    assert str(error.value) == (
        "file.txt: nobody speaks in it; a speech is 'NAME: text', or the name on a line of its own"
    )


def test_a_script_is_known_by_its_lines() -> None:
    assert Script.recognise(PLAY.encode() * 2, "x.txt") == 0.6
    assert Script.recognise(b"a,b\n1,2\n3,4\n5,6\n7,8\n", "x.txt") == 0.0


def test_shakespeare_is_read_without_losing_a_speech(shared_data: Path) -> None:
    """Counted by hand: blocks parted by empty lines, 2,530 of them, each begins with a name; 26 have no more."""
    path = shared_data / "persona_shakespeare" / "tinyshakespeare_part.txt"
    items = list(Script(path="x").read(Input(path)))
    rows = [row for item in items if isinstance(item, Rows) for row in item.rows]
    blocks = [block for block in path.read_text(encoding="utf-8").split("\n\n") if block.strip()]
    assert len(blocks) == 2530
    assert [row["speaker"] for row in rows] == [b.partition(":")[0].strip() for b in blocks if "\n" in b.strip()]
    assert [item.reason for item in items if isinstance(item, Drop)] == ["nothing is said"] * 26


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        pytest.param("B-P I-P O B-L", [("a b", "P"), ("d", "L")], id="BIO"),
        pytest.param("I-P I-P I-L O", [("a b", "P"), ("c", "L")], id="only I"),
        pytest.param("B-P E-P S-L S-L", [("a b", "P"), ("c", "L"), ("d", "L")], id="BIOES"),
        pytest.param("B-P L-P U-L O", [("a b", "P"), ("c", "L")], id="BILOU"),
        pytest.param("I-P B-P I-P O", [("a", "P"), ("b c", "P")], id="IOB1"),
        pytest.param("P P O L", [("a b", "P"), ("d", "L")], id="types alone"),
        pytest.param("O O O O", [], id="none"),
    ],
)
def test_every_way_of_tagging_gives_entities(tags: str, found: list[tuple[str, str]]) -> None:
    made = entities("abcd", tags.split())
    assert [(one["text"], one["type"]) for one in made] == found
    assert all("a b c d"[one["start"] : one["end"]] == one["text"] for one in made)


def test_sentences_are_rows_and_a_ragged_one_is_a_drop(tmp_path: Path) -> None:
    text = "-DOCSTART- -X- O\n\nAnn NN B-P\nleft VB O\n\nbad\nline X O\n\n-DOCSTART- -X- O\nBo NN B-P\n. . O"
    rows, drops = read(Conll(path="x"), tmp_path, text.replace("\n", "\r\n"))
    assert [(n, row["text"], row["document"], [e["text"] for e in row["entities"]]) for n, row in rows] == [
        (3, "Ann left", 1, ["Ann"]), (10, "Bo .", 2, ["Bo"]),
    ]  # fmt: skip
    assert [(drop.reason, drop.detail, drop.source.first if drop.source else 0) for drop in drops] == [
        ("too few columns", "line 6 has 1 of 2", 6)
    ]


def test_an_empty_conll_file_says_what_a_line_is(tmp_path: Path) -> None:
    with pytest.raises(DataError) as error:
        read(Conll(path="x"), tmp_path, "\n\n")
    assert str(error.value) == ("file.txt: there are no sentences in it; every line must be a token and its tag")


@pytest.mark.parametrize(
    ("name", "sentences", "counts"),
    [
        pytest.param(
            "ner_wnut17/emerging.dev.conll",
            1009,
            {"person": 470, "product": 114, "creative-work": 105, "location": 74, "group": 39, "corporation": 34},
            id="WNUT17: B and I tags",
        ),
        pytest.param("ner_sec_filings/FIN3.txt", 303, {"PER": 216, "ORG": 56, "LOC": 39, "MISC": 7}, id="SEC: I tags"),
    ],
)
def test_real_files_have_the_sentences_and_entities_counted_by_themselves(
    shared_data: Path, name: str, sentences: int, counts: dict[str, int]
) -> None:
    """Entities counted apart: lines whose tag begins one (B, or another type than the line before)."""
    path = shared_data / name
    begun: dict[str, int] = {}
    before = "O"
    for line in path.read_text(encoding="utf-8").splitlines():
        tag = line.split()[-1] if line.strip() else "O"
        if tag != "O" and (tag.startswith("B-") or before[2:] != tag[2:]):
            begun[tag[2:]] = begun.get(tag[2:], 0) + 1
        before = tag
    assert begun == counts
    items = list(Conll(path="x").read(Input(path)))
    rows = [row for item in items if isinstance(item, Rows) for row in item.rows]
    assert len(rows) == sentences
    found = [entity["type"] for row in rows for entity in row["entities"]]
    assert {type_: found.count(type_) for type_ in counts} == counts
    source = {
        "version": 1, "name": "ner", "read": {"conll": str(path)},
        "transform": [{"entities": {"text": "text", "spans": "entities"}}], "write": ["openai_chat"],
    }  # fmt: skip
    assert len(list(api.stream(source))) == sentences


def test_a_folder_of_texts_is_read_with_the_folder_as_label(tmp_path: Path) -> None:
    for name, text in (("a/1.txt", b"one\r\n"), ("a/2.txt", b" \n"), ("b/1.txt", b"\xff\xfe\x00"), ("b/2.txt", b"two")):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(text)
    source = {
        "version": 1, "name": "f", "read": {"folder": str(tmp_path / "in")},
        "transform": [{"chat": {"user": "{text}", "assistant": "{label}"}}], "write": ["openai_chat"],
    }  # fmt: skip
    run = api.run(source, out=tmp_path / "out")
    assert [(e["step"], e["dropped"]) for e in run.counts["steps"][:1]] == [
        ("read", {"an empty file": 1, "not a text": 1})
    ]
    assert run.counts["used"] == 2
    assert '"one"' in run.files["openai_chat"]["train"].read_text(encoding="utf-8")


def test_a_reader_of_single_files_still_refuses_a_folder(tmp_path: Path) -> None:
    source = {
        "version": 1, "name": "f", "read": {"csv": str(tmp_path)},
        "transform": [{"chat": {"user": "x", "assistant": "y"}}], "write": ["openai_chat"],
    }  # fmt: skip
    with pytest.raises(RecipeError, match="a folder, not a file"):
        api.run(source, out=tmp_path / "out")
