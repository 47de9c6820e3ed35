"""`negatives`: the law of contexts, shares, values of both sides, and contexts inside cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftprep import DataError, Example, MissingColumn, StepRun, api
from ftprep_tables.negatives import Negatives

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(["a", "b", "c", "d"]),
            "context": st.sampled_from(["x", "y", "z", "u", "v", ""]) | st.lists(st.integers(0, 1), max_size=1),
            "split": st.sampled_from(["train", "validation", "test", None]),
        }
    ),
    max_size=12,
)


def make(**options: Any) -> Negatives:
    given_ = {"table": "t.jsonl", "column": "context", "group": "title", **options}
    return Negatives.model_validate_json(json.dumps(given_), strict=True)


def started(step: Negatives, rows: list[dict[str, Any]], seed: int = 0) -> tuple[Any, StepRun]:
    run = StepRun(
        seed=seed, rows=lambda path: iter(rows), split_of=lambda example: example.fields.get("split", "train")
    )
    return step.start(run), run


def both(outcome: Any) -> list[Example]:
    return [outcome] if isinstance(outcome, Example) else list(outcome)


@given(rows=ROWS.filter(lambda rows: any(row["context"] not in ("", []) for row in rows)), seed=st.integers(0, 5))
def test_a_context_is_of_this_split_alone_and_never_of_the_own_group(rows: list[dict[str, Any]], seed: int):
    """Also where one text stands in several groups and splits, and where a row's split is not told."""
    negatives, run = started(make(), rows, seed)
    for row in rows:
        made = both(negatives(Example(row)))
        assert made[0] == Example(row)
        allowed = [
            other["context"]
            for other in rows
            if row["split"] is not None
            and other["context"] not in ("", row["context"])
            and all(
                same["split"] == row["split"] and same["title"] != row["title"]
                for same in rows
                if str(same["context"]) == str(other["context"])
            )
        ]
        assert len(made) == (2 if allowed else 1)
        assert all(one.fields == {**row, "context": one.fields["context"]} for one in made)
        assert all(one.fields["context"] in allowed for one in made[1:])
    assert run.tallies["rows of t.jsonl"] == len(rows)
    assert run.tallies["made"] + run.tallies["no context of another group in this split"] == len(rows)


TITLES = [{"title": f"t{n}", "context": f"c{n}"} for n in range(400)]


def test_the_share_is_near_and_the_choice_is_the_same_each_time():
    def drawn(seed: int, rows: list[dict[str, Any]]) -> dict[str, str]:
        negatives, _ = started(make(share=0.3), rows, seed)
        made = [both(negatives(Example(row))) for row in TITLES]
        return {pair[0].fields["title"]: pair[1].fields["context"] for pair in made if len(pair) == 2}

    first = drawn(1, TITLES)
    assert 90 <= len(first) <= 150
    assert len(set(first.values())) > 80
    assert drawn(1, TITLES[::-1]) == first
    assert drawn(2, TITLES) != first


def test_the_example_and_its_copy_get_values_of_their_own():
    step = make(own={"related": "yes", "answer": "none"}, set={"related": "no"})
    negatives, _ = started(step, TITLES)
    itself, copy = (one.fields for one in both(negatives(Example({"title": "t1", "context": "c1", "answer": "a"}))))
    assert itself == {"title": "t1", "context": "c1", "answer": "a", "related": "yes"}
    assert copy == {**itself, "context": copy["context"], "related": "no"}
    empty = both(negatives(Example({"title": "t1", "context": "c1", "answer": None, "related": "no"})))[0].fields
    assert empty == {"title": "t1", "context": "c1", "answer": "none", "related": "no"}
    assert step.columns_after(["title", "answer"]) == ["title", "answer", "related"]


