"""Mending data from Python: what is changed, what is left, and that the recipe does the same again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas
import pytest

import ftprep
from ftprep.doctor import Group, How, examine, mend
from ftprep.doctor.differ import Difference, differences
from ftprep.doctor.examine import run
from ftprep.doctor.prepared import put, stem_of
from ftprep.doctor.rewrite import recipe_text
from ftprep.errors import OutputError
from ftprep.registry import Registry

pytestmark = pytest.mark.files

PAIRS = "prompt,completion\nHello there,Hi\nHello there,Hi\nWhat is it,A thing\nWhy,\nWho goes,Me\n"
CHANGES = (
    "Remove the rows whose completion is empty",
    "Keep only the first of equal examples",
    "Begin each completion with one space",
    "End each prompt with ' ->'",
    "End each completion with '\\n'",
)
MENDED = [
    {"prompt": "Hello there ->", "completion": " Hi\n"},
    {"prompt": "What is it ->", "completion": " A thing\n"},
    {"prompt": "Who goes ->", "completion": " Me\n"},
]


def pairs(folder: Path, text: str = PAIRS) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def chat(*texts: str) -> str:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]
    return json.dumps({"messages": messages}) + "\n"


def test_all_that_can_be_mended_is_mended(tmp_path: Path) -> None:
    fixed = ftprep.fix(pairs(tmp_path))
    assert fixed.rows.to_dict("records") == MENDED
    assert fixed.changes == CHANGES
    assert not fixed.findings.errors
    assert {found.level for found in fixed.findings} <= {"advice", "warning"}


def test_a_frame_is_mended_as_a_file_is(tmp_path: Path) -> None:
    frame = pandas.read_csv(pairs(tmp_path), keep_default_na=False)
    before = frame.copy()
    assert ftprep.fix(frame).rows.to_dict("records") == MENDED
    pandas.testing.assert_frame_equal(frame, before)


def test_rows_that_python_hands_in_are_mended_too() -> None:
    rows = [{"prompt": "Hello there", "completion": "Hi"}, {"prompt": "Who goes", "completion": "Me"}]
    assert ftprep.fix(rows).rows["prompt"].tolist() == ["Hello there ->", "Who goes ->"]


ACCEPTED: dict[str, tuple[Any, list[str]]] = {
    "a code": ("FT373", ["Keep only the first of equal examples"]),
    "codes": (["FT373", "FT487"], ["Keep only the first of equal examples", "End each prompt with ' ->'"]),
    "the beginning of codes": (["FT37"], ["Keep only the first of equal examples"]),
    "an answer for each": (lambda group: group.code == "FT495", ["Begin each completion with one space"]),
    "none": ((), []),
}


@pytest.mark.parametrize(("accept", "changes"), ACCEPTED.values(), ids=ACCEPTED)
def test_only_what_is_accepted_or_needed_is_changed(tmp_path: Path, accept: Any, changes: list[str]) -> None:
    fixed = ftprep.fix(pairs(tmp_path), accept=accept)
    assert list(fixed.changes) == ["Remove the rows whose completion is empty", *changes]


def test_each_change_is_asked_for_once(tmp_path: Path) -> None:
    asked: list[str] = []

    def accept(group: Group) -> bool:
        asked.append(group.code)
        return False

    ftprep.fix(pairs(tmp_path), accept=accept)
    assert asked == ["FT373", "FT495", "FT487", "FT492"]


def test_rows_that_cannot_be_used_are_left_out_and_not_told_again(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(chat("Hello", "Hi") + chat("And then?") + '{"messages": 5}\n' + chat("Who?", "Me"), "utf-8")
    assert {found.source.first for found in ftprep.check(path).errors if found.source is not None} == {2, 3}
    fixed = ftprep.fix(path)
    assert (len(fixed.rows), fixed.findings.rows, fixed.findings.usable) == (2, 4, 2)
    assert not fixed.findings.errors


def test_where_no_row_can_be_used_there_is_no_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(chat("Hello") + chat("And then?"), "utf-8")
    fixed = ftprep.fix(path)
    assert fixed.frames == {}
    assert [found.code for found in fixed.findings.errors] == ["FT301"]


def test_the_recipe_of_the_fixes_gives_the_same_bytes(tmp_path: Path) -> None:
    registry = Registry.installed()
    report = examine(pairs(tmp_path), registry)
    (tmp_path / "work").mkdir()
    mended = mend(report, registry, tmp_path / "work", lambda group: True)
    with mended.report:
        (written,) = put(mended, stem_of(mended.report.data))
    text = recipe_text(mended, tmp_path)
    (tmp_path / "recipe.yaml").write_text(text, encoding="utf-8", newline="\n")
    again = ftprep.run(tmp_path / "recipe.yaml", out=tmp_path / "out")
    assert written == tmp_path / "pairs_prepared.jsonl"
    assert again.files["openai_completion"]["train"].read_bytes() == written.read_bytes()
    assert "  # FT487: End each prompt with ' ->'\n  - separator: " in text


def mended_in(folder: Path, registry: Registry) -> Any:
    work = folder / f"work{len(list(folder.iterdir()))}"
    work.mkdir()
    report = examine(folder / "pairs.csv", registry)
    return mend(report, registry, work, lambda group: True)


def test_no_file_is_ever_overwritten(tmp_path: Path) -> None:
    registry = Registry.installed()
    stem = stem_of(examine(pairs(tmp_path), registry).data)
    names = []
    for _ in range(3):
        mended = mended_in(tmp_path, registry)
        with mended.report:
            names += [path.name for path in put(mended, stem)]
    assert names == ["pairs_prepared.jsonl", "pairs_prepared (1).jsonl", "pairs_prepared (2).jsonl"]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    registry = Registry.installed()
    pairs(tmp_path)
    mended = mended_in(tmp_path, registry)
    with mended.report, pytest.raises(OutputError) as caught:
        put(mended, tmp_path / "none" / "pairs")
    where = (tmp_path / "none" / "pairs_prepared.jsonl").as_posix()
    line = f"{where} cannot be written (no such file or directory); make room, or copy the data elsewhere"
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("path", "stem"),
    [("a/b.csv", "a/b"), ("b.csv.gz", "b"), ("b.tar.zst", "b"), ("-", "stdin"), ("", "stdin")],
    ids=["beside the data", "packed", "packed, of two endings", "a pipe", "from Python"],
)
def test_what_is_made_of_data_is_called_by_its_name(path: str, stem: str) -> None:
    from ftprep.doctor import Data

    assert stem_of(Data(name="a", path=path)) == Path(stem)


def test_what_would_change_is_told_row_by_row(tmp_path: Path) -> None:
    registry = Registry.installed()
    report = examine(pairs(tmp_path), registry, How(select=("FT373",)))
    before = tmp_path / "before"
    before.mkdir()
    with run(report.data, report.recipe, registry, before, How()):
        pass
    (tmp_path / "work").mkdir()
    mended = mend(report, registry, tmp_path / "work", lambda group: True, How(select=("FT373",)))
    with mended.report:
        found = list(differences(before, mended.folder))
    assert found == [Difference(3, '{"prompt":"Hello there","completion":"Hi"}', None)]


def test_a_notebook_shows_what_was_found_and_changed(tmp_path: Path) -> None:
    path = pairs(tmp_path, "prompt,completion\n<b>,x\n<b>,x\n")
    found, fixed = ftprep.check(path), ftprep.fix(path)
    html = fixed._repr_html_()
    assert '<td>FT373</td><td>warning</td><td class="right">1</td>' in found._repr_html_()
    assert "<p>What was changed:</p><ul><li>Keep only the first of equal examples</li>" in html
    assert "<b>" not in html
