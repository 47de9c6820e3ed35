"""`explode`: no item is lost, lists as JSON text, and lists that are empty."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import Drop, Example, MissingColumn, StepRun
from ftprep_tables.explode import Explode

SQUAD = "paragraphs[].qas[].answers[]"


def make(path: str, **options: Any) -> Explode:
    return Explode.model_validate_json(json.dumps({"path": path, **options}), strict=True)


def exploded(step: Explode, fields: dict[str, Any]) -> tuple[Any, dict[str, int]]:
    run = StepRun()
    made = step.start(run)(Example(fields))
    return made if isinstance(made, Drop) else [one.fields for one in made], dict(run.tallies)


@given(rows=st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=4), as_json=st.booleans())
def test_each_item_is_one_example_in_its_order_and_empty_lists_are_counted(rows: list[list[int]], as_json: bool):
    outer: Any = [{"n": n, "inner": inner} for n, inner in enumerate(rows)]
    given_ = json.dumps(outer) if as_json and outer else outer
    made, tallies = exploded(make("outer[].inner[]"), {"id": "x", "outer": given_})
    items = [{"id": "x", "n": n, "inner": item} for n, inner in enumerate(rows) for item in inner]
    assert made == (items or Drop("nothing to explode", "'outer[].inner[]' leads to no item"))
    assert tallies == ({"lists without an item": empty} if items and (empty := rows.count([])) else {})


@pytest.mark.parametrize("empty", [[], None, "", "[]"], ids=repr)
def test_an_empty_last_list_is_kept_with_the_column_empty_where_that_is_asked_for(empty: Any):
    paragraphs = [{"context": "c", "qas": [{"id": 1, "answers": [{"text": "a"}]}, {"id": 2, "answers": empty}]}]
    made, tallies = exploded(make(SQUAD, into="text", on_empty="keep"), {"paragraphs": paragraphs})
    assert made == [{"context": "c", "id": 1, "text": "a"}, {"context": "c", "id": 2, "text": None}]
    assert tallies == {}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"paragraphs": []}, id="an outer list is empty"),
        pytest.param({"paragraphs": [{"context": "c"}]}, id="a key is not there"),
        pytest.param({"paragraphs": [{"qas": {"answers": ["a"]}}]}, id="an object where a list should be"),
        pytest.param({"paragraphs": "[{broken"}, id="text that is no JSON"),
        pytest.param({"paragraphs": "[" * 100_000}, id="JSON too deep"),
        pytest.param({"paragraphs": [1, None, "x", []]}, id="items that are no objects"),
    ],
)
def test_what_is_not_as_the_path_says_is_not_kept_as_an_empty_list(fields: dict[str, Any]):
    made, _ = exploded(make(SQUAD, on_empty="keep"), fields)
    assert made == Drop("nothing to explode", f"'{SQUAD}' leads to no item")


def test_items_that_are_no_objects_take_the_name_of_their_list():
    assert exploded(make("tags[]"), {"id": 1, "tags": ["a", None, [2]]})[0] == [
        {"id": 1, "tags": "a"},
        {"id": 1, "tags": None},
        {"id": 1, "tags": [2]},
    ]


def test_the_input_is_left_as_it_was():
    fields = {"id": 1, "items": [{"id": 2, "inner": [1]}]}
    before = json.dumps(fields)
    assert exploded(make("items[]"), fields)[0] == [{"id": 2, "inner": [1]}]
    assert json.dumps(fields) == before


def test_a_row_without_the_column_is_a_missing_column():
    with pytest.raises(MissingColumn, match="tags"):
        make("tags[]").apply(Example({"id": 1}))
