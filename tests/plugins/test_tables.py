"""`join`, `explode` and `negatives`: what is looked up, taken apart, and never crosses a split."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep import Contract, DataError, Drop, Example, MissingColumn, RecipeError, StepRun, api
from ftprep_tables.explode import Explode
from ftprep_tables.join import Join
from ftprep_tables.negatives import Negatives

pytestmark = pytest.mark.files
TICKETS = [{"id": 1, "summary": "late", "owner": "Ann"}, {"id": 2, "summary": "broken", "owner": "Bo"}]


def side(rows: list[dict[str, Any]]) -> StepRun:
    return StepRun(rows=lambda path: iter(rows))


def joined(fields: dict[str, Any], rows: list[dict[str, Any]] = TICKETS, **options: Any) -> Any:
    step = Join.model_validate({"table": "t.csv", "on": "id", **options})
    run = side(rows)
    outcome = step.start(run)(Example(fields=fields))
    return (outcome.fields if isinstance(outcome, Example) else outcome), dict(run.tallies)


def test_columns_of_the_side_table_are_added_and_its_rows_counted() -> None:
    assert joined({"id": "1", "text": "x"}) == (
        {"id": "1", "text": "x", "summary": "late", "owner": "Ann"}, {"rows of t.csv": 2},
    )  # fmt: skip


def test_only_the_wanted_columns_are_added_with_their_prefix() -> None:
    assert joined({"id": 2.0}, columns=["owner"], prefix="t_")[0] == {"id": 2.0, "t_owner": "Bo"}


def test_a_key_may_have_another_name_on_the_other_side() -> None:
    options: dict[str, Any] = {"on": {"left": "ticket", "right": "id"}}
    assert joined({"ticket": "2"}, **options)[0] == {"ticket": "2", "summary": "broken", "owner": "Bo"}


def test_a_row_without_a_partner_is_dropped_or_kept_and_counted_either_way() -> None:
    assert joined({"id": "9"})[0] == Drop("no partner in the side table", "id: '9'")
    made, tallies = joined({"id": "9"}, on_missing="keep")
    assert made == {"id": "9", "summary": None, "owner": None}
    assert tallies["rows without a partner"] == 1


@pytest.mark.parametrize(
    ("fields", "rows", "says"),
    [
        pytest.param(
            {"id": 1},
            [*TICKETS, TICKETS[0]],
            "t.csv: row 3: the key '1' stands in this side table twice; make keys unique, or say on_double: first",
            id="a key twice",
        ),
        pytest.param(
            {"id": 1}, [{"ID": 1}], "t.csv:1: no column 'id' in this side table; did you mean 'ID'?", id="no key"
        ),
        pytest.param(
            {"id": 1, "owner": "me"},
            TICKETS,
            "the column 'owner' is there already, and 't.csv' has one, too; give the joined columns a prefix, or name "
            "those you want under columns",
            id="a column that is there",
        ),
    ],
)
def test_a_side_table_that_does_not_fit_says_what_to_do(fields: Any, rows: Any, says: str) -> None:
    with pytest.raises(DataError) as error:
        joined(fields, rows)
    assert str(error.value) == says


def test_the_first_or_last_of_equal_keys_is_taken_where_that_is_asked_for() -> None:
    rows = [{"id": 1, "n": "a"}, {"id": 1, "n": "b"}]
    assert [joined({"id": 1}, rows, on_double=which)[0]["n"] for which in ("first", "last")] == ["a", "b"]


def test_a_row_without_the_key_is_a_missing_column() -> None:
    with pytest.raises(MissingColumn, match="id"):
        joined({"other": 1})


def test_at_inference_the_joined_columns_are_given_or_asked_for(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,summary\n1,late\n2,broken\n", encoding="utf-8", newline="")
    source = {
        "version": 1, "name": "joined",
        "transform": [{"join": {"table": str(tmp_path / "t.csv"), "on": "id", "columns": ["summary"]}},
                      {"chat": {"user": "{summary}: {q}", "assistant": "{a}"}}],
        "write": ["openai_chat"],
    }  # fmt: skip
    run = api.run(source, data=[{"id": "1", "q": "x", "a": "y"}], out=tmp_path / "out")
    asker = Contract.load(run.folder / "openai_chat")
    assert asker.request(q="why?", summary="late") == {"messages": [{"role": "user", "content": "late: why?"}]}
    with pytest.raises(RecipeError) as error:
        asker.request(q="why?", id="1")
    assert str(error.value).endswith(
        "t.csv: no side table can be read here; give the columns that the step would find there"
    )


ARTICLE = {
    "title": "Tea",
    "paragraphs": [
        {"context": "c1", "qas": [{"question": "q1", "id": 1}, {"question": "q2", "id": 2}]},
        {"context": "c2", "qas": []},
        {"context": "c3", "qas": [{"question": "q3", "id": 3, "title": "inner"}]},
    ],
}


def test_each_innermost_item_is_an_example_with_the_columns_of_all_it_lies_in() -> None:
    made = Explode(path="paragraphs[].qas[]").apply(Example(fields=ARTICLE))
    assert isinstance(made, list)
    assert [example.fields for example in made] == [
        {"title": "Tea", "context": "c1", "question": "q1", "id": 1},
        {"title": "Tea", "context": "c1", "question": "q2", "id": 2},
        {"title": "inner", "context": "c3", "question": "q3", "id": 3},
    ]


def test_items_that_are_no_objects_become_a_column() -> None:
    made = Explode(path="tags[]", into="tag").apply(Example(fields={"tags": ["a", "b"], "n": 1}))
    assert isinstance(made, list)
    assert [example.fields for example in made] == [{"n": 1, "tag": "a"}, {"n": 1, "tag": "b"}]


@pytest.mark.parametrize("value", [[], None, "text", {"a": 1}], ids=repr)
def test_a_row_without_an_item_is_a_drop(value: Any) -> None:
    outcome = Explode(path="tags[]").apply(Example(fields={"tags": value}))
    assert outcome == Drop("nothing to explode", "'tags[]' leads to no item")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        pytest.param("tags", "'tags' has no list to explode; put [] after a key, as in tags[]", id="no list"),
        pytest.param("a..b[]", "'a..b[]' is no path; write for example paragraphs[].qas[]", id="no path"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path: str, says: str) -> None:
    with pytest.raises(ValidationError) as error:
        Explode(path=path)
    assert error.value.errors()[0]["msg"] == f"Value error, {says}"


def negatives(rows: list[dict[str, Any]], folder: Path, share: float, seed: int, split: dict[str, Any]) -> api.Run:
    table = folder / "rows.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8", newline="\n")
    step = {"table": str(table), "column": "context", "group": "title", "share": share, "set": {"a": "none"}}
    source = {
        "version": 1, "name": "n", "seed": seed, "read": str(table), "split": split,
        "transform": [{"negatives": step}, {"chat": {"user": "{context}|{title}|{q}", "assistant": "{a}"}}],
        "write": ["openai_chat"],
    }  # fmt: skip
    return api.run(source, out=folder / "out")


@settings(deadline=None, derandomize=True, max_examples=25)
@given(
    titles=st.lists(st.sampled_from("abcdefghij"), min_size=3, max_size=25),
    share=st.sampled_from([0.3, 1.0]),
    seed=st.integers(0, 9),
    given_=st.booleans(),
)
def test_a_context_is_never_of_another_split_nor_of_the_own_group(
    tmp_path_factory: Any, titles: list[str], share: float, seed: int, given_: bool
) -> None:
    rows = [
        {"title": t, "context": f"context {t}{n}", "q": f"q{n}", "a": "yes", "s": "test" if t < "d" else "train"}
        for n, t in enumerate(titles)
    ]
    split = {"from": "s"} if given_ else {"validation": "40%", "stable": True, "by": "title"}
    run = negatives(rows, tmp_path_factory.mktemp("n"), share, seed, split)
    where: dict[str, str] = {}
    lines = []
    for name, path in run.files["openai_chat"].items():
        for line in path.read_text(encoding="utf-8").splitlines():
            user, answer = (message["content"] for message in json.loads(line)["messages"])
            context, title, _ = user.split("|")
            lines.append((name, context, title, answer))
            if answer == "yes":
                where[context] = name
    assert sum(answer == "yes" for *_, answer in lines) == len(rows)
    for name, context, title, answer in lines:
        if answer == "none":
            assert where[context] == name
            assert not context.startswith(f"context {title}")


def test_with_a_split_that_is_drawn_at_the_end_the_plan_says_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as error:
        negatives([{"title": "a", "context": "c", "q": "q", "a": "yes"}], tmp_path, 1, 0, {"validation": "10%"})
    assert str(error.value) == (
        "recipe: transform[0].negatives: 'negatives' must know the split of each row, and it is drawn after it; write "
        "split: {validation: 10%, stable: true, by: COLUMN}, or give the split with 'from: COLUMN'"
    )


def test_a_table_of_contexts_without_the_column_says_which_there_are() -> None:
    step = Negatives(table="t.csv", column="context", group="title")  # type: ignore[arg-type]
    with pytest.raises(DataError) as error:
        step.start(side([{"title": "a", "text": "b"}]))
    assert str(error.value) == (
        "t.csv:1: no column 'context' in this side table; its columns: title, text; a context inside a cell is reached "
        "with 'path'"
    )
