"""Which examples of one key are kept, held against the plain way of doing it."""

from __future__ import annotations

from array import array
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import fails, left, recipe

from ftprep import FindingsError
from ftprep.engine.deciding import _smallest
from ftprep.engine.keys import digest

law = settings(deadline=None, derandomize=True, max_examples=40)
LINES = "kit_chat/train.jsonl"
keys = st.sampled_from(["", "", "a", "b", "c", "0/1/0", "0123456789abcdef", "\u2028"])
tables = st.lists(st.tuples(keys, st.sampled_from("xyz")), min_size=1, max_size=40)


def kept(data, *steps, part_rows=None, seed=0, wide=False):
    """The (key, text) pairs that are written, in order."""
    rows = [{"k": key, "q": key, "a": text, "n": str(n)} for n, (key, text) in enumerate(data)]
    ask = {"ask": {"answer": "{a}-{n}"}} if wide else "ask"
    made = left(recipe(ask, *steps, seed=seed), rows, part_rows=part_rows)
    written = [[m["content"] for m in row["messages"]] for row in made.rows(LINES)]
    return [tuple(texts) for texts in written]


def few(n=1, **options):
    return {"few": {"column": "k", "n": n, **options}}


@law
@given(data=tables, n=st.integers(1, 4), part_rows=st.integers(1, 9))
def test_the_first_of_each_key_are_those_that_a_loop_would_keep(data, n, part_rows):
    times, expected = Counter(), []
    for key, text in data:
        times[key] += 1
        if key == "" or times[key] <= n:
            expected.append((key, text))
    assert kept(data, few(n), part_rows=part_rows) == expected


@law
@given(data=tables, n=st.integers(1, 4), part_rows=st.integers(1, 9), seed=st.integers(0, 9))
def test_by_hash_so_many_of_each_key_are_kept_in_the_order_of_the_input(data, n, part_rows, seed):
    found = kept(data, few(n, lot=True), part_rows=part_rows, seed=seed, wide=True)
    numbers = [int(text.rpartition("-")[2]) for _, text in found]
    assert numbers == sorted(numbers)
    assert found == [(data[n][0], f"{data[n][1]}-{n}") for n in numbers]
    expected = {key: count if key == "" else min(n, count) for key, count in Counter(key for key, _ in data).items()}
    assert Counter(key for key, _ in found) == expected


@law
@given(data=tables, n=st.integers(1, 3), order=st.randoms(use_true_random=False), seed=st.integers(0, 9))
def test_what_is_kept_by_hash_does_not_depend_on_the_order_of_rows(data, n, order, seed):
    moved = order.sample(data, len(data))
    one, other = (kept(rows, few(n, lot=True), seed=seed) for rows in (data, moved))
    assert Counter(one) == Counter(other)


@law
@given(data=tables, seed=st.integers(0, 9))
def test_by_hash_fewer_are_a_part_of_more(data, seed):
    sets = [set(kept(data, few(n, lot=True), seed=seed, wide=True)) for n in (1, 2, 3)]
    assert sets[0] <= sets[1] <= sets[2]


def test_the_seed_decides_who_is_kept():
    data = [("a", str(n)) for n in range(50)]
    found = {kept(data, few(1, lot=True), seed=seed)[0] for seed in range(20)}
    assert len(found) > 10


def test_every_example_of_a_key_has_the_same_chance():
    data = [("a", str(n)) for n in range(5)]
    times = Counter(kept(data, few(1, lot=True), seed=seed)[0][1] for seed in range(100))
    assert set(times) == set("01234")
    assert max(times.values()) < 40


@law
@given(data=tables, first=st.booleans(), part_rows=st.integers(1, 9))
def test_decisions_follow_each_other_in_the_order_of_the_recipe(data, first, part_rows):
    found = kept(data, few(2, lot=first), few(1, lot=not first), part_rows=part_rows)
    times = Counter(key for key, _ in found)
    assert all(times[key] == 1 for key in {key for key, _ in data if key})
    assert times[""] == sum(not key for key, _ in data)


def test_drops_of_a_decision_are_counted_and_named():
    rows = [{"k": "a", "q": "q", "a": str(n)} for n in range(3)]
    made = left(recipe("ask", {"times": {"n": 2}}, few(3)), rows, part_rows=1)
    assert made.step("few") == {
        "step": "few", "in": 6, "out": 3, "made": 0, "dropped": {"too many": 3}, "notes": {},
    }  # fmt: skip
    assert [(drop["source"], drop["reason"]) for drop in made.dropped] == [
        ("data:2", "too many"), ("data:3", "too many"), ("data:3", "too many"),
    ]  # fmt: skip
    assert (made.counts["used"], made.counts["dropped"]) == (2, 1)


@pytest.mark.parametrize("lot", [pytest.param(True, id="by_hash"), pytest.param(False, id="first")])
def test_a_decision_about_nothing_keeps_nothing(lot):
    source = recipe("ask", {"times": {"n": 0}}, few(1, lot=lot))
    assert fails(FindingsError, left, source, [{"k": "a", "q": "q", "a": "x"}]).startswith(
        "no example is left of 1 rows"
    )


def test_by_hash_it_is_the_smallest_ranks_of_each_key_that_stay():
    one, other = digest("one"), digest("other")
    keys = bytearray(one + other + one + one + other)
    assert _smallest(keys, array("Q", [5, 9, 1, 3, 9]), 1) == [False, True, True, False, False]
    assert _smallest(keys, array("Q", [5, 9, 1, 3, 9]), 2) == [False, True, True, True, True]