@pytest.mark.parametrize("path", ["paragraphs[]", "paragraphs[].context"])
def test_contexts_may_lie_inside_cells(path: str):
    articles = [{"title": t, "paragraphs": [{"context": f"{t}1"}, {"context": f"{t}2"}]} for t in "ab"]
    negatives, _ = started(make(path=path), [*articles, {"title": "c", "paragraphs": []}])
    copy = both(negatives(Example({"title": "a", "context": "a1"})))[1]
    assert copy.fields["title"] == "a"
    assert copy.fields["context"] in ("b1", "b2")


def test_a_path_that_leads_to_no_context_is_a_mistake():
    with pytest.raises(DataError) as error:
        started(make(path="paragraph[]"), [{"title": "a", "paragraphs": [{"context": "x"}]}])
    assert str(error.value) == (
        "t.jsonl: no context in this side table; look at 'path', 'context' is asked for in what lies there"
    )


@pytest.mark.parametrize("missing", ["context", "title"])
def test_an_example_without_its_columns_is_a_missing_column(missing: str):
    negatives, _ = started(make(), TITLES)
    with pytest.raises(MissingColumn, match=missing):
        negatives(Example({name: "x" for name in ("context", "title") if name != missing}))


@pytest.mark.files
def test_the_input_itself_is_the_side_table_with_the_options_it_is_read_with(tmp_path: Path):
    qas = [{"id": 1, "question": "why?", "answers": [{"text": "so"}, {"text": "thus"}]}, {"id": 2, "question": "who?"}]
    data = [{"title": t, "paragraphs": [{"context": f"of {t}", "qas": qas}]} for t in "abcdefgh"]
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"version": "v2.0", "data": data}), encoding="utf-8")
    negatives = {
        "table": str(file),
        "path": "paragraphs[]",
        "column": "context",
        "group": "title",
        "set": {"text": "-"},
    }
    recipe = {
        "version": 1,
        "name": "squad",
        "read": {"json": {"path": str(file), "at": "data"}},
        "transform": [
            {"explode": "paragraphs[].qas[].answers[]"},
            {"dedupe": ["title", "id"]},
            {"negatives": negatives},
            {"chat": {"user": "{context}\n{title}: {question}", "assistant": "{text}"}},
        ],
        "split": {"validation": "40%", "stable": True, "by": "title"},
        "write": ["openai_chat"],
    }
    run = api.run(recipe, out=tmp_path / "out")
    steps = {step["step"]: step for step in run.counts["steps"]}
    assert steps["explode"]["notes"] == {"lists without an item": 8}
    assert steps["explode"]["out"] == 16
    assert steps["negatives"]["in"] == 8
    assert steps["negatives"]["notes"] == {"made": 8, f"rows of {file}": 8}
    for path in run.files["openai_chat"].values():
        users = [json.loads(line)["messages"][0]["content"] for line in path.read_text("utf-8").splitlines()]
        asked = {user.split("\n")[1][0] for user in users}
        assert {user.split("\n")[0].removeprefix("of ") for user in users} <= asked


@pytest.mark.files
def test_columns_that_it_sets_are_known_to_steps_after_it_in_a_table(tmp_path: Path):
    file = tmp_path / "flat.csv"
    lines = [f"t{n},c{n},q{n}\n" for n in range(6)]
    file.write_text("title,context,question\n" + "".join(lines), encoding="utf-8", newline="")
    step = {
        "table": str(file), "column": "context", "group": "title", "own": {"related": "yes"}, "set": {"related": "no"},
    }  # fmt: skip
    recipe = {
        "version": 1,
        "name": "flat",
        "read": str(file),
        "transform": [{"negatives": step}, {"chat": {"user": "{context} {question}", "assistant": "{related}"}}],
        "split": {"validation": "10%", "stable": True, "by": "title"},
        "write": ["openai_chat"],
    }
    run = api.run(recipe, out=tmp_path / "out")
    rows = [
        json.loads(line)["messages"]
        for path in run.files["openai_chat"].values()
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert sorted(row[1]["content"] for row in rows).count("yes") == 6
    for user, answer in rows:
        context, question = user["content"].split()
        assert (context[1:] == question[1:]) == (answer["content"] == "yes")
