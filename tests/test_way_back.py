"""The law of the way back: whatever a run wrote or dropped, its source becomes that very line again."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ftprep
from ftprep import api
from ftprep.tracing import Explainer, Told

ROOT = Path(__file__).parent.parent
RECIPES = sorted(file.relative_to(ROOT / "recipes").as_posix() for file in ROOT.glob("recipes/*/*.yaml"))

pytestmark = pytest.mark.files


def all_told(run: Path) -> list[Told]:
    """Every line of a run, those that were dropped too, explained."""
    files = json.loads((run / "manifest.json").read_bytes())["outputs"]
    explainer = Explainer(run)
    places = [f"{name}:{line}" for name, facts in files.items() for line in range(1, facts["lines"] + 1)]
    return [told for place in places for told in explainer.explain(place)]


def wrong(told: list[Told]) -> list[str]:
    return [f"{one.asked}: {one.problems}" for one in told if not one.same or one.problems]


@pytest.mark.parametrize("name", RECIPES)
def test_every_line_of_a_bundled_recipe_explains_itself(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "recipes"
    shutil.copytree(ROOT / "recipes" / Path(name).parent, copy / Path(name).parent)
    made = api.run(copy / name, out=tmp_path / "out")
    told = all_told(made.folder)
    assert wrong(told) == []
    assert len(told) == sum(facts["lines"] for facts in made.manifest["outputs"].values())


CHAT: dict[str, Any] = {"version": 1, "name": "r", "transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}]}
ROWS = [
    {"q": f"Question {n % 7}?" + " Why?" * (n % 2), "a": f"Answer {n % 3}", "part": ["train", "dev"][n % 4 == 0]}
    for n in range(30)
]


def csv(rows: list[dict[str, str]]) -> bytes:
    return "\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows), ""]).encode()


def table(folder: Path) -> Any:
    (folder / "rows.csv").write_bytes(csv(ROWS))
    return "rows.csv"


def two_sheets(folder: Path) -> Any:
    import openpyxl

    book = openpyxl.Workbook()
    for at, name in enumerate(["First", "Second half"]):
        sheet = book.active if at == 0 else book.create_sheet()
        sheet.title = name
        sheet.append(["q", "a"])
        for row in ROWS[at * 4 : at * 4 + 9]:
            sheet.append([row["q"], row["a"]])
    book.save(folder / "book.xlsx")
    return {"excel": {"path": "book.xlsx", "sheet": "all"}}


def several(folder: Path) -> Any:
    (folder / "data").mkdir()
    for at in range(3):
        (folder / "data" / f"{at}.csv").write_bytes(csv(ROWS[at * 9 : at * 9 + 9]))
    return "data/*.csv"


def document(folder: Path) -> Any:
    found = {"meta": 1, "items": [*({"q": row["q"], "a": row["a"]} for row in ROWS), 7, "no object"]}
    (folder / "rows.json").write_bytes(json.dumps(found).encode())
    return {"json": {"path": "rows.json", "at": "items"}}


def bad_lines(folder: Path) -> Any:
    lines = [json.dumps(row).encode() for row in ROWS]
    (folder / "rows.jsonl").write_bytes(b"\n".join([*lines[:3], b"{broken", b"", *lines[3:], b"\xff", b""]))
    return "rows.jsonl"


def packed(folder: Path) -> Any:
    with zipfile.ZipFile(folder / "rows.csv.zip", "w") as file:
        file.writestr("rows.csv", csv(ROWS))
    return {"csv": "rows.csv.zip"}


def one_file_twice(folder: Path) -> Any:
    (folder / "rows.csv").write_bytes(csv(ROWS[:9]))
    return [{"csv": {"path": "rows.csv", "split": "train"}}, {"csv": {"path": "rows.csv", "split": "validation"}}]


@pytest.mark.parametrize(
    "source", [table, two_sheets, several, document, bad_lines, packed, one_file_twice], ids=lambda made: made.__name__
)
def test_every_line_finds_its_row_in_every_kind_of_input(source: Callable[[Path], Any], tmp_path: Path) -> None:
    recipe = {**CHAT, "read": source(tmp_path), "write": ["openai_chat", "openai_completion"]}
    made = run(recipe, tmp_path)
    told = all_told(made)
    assert wrong(told) == []
    for one in told:
        if one.kind == "line":
            texts = json.dumps(one.written)
            assert all(one.rows[0].cells[name] in texts for name in ("q", "a"))


def run(recipe: dict[str, Any], folder: Path, **settings: Any) -> Path:
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8", newline="\n")  # JSON is YAML
    api.run(folder / "recipe.json", out=folder / "out" / "r", **settings)
    return folder / "out" / "r"


DECISIONS: dict[str, dict[str, Any]] = {
    "dedupe": {"transform": [*CHAT["transform"], "dedupe"]},
    "at most two of each": {"transform": [*CHAT["transform"], {"limit": {"n": 2, "per": "a"}}]},
    "drawn by content": {"transform": [*CHAT["transform"], {"balance": {"most": 4, "column": "a"}}]},
    "a split that is given": {"split": {"from": "part"}},
    "a stable split": {"split": {"validation": "30%", "stable": True, "by": "q"}},
    "shuffled": {"split": {"validation": "20%", "test": 3, "shuffle": True, "stratify": "a"}},
    "only among train": {
        "split": {"from": "part"},
        "transform": [*CHAT["transform"], {"limit": {"n": 2, "only": "train"}}],
    },
    "a check that drops": {"model": "gpt-4.1-mini", "check": [{"tokens": {"limit": 19, "on_fail": "drop"}}]},
    "its own steps": {
        "write": [{"openai_completion": {"steps": [{"prompt": {"prompt": "{q} ->", "completion": "{a}"}}]}}]
    },
}


@pytest.mark.parametrize("keys", DECISIONS.values(), ids=DECISIONS)
def test_what_was_decided_about_all_data_is_the_same_for_each_line(keys: dict[str, Any], tmp_path: Path) -> None:
    made = run({**CHAT, "read": table(tmp_path), "write": "openai_chat", **keys}, tmp_path)
    assert wrong(all_told(made)) == []


TALKS = [
    {"talk": "abcd"[n % 4], "who": ["you", "bot"][n // 4 % 2], "said": f"Turn {n // 4} of {'abcd'[n % 4]}"}
    for n in range(24)
]
WINDOWS = {"version": 1, "name": "r", "read": "talks.csv", "write": ["openai_chat", "openai_completion"]}


@pytest.mark.parametrize("scattered", [True, False], ids=["scattered", "neighbours"])
def test_lines_of_conversations_find_all_their_rows(scattered: bool, tmp_path: Path) -> None:
    rows = TALKS if scattered else sorted(TALKS, key=lambda row: row["talk"])
    (tmp_path / "talks.csv").write_bytes(csv(rows))
    names = {"by": "talk", "speaker": "who", "text": "said", "user": "you", "assistant": "bot", "scattered": scattered}
    steps = [{"conversations": names}, {"window": {"context": 2}}, "dedupe"]
    made = run({**WINDOWS, "transform": steps, "split": {"validation": 1}}, tmp_path)
    told = all_told(made)
    assert wrong(told) == []
    assert {len(one.rows) for one in told} == {6}
    assert {len({row.cells["talk"] for row in one.rows}) for one in told} == {1}


def test_of_equal_windows_of_one_conversation_the_first_is_the_line(tmp_path: Path) -> None:
    turns = ["Human,AI", "Hi,Hello", "Hi,Hello", "Hi,Hello", "Bye,Bye", "###,###", "Hi,Hello", ""]
    (tmp_path / "talks.csv").write_bytes("\n".join(turns).encode())
    made = run({**WINDOWS, "transform": ["conversations", {"window": {"context": 0}}, "dedupe"]}, tmp_path)
    told = all_told(made)
    assert wrong(told) == []
    assert [(one.kind, one.source) for one in told if one.kind == "drop" or "Hello" in str(one.written)] == [
        ("line", "talks.csv:2-6"), ("line", "talks.csv:2-6"), *[("drop", "talks.csv:2-6")] * 2, ("drop", "talks.csv:7"),
    ]  # fmt: skip


def test_side_tables_prompts_in_files_and_what_a_recipe_extends_are_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, here, away = (tmp_path / name for name in ("shared", "project", "away"))
    for folder in (base, here, away):
        folder.mkdir()
    (base / "names.csv").write_bytes(b"a,long\nAnswer 0,zero\nAnswer 1,one\nAnswer 2,two\n")
    (base / "base.yaml").write_bytes(b"version: 1\ntransform:\n  - join: {table: names.csv, on: a}\n"
                                     b"  - chat: {user: {file: ask.md}, assistant: '{long}'}\n")  # fmt: skip
    (base / "ask.md").write_bytes(b"Please: {q}\n")
    (here / "recipe.yaml").write_bytes(b"extends: ../shared/base.yaml\nname: r\nread: rows.csv\nwrite: openai_chat\n")
    table(here)
    monkeypatch.chdir(here)
    made = api.run("recipe.yaml")
    assert wrong(all_told(here / made.folder)) == []
    monkeypatch.chdir(away)
    told = all_told(here / made.folder)
    assert wrong(told) == []
    assert (told[0].source, told[0].rows[0].place) == ("rows.csv:2", "rows.csv:2")


def test_rows_that_steps_before_the_gather_changed_are_shown_as_they_were_read(tmp_path: Path) -> None:
    (tmp_path / "talks.csv").write_bytes(b"Human,AI\n Hi ,Hello\nskip,me\n Bye ,Bye\n")
    steps = [{"drop_if": {"column": "Human", "equals": "skip"}}, {"clean": {}}, "conversations"]
    made = run({**WINDOWS, "transform": steps}, tmp_path)
    told = all_told(made)
    assert wrong(told) == []
    assert [row.cells["Human"] for row in told[0].rows] == [" Hi ", " Bye "]


def test_a_run_that_was_limited_explains_its_lines(tmp_path: Path) -> None:
    made = run({**CHAT, "read": table(tmp_path), "write": "openai_chat"}, tmp_path, limit=5)
    told = all_told(made)
    assert (wrong(told), len(told)) == ([], 5)


def test_each_row_knows_its_lines_and_each_line_its_row(tmp_path: Path) -> None:
    recipe = {**CHAT, "transform": [*CHAT["transform"], "dedupe"], "read": table(tmp_path),
              "write": ["openai_chat", "openai_completion"], "split": {"validation": "20%"}}  # fmt: skip
    made = run(recipe, tmp_path)
    explainer = Explainer(made)
    rows = {row: explainer.explain(f"rows.csv:{row}")[0] for row in range(2, 32)}
    forward = {(fate.place, told.source) for told in rows.values() for fate in told.fates}
    assert forward == {(told.asked, told.source) for told in all_told(made)}
    assert all(told.fates for told in rows.values())


def test_data_that_was_handed_in_from_python_cannot_be_read_again(tmp_path: Path) -> None:
    made = ftprep.run({**CHAT, "write": "openai_chat"}, data=ROWS, out=tmp_path / "out")
    with pytest.raises(ftprep.DataError) as raised:
        ftprep.explain(made.folder, "train.jsonl:1")
    assert str(raised.value) == (
        f"{made.folder.as_posix()}: the data of this run was handed in from Python, so its way cannot be replayed; "
        "write the data to a file, and run a recipe that reads it"
    )


def test_files_of_a_zip_are_read_again_in_place(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for day in (1, 2):
            said = [
                {"type": "message", "user": f"U{n}", "text": f"Day {day}: {n}", "ts": f"17672{day}{n}000.000100"}
                for n in (1, 2)
            ]
            file.writestr(f"general/2026-01-0{day}.json", json.dumps(said))
        users = [{"id": f"U{n}", "name": f"user{n}"} for n in (1, 2)]
        file.writestr("users.json", json.dumps(users))
    (tmp_path / "export.zip").write_bytes(held.getvalue())
    steps = [{"split_talks": {"gap": "9h"}}, {"roles": {"assistant": "user2"}}]
    made = run({**WINDOWS, "read": {"slack": "export.zip"}, "transform": steps, "write": "openai_chat"}, tmp_path)
    told = all_told(made)
    assert (wrong(told), bool(told)) == ([], True)
