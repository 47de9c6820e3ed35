"""Splits of whole runs: which file each line goes to, and who moves when the data changes."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import fails, left, questions, recipe, talks

from ftprep.errors import DataError

law = settings(deadline=None, derandomize=True, max_examples=25)
SPLITS = ("train", "validation", "test")


def splits_of(made, output="kit_chat"):
    """Split -> what users say first, in the order of the file."""
    return {s: [row["messages"][0]["content"] for row in made.rows(f"{output}/{s}.jsonl")] for s in SPLITS}


def placed(made, output="kit_chat"):
    """What a user says first -> the splits its lines stand in."""
    found = {}
    for split, texts in splits_of(made, output).items():
        for text in texts:
            found.setdefault(text, set()).add(split)
    return found


def numbered(names, answer="a"):
    return questions((str(name), answer) for name in names)


@pytest.mark.parametrize(
    ("split", "sizes"),
    [
        pytest.param({"validation": "10%"}, (900, 100, 0), id="a_share"),
        pytest.param({"validation": 0.1, "test": "5%"}, (850, 100, 50), id="two_shares"),
        pytest.param({"test": 33}, (967, 0, 33), id="a_count"),
        pytest.param({"validation": "10%", "shuffle": True}, (900, 100, 0), id="shuffled"),
    ],
)
def test_of_a_thousand_roots_the_split_gets_exactly_its_share(split, sizes):
    made = left(recipe("ask", {"times": {"n": 2}}, split=split), numbered(range(1000)))
    assert tuple(len(set(texts)) for texts in splits_of(made).values()) == sizes
    assert tuple(len(texts) for texts in splits_of(made).values()) == tuple(2 * size for size in sizes)


def test_a_stable_split_of_a_thousand_roots_is_near_its_share():
    made = left(recipe("ask", split={"validation": "10%", "stable": True}), numbered(range(1000)))
    assert 70 <= made.counts["examples"]["kit_chat"]["validation"] <= 130


conversations = st.lists(st.integers(1, 4), min_size=3, max_size=12)


@law
@given(
    lengths=conversations, share=st.sampled_from(["10%", "30%", "50%", 2]), stable=st.booleans(), shuffle=st.booleans()
)
def test_examples_of_one_root_never_part(lengths, share, stable, shuffle):
    stable = stable and isinstance(share, str)
    split = {"validation": share, "stable": stable, "shuffle": shuffle}
    data = talks(*(" ".join([f"u{n} a"] * turns) for n, turns in enumerate(lengths)))
    write = [{"kit_chat": {"steps": ["pairs"]}}, {"kit_chat": {"as": "again", "steps": [{"times": {"n": 2}}]}}]
    made = left(recipe("talks", write=write, split=split), data, part_rows=2)
    where = placed(made)
    assert all(len(splits) == 1 for splits in where.values())
    assert where == placed(made, "again")


changes = st.lists(st.tuples(st.sampled_from(["insert", "delete"]), st.integers(0, 40)), max_size=5)


@law
@given(size=st.integers(2, 40), edits=changes, order=st.randoms(use_true_random=False), stable=st.booleans())
def test_added_and_removed_rows_move_at_most_as_many_others(size, edits, order, stable):
    names = [f"r{n}" for n in range(size)]
    after = list(names)
    for n, (kind, at) in enumerate(edits):
        if kind == "insert":
            after.insert(at % (len(after) + 1), f"new{n}")
        elif len(after) > 1:
            after.pop(at % len(after))
    order.shuffle(after)
    source = recipe("ask", split={"validation": "20%", "stable": stable})
    one, other = placed(left(source, numbered(names))), placed(left(source, numbered(after)))
    moved = sum(one[name] != other[name] for name in set(names) & set(after))
    changed = len(set(names) ^ set(after))
    assert moved <= (0 if stable else changed)


def test_equal_rows_stand_in_one_split():
    made = left(recipe("ask", split={"validation": "50%"}), numbered(["x", "y", "x", "z", "x", "y"]))
    assert all(len(splits) == 1 for splits in placed(made).values())


def test_rows_of_one_group_never_part():
    data = [{**row, "customer": f"c{n % 7}"} for n, row in enumerate(numbered(range(70)))]
    made = left(recipe("ask", split={"validation": 2, "by": "customer"}), data)
    found = {split: {int(text) % 7 for text in texts} for split, texts in splits_of(made).items()}
    assert (len(found["train"]), len(found["validation"])) == (5, 2)
    assert not found["train"] & found["validation"]


def test_a_stratified_split_takes_its_share_of_each_class():
    data = [{**row, "label": "rare" if n % 10 == 0 else "common"} for n, row in enumerate(numbered(range(200)))]
    made = left(recipe("ask", split={"validation": "10%", "test": 3, "stratify": "label"}), data)
    found = {
        s: Counter("rare" if int(t) % 10 == 0 else "common" for t in texts) for s, texts in splits_of(made).items()
    }
    assert found == {
        "train": {"common": 159, "rare": 15}, "validation": {"common": 18, "rare": 2}, "test": {"common": 3, "rare": 3},
    }  # fmt: skip


def test_too_few_groups_are_a_finding():
    made = left(recipe("ask", split={"validation": 5, "test": 5, "stratify": "a"}), numbered(["x", "y"]))
    assert [(f["code"], f["message"]) for f in made.result.warned.as_json()] == [
        ("FT302", "class 'a' has too few groups (2) for test and validation")
    ]


def test_a_split_given_by_a_column_is_kept():
    data = [{**row, "in": name} for row, name in zip(numbered("abcd"), ["train", "dev", " Test ", "val"], strict=True)]
    made = left(recipe("ask", split={"from": "in"}), data, part_rows=1)
    assert splits_of(made) == {"train": ["a"], "validation": ["b", "d"], "test": ["c"]}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("trian", "did you mean 'train'?", id="misspelt"),
        pytest.param("", "it must be one of: test, train, validation", id="empty"),
    ],
)
def test_a_column_that_names_no_split_is_an_error_with_its_row(name, hint):
    data = [{**row, "in": value} for row, value in zip(numbered("ab"), ["train", name], strict=True)]
    says = fails(DataError, left, recipe("ask", split={"from": "in"}), data)
    assert says == f"data:2: column 'in' names no split: '{name}'; {hint}"


@pytest.mark.files
def test_a_source_may_say_its_split_and_the_rest_is_drawn(tmp_path):
    for name in ("a", "b"):
        lines = [f'{{"q": "{name}{n}", "a": "x"}}\n' for n in range(10)]
        (tmp_path / f"{name}.kit").write_text("".join(lines), encoding="utf-8", newline="\n")
    read = [{"kit": {"path": str(tmp_path / "a.kit"), "split": "test"}}, {"kit": str(tmp_path / "b.kit")}]
    for split, validation in ({"validation": "20%"}, 2), (None, 0):
        made = left(recipe("ask", read=read, **({"split": split} if split else {})), part_rows=3)
        found = splits_of(made)
        assert found["test"] == [f"a{n}" for n in range(10)]
        assert (len(found["train"]), len(found["validation"])) == (10 - validation, validation)
        assert {text[0] for text in found["train"] + found["validation"]} == {"b"}


@law
@given(names=st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=30), order=st.randoms(use_true_random=False))
def test_a_shuffle_depends_on_the_lines_and_not_on_where_they_stood(names, order):
    source = recipe("ask", {"times": {"n": 2}}, split={"shuffle": True}, seed=3)
    moved = order.sample(names, len(names))
    one, other = left(source, numbered(names)), left(source, numbered(moved), part_rows=2)
    assert one.files["kit_chat/train.jsonl"] == other.files["kit_chat/train.jsonl"]
    assert Counter(splits_of(one)["train"]) == {name: 2 * n for name, n in Counter(names).items()}


@pytest.mark.parametrize(
    "split",
    [
        pytest.param({"shuffle": True}, id="alone"),
        pytest.param({"validation": 1, "by": "k", "shuffle": True}, id="with_few_groups"),
        pytest.param({"from": "in", "shuffle": True}, id="with_a_given_split"),
    ],
)
def test_a_shuffle_mixes_groups_and_equal_lines(split):
    data = [{"q": f"{n}" if n % 2 else "same", "a": "x", "k": f"{n // 100}", "in": "train"} for n in range(200)]
    lines = splits_of(left(recipe("ask", split=split), data))["train"]
    pairs = list(pairwise(lines))
    assert sum(one == other for one, other in pairs) < len(lines) / 2
    assert sum(int(one) + 2 == int(other) for one, other in pairs if "same" not in (one, other)) < 10
    assert lines != sorted(lines)


def test_the_seed_draws_splits_and_shuffles():
    made = [left(recipe("ask", split={"test": 5, "shuffle": True}, seed=n), numbered(range(50))) for n in range(3)]
    assert len({tuple(splits_of(one)["test"]) for one in made}) == 3
    assert len({tuple(splits_of(one)["train"]) for one in made}) == 3


def test_without_a_shuffle_lines_keep_the_order_of_the_input():
    made = left(recipe("ask", split={"validation": "30%"}), numbered(range(100)), part_rows=7)
    assert all(texts == sorted(texts, key=int) for texts in splits_of(made).values())


@pytest.mark.parametrize("part_rows", [pytest.param(1, id="row_by_row"), pytest.param(None, id="at_once")])
def test_no_file_is_made_without_a_line(part_rows):
    write = ["kit_text", {"kit_chat": {"steps": [{"skip": {"column": "q", "values": ["b"]}}]}}]
    data = [{**row, "in": name} for row, name in zip(numbered("ab"), ["train", "test"], strict=True)]
    made = left(recipe("ask", write=write, split={"from": "in"}), data, part_rows=part_rows)
    assert made.counts["examples"] == {"kit_text": {"train": 1, "test": 1}, "kit_chat": {"train": 1}}
    assert "kit_chat/test.jsonl" not in made.files


def test_a_split_that_a_stable_rule_leaves_empty_is_told():
    source = recipe("ask", split={"validation": "1%", "stable": True})
    (problem,) = left(source, numbered(range(5))).result.warned.problems()
    assert (problem.code, str(problem)) == (
        "FT302",
        "no group of 'kit_chat' fell into validation: shares of a stable split are only near; add examples, raise the "
        "share, or leave 'stable' out",
    )
