"""The lineage of a run, read again: the place of a line, the lines of a row, and what is broken."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from ftprep import DataError, RecipeError, Source
from ftprep.lineage import Lineage, Record, place_of, places_of
from ftprep.recipe import load
from ftprep.recipe.folders import folders_of, planned_again
from ftprep.tracing.places import Asked, asked, is_same, parsed

UNITS = [{"file": "data/a.csv", "sheet": None}, {"file": "b.xlsx", "sheet": "Two"}]
RECORDS = [(0, 2, 4, 0), (0, 2, 4, 1), (1, 7, 7, 0), (0, 3, 9, 0)]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder that has nothing but its lineage."""
    (tmp_path / "lineage").mkdir()
    (tmp_path / "lineage" / "units.json").write_bytes(json.dumps({"format": 1, "units": UNITS}).encode())
    data = b"".join(struct.pack("<4I", *record) for record in RECORDS)
    (tmp_path / "lineage" / "chat.train.bin").write_bytes(data)
    return tmp_path


@pytest.mark.files
def test_a_line_has_its_place(run: Path) -> None:
    assert place_of(run, "chat", "train", 2) == Source("data/a.csv", 2, 4)
    assert str(place_of(run, "chat", "train", 3)) == "b.xlsx:Two!7"
    assert Lineage(run).record("chat", "train", 2) == Record(0, 2, 4, 1)


@pytest.mark.files
@pytest.mark.parametrize(
    ("output", "line"),
    [("chat", 0), ("chat", 5), ("chat", -3), ("chat", 1 << 70), ("other", 1)],
    ids=["line 0", "beyond the end", "a negative line", "a line beyond any file", "an output that is not there"],
)
def test_a_line_that_is_not_there_has_no_place(output: str, line: int, run: Path) -> None:
    assert place_of(run, output, "train", line) is None


@pytest.mark.files
def test_several_lines_are_told_at_once_and_those_without_a_place_left_out(run: Path) -> None:
    found = places_of(run, "chat", "train", [3, 99, 1])
    assert found == {3: Source("b.xlsx", 7, 7, "Two"), 1: Source("data/a.csv", 2, 4)}
    assert places_of(run / "nowhere", "chat", "train", [1]) == {}


@pytest.mark.files
@pytest.mark.parametrize(
    ("unit", "row", "lines"),
    [(0, 2, [1, 2]), (0, 4, [1, 2, 4]), (0, 9, [4]), (0, 10, []), (1, 7, [3]), (1, 2, [])],
)
def test_a_row_has_the_lines_that_reach_over_it(unit: int, row: int, lines: list[int], run: Path) -> None:
    found = list(Lineage(run).lines_of("chat", "train", unit, row))
    assert [line for line, _ in found] == lines
    assert all(record == RECORDS[line - 1] for line, record in found)


@pytest.mark.files
def test_a_record_that_is_cut_or_names_no_unit_is_an_error(run: Path) -> None:
    path = run / "lineage" / "chat.train.bin"
    path.write_bytes(struct.pack("<4I", 9, 1, 1, 0) + b"half")
    lineage = Lineage(run)
    said = []
    for line in (1, 2):
        with pytest.raises(DataError) as raised:
            lineage.record("chat", "train", line)
        said.append(str(raised.value))
    again = "make the run again with 'ftprep run'"
    assert said == [
        f"{path.as_posix()}: the lineage of this file is broken: what it has about line 1 is no place; {again}",
        f"{path.as_posix()}: the lineage of this file is cut: it has nothing about line 2; {again}",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("train.jsonl:17", Asked("train.jsonl", None, (17,))),
        ("a/train.jsonl:17,20, 3", Asked("a/train.jsonl", None, (17, 20, 3))),
        ("x.csv:3-5,4", Asked("x.csv", None, (3, 4, 5))),
        ("C:\\data\\x.csv:2", Asked("C:/data/x.csv", None, (2,))),
        ("b.xlsx:Two!7", Asked("b.xlsx", "Two", (7,))),
        ("b.xlsx:Two words! 3!7-8", Asked("b.xlsx", "Two words! 3", (7, 8))),
        ("e.zip/general/2026-01-01.json:1", Asked("e.zip/general/2026-01-01.json", None, (1,))),
    ],
)
def test_a_place_is_read_as_people_write_it(text: str, found: Asked) -> None:
    assert asked(text) == found


@pytest.mark.parametrize("text", ["", "17", "x.csv", "x.csv:", "x.csv:one", "x.csv:1;2", "x.csv:-1", ":3"])
def test_what_names_no_line_is_refused(text: str) -> None:
    with pytest.raises(RecipeError):
        asked(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("data/a.csv:12", (0, Source("data/a.csv", 12, 12))),
        ("data/a.csv:3-7", (0, Source("data/a.csv", 3, 7))),
        ("b.xlsx:Two!3-7", (1, Source("b.xlsx", 3, 7, "Two"))),
        ("b.xlsx:3", None),
        ("a.csv:3", None),
        ("data/a.csv", None),
    ],
)
def test_a_source_is_read_as_drops_name_it(text: str, found: tuple[int, Source] | None) -> None:
    assert parsed(text, [(str(unit["file"]), unit["sheet"]) for unit in UNITS]) == found


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [("a/b.csv", "b.csv", True), ("b.csv", "ab.csv", False), ("./b.csv", "b.csv", True), ("a/b.csv", "c/b.csv", False)],
)
def test_names_of_one_file_end_alike(name: str, other: str, same: bool) -> None:
    assert is_same(name, other) is same


@pytest.mark.files
def test_a_recipe_keeps_the_folder_of_each_of_its_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base, here, run = tmp_path / "shared", tmp_path / "project", tmp_path / "project" / "out" / "r"
    for folder in (base, run):
        folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    (base / "base.yaml").write_bytes(b"version: 1\nread: base.csv\nwrite: [x: {table: t.csv}]\n")
    (here / "recipe.yaml").write_bytes(b"extends: ../shared/base.yaml\nname: r\nsplit: {from: part}\n")
    recipe = load(here / "recipe.yaml", sets=["read=here.csv"])
    kept = folders_of(recipe, run)
    assert kept == [
        ([], "../.."),
        (["version"], "../../../shared"),
        (["read"], "../../.."),
        (["write"], "../../../shared"),
    ]
    monkeypatch.chdir(base)
    again = planned_again(recipe.data, kept, run, "out/r/manifest.json")
    assert again.data == recipe.data
    for path in ((), ("write", 0, "x", "table"), ("split",), ("name",)):
        assert again.folder(path).resolve() == recipe.folder(path).resolve()
    assert again.folder(("read",)) == tmp_path
    assert str(again.problem(("write", 0), "wrong")) == "out/r/manifest.json (write): wrong"
