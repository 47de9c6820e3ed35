"""`join`: keys that are empty, side tables whose rows differ, and where a complaint points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import DataError, Drop, Example, Source, StepRun, api, as_text
from ftprep_tables.join import Join

KEYS = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["", "0", "1", "x"]), st.sampled_from([0.0, 1.0, 2.5]))


def make(**options: Any) -> Join:
    return Join.model_validate_json(json.dumps({"table": "t.csv", "on": "id", **options}), strict=True)


def started(step: Join, rows: list[dict[str, Any]]) -> tuple[Any, StepRun]:
    run = StepRun(rows=lambda path: iter(rows))
    return step.start(run), run


@given(left=st.lists(KEYS, max_size=8), right=st.lists(KEYS, max_size=8))
def test_it_finds_what_a_search_through_the_side_table_finds(left: list[Any], right: list[Any]):
    side = [{"id": key, "n": n} for n, key in enumerate(right)]
    join, run = started(make(on_double="first"), side)
    for key in left:
        found = [row["n"] for row in side if as_text(row["id"]) == as_text(key) != ""]
        made = join(Example({"id": key}))
        expected = (
            Example({"id": key, "n": found[0]})
            if found
            else Drop("no partner in the side table", f"id: '{as_text(key)}'")
        )
        assert made == expected
    assert run.tallies["rows of t.csv"] == len(right)


def test_empty_keys_are_no_partners_and_no_doubles():
    side = [{"id": "", "n": 1}, {"id": None, "n": 2}, {"n": 3}, {"id": 7, "n": 4}]
    join, run = started(make(), side)
    assert join(Example({"id": ""})) == Drop("no partner in the side table", "id: ''")
    assert join(Example({"id": "7"})).fields == {"id": "7", "n": 4}
    assert dict(run.tallies) == {"rows of t.csv": 4, "rows of t.csv without a key": 3}


def test_a_side_table_whose_rows_have_different_columns_gives_all_of_them():
    join, _ = started(make(), [{"id": 1, "a": "x"}, {"id": 2, "b": "y"}])
    assert join(Example({"id": 1})).fields == {"id": 1, "a": "x", "b": None}
    assert join(Example({"id": 2})).fields == {"id": 2, "a": None, "b": "y"}
    join, _ = started(make(columns=["b"]), [{"id": 1, "a": "x"}, {"id": 2, "b": "y"}])
    assert join(Example({"id": 1})).fields == {"id": 1, "b": None}


def test_a_column_that_is_there_is_named_with_the_place_of_the_row():
    join, _ = started(make(), [{"id": 1, "owner": "Ann"}])
    with pytest.raises(DataError) as error:
        join(Example({"id": 1, "owner": "me"}, source=Source("rows.csv", 3, 3)))
    assert str(error.value) == (
        "rows.csv:3: the column 'owner' is there already, and 't.csv' has one, too; "
        "give the joined columns a prefix, or name those you want under columns"
    )


def test_a_wanted_column_that_no_row_has_is_a_mistake():
    with pytest.raises(DataError) as error:
        started(make(columns=["summery"]), [{"id": 1, "summary": "x"}])
    assert str(error.value) == "t.csv:1: no column 'summery' in this side table; did you mean 'summary'?"


def test_an_empty_side_table_has_no_partners():
    join, run = started(make(on_missing="keep", columns=["a"]), [])
    assert join(Example({"id": 1})).fields == {"id": 1, "a": None}
    assert dict(run.tallies) == {"rows of t.csv": 0, "rows without a partner": 1}


def test_the_columns_there_are_afterwards_are_known_where_the_recipe_names_them():
    assert list(make(columns=["a"], prefix="t_").columns_after(["id"]) or ()) == ["id", "t_a"]
    assert make().columns_after(["id"]) is None


@pytest.mark.files
def test_one_table_is_joined_twice_before_rows_are_gathered(tmp_path: Path):
    def written(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return str(tmp_path / name)

    people = written("people.csv", "id,name\n1,Ann\n2,Bo\n")
    read = written("said.csv", "talk,from,to,text\na,1,2,hi\na,2,1,hello\nb,9,2,lost\n")
    recipe = {
        "version": 1,
        "name": "twice",
        "read": read,
        "transform": [
            {"join": {"table": people, "on": {"left": side, "right": "id"}, "columns": ["name"], "prefix": f"{side}_"}}
            for side in ("from", "to")
        ]
        + [{"conversations": {"by": "talk", "speaker": "from_name", "text": "text", "assistant": "Bo"}}],
        "write": ["openai_chat"],
    }
    run = api.run(recipe, out=tmp_path / "out")
    assert (run.counts["read"], run.counts["used"], run.counts["dropped"]) == (3, 2, 1)
    assert json.loads(run.files["openai_chat"]["train"].read_text(encoding="utf-8"))["messages"] == [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "hello"},
    ]
    assert [Path(table["file"]).name for table in run.manifest["side_tables"]] == ["people.csv"]
