"""What steps need beside rows: a split that can be told at once, side tables, and the start of the contract."""

from __future__ import annotations

import hashlib
import json

import pytest
from kit_runs import REGISTRY, fails, left, recipe

from ftprep import Contract, DataError, RecipeError
from ftprep.api import make_plan
from ftprep.api import run as run_recipe

pytestmark = pytest.mark.files
STABLE = {"validation": "50%", "stable": True, "by": "q"}
NAMES = "abcdefghijkl"


def rows(**more):
    return [{"q": name, "a": name.upper(), **more} for name in NAMES]


@pytest.mark.parametrize(
    ("steps", "split", "says"),
    [
        pytest.param(
            ["ask", {"few": {"n": 1, "only": "train"}}],
            {"validation": 2},
            "recipe: transform[1].few.only: 'few' selects only in train, and the split is drawn after it; "
            "add 'stable: true' to split:, or give the split with 'from: COLUMN'",
            id="a select of one split",
        ),
        pytest.param(
            ["look", "ask"],
            {"validation": "20%", "stable": True},
            "recipe: transform[0].look: 'look' must know the split of each row, and it is drawn after it; write split: "
            "{validation: 10%, stable: true, by: COLUMN}, or give the split with 'from: COLUMN'",
            id="a step that asks",
        ),
        pytest.param(
            [{"side": "nowhere.kit"}, "ask"],
            {"validation": 2},
            "recipe: transform[0].side: 'side': nowhere.kit: no such file in this folder; check the path; "
            "it is relative to the recipe",
            id="a side table",
        ),
    ],
)
def test_what_a_step_needs_and_has_not_is_said_before_a_row_is_read(tmp_path, monkeypatch, steps, split, says):
    monkeypatch.chdir(tmp_path)
    assert fails(RecipeError, make_plan, recipe(*steps, split=split), data=rows(), registry=REGISTRY) == says


def test_a_step_is_told_the_split_that_the_line_then_gets():
    made = left(recipe("look", {"ask": {"answer": "{split}"}}, split=STABLE), rows())
    for split in ("train", "validation"):
        lines = made.rows(f"kit_chat/{split}.jsonl")
        assert lines
        assert {line["messages"][1]["content"] for line in lines} == {split}


def test_with_only_train_the_other_split_is_left_alone():
    source = recipe("ask", {"few": {"column": "k", "n": 2, "only": "train"}}, split=STABLE)
    made, plain = left(source, rows(k="same")), left(recipe("ask", split=STABLE), rows(k="same"))
    assert made.rows("kit_chat/validation.jsonl") == plain.rows("kit_chat/validation.jsonl")
    assert made.rows("kit_chat/train.jsonl") == plain.rows("kit_chat/train.jsonl")[:2]


def test_only_works_with_splits_that_a_column_gives():
    data = [{**row, "s": "test" if n % 3 else "train", "k": "x"} for n, row in enumerate(rows())]
    made = left(recipe("ask", {"few": {"column": "k", "only": "test"}}, split={"from": "s"}), data)
    assert len(made.rows("kit_chat/test.jsonl")) == 1
    assert len(made.rows("kit_chat/train.jsonl")) == 4


def test_the_contract_begins_after_the_step_that_unpacks(tmp_path):
    data = [{"items": ["a", "b"], "a": "x"}, {"items": ["c"], "a": "y"}, {"items": [], "a": "z"}]
    run = run_recipe(recipe("unlist", "ask"), data=data, out=tmp_path / "out", registry=REGISTRY)
    assert run.counts["used"] == 2
    asker = Contract.load(run.folder / "kit_chat", REGISTRY)
    assert [step.name for step in asker.contract.steps] == ["kit/ask"]
    assert asker.request(q="c") == {"messages": [{"role": "user", "content": "c"}]}
    assert json.loads((run.folder / "manifest.json").read_bytes())["contract_samples"] == {"kit_chat": 3}


def test_a_step_that_unpacks_cannot_stand_in_a_writers_steps():
    source = recipe("ask", write=[{"kit_text": {"steps": ["unlist"]}}])
    assert fails(RecipeError, make_plan, source, data=rows(), registry=REGISTRY) == (
        "recipe: write[0].kit_text.steps[0].unlist: 'unlist' makes several examples of one row and cannot "
        "stand in a writer's steps; put it under transform:"
    )


def test_a_side_table_is_read_once_and_named_in_the_manifest(tmp_path):
    table = tmp_path / "side.kit"
    table.write_text('{"q": "a", "side": "A"}\n{"q": "b", "side": "B"}\n', encoding="utf-8", newline="")
    source = recipe({"side": str(table)}, {"ask": {"prompt": "{q}{side}"}})
    run = run_recipe(source, data=rows()[:3], out=tmp_path / "out", registry=REGISTRY)
    lines = (run.folder / "kit_chat" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["messages"][0]["content"] for line in lines] == ["aA", "bB", "c?"]
    manifest = json.loads((run.folder / "manifest.json").read_bytes())
    assert manifest["side_tables"] == [{"file": str(table), "sha256": hashlib.sha256(table.read_bytes()).hexdigest()}]
    asker = Contract.load(run.folder / "kit_chat", REGISTRY)
    assert fails(RecipeError, asker.request, q="a").startswith(f"{table}: no side table can be read here")


def test_a_step_that_changes_the_column_of_the_split_does_not_change_what_is_told():
    steps = [{"loud_column": {}}, "look", {"ask": {"answer": "{split}"}}]
    made = left(recipe(*steps, split=STABLE), rows())
    for split in ("train", "validation"):
        assert {line["messages"][1]["content"] for line in made.rows(f"kit_chat/{split}.jsonl")} == {split}


def test_a_bad_row_of_a_side_table_stops_the_run_with_its_place(tmp_path):
    table = tmp_path / "side.kit"
    table.write_text('{"q": "a", "side": "A"}\n! no row\n', encoding="utf-8", newline="")
    source = recipe({"side": str(table)}, {"ask": {"prompt": "{q}{side}"}})
    text = fails(DataError, left, source, rows())
    assert text == (
        f"{table}:2: a row of this side table cannot be read: bad row; mend it; what is looked up must be whole"
    )
