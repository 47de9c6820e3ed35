from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ftprep.split import SPLITS, Shortage, SplitRule, assign, named_split, number, shuffle_order, stable_split
from ftprep.split.apportion import webster

law = settings(deadline=None, derandomize=True)


def rule(**options):
    return SplitRule.model_validate_json(json.dumps(options), strict=True)


def numbers(names, seed=0):
    return np.array([number(name, seed) for name in names], np.uint64)


def drawn(names, how, classes=None):
    """Name -> split."""
    names = list(names)
    codes = None if classes is None else [classes[name] for name in names]
    splits = assign(numbers(names), how, codes).splits
    return {name: SPLITS[code] for name, code in zip(names, splits, strict=True)}


def moved(before, after):
    return [name for name in before if name in after and before[name] != after[name]]


# The rule in a recipe


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("10%", Fraction(1, 10), id="percent"),
        pytest.param(" 10 % ", Fraction(1, 10), id="percent_with_spaces"),
        pytest.param("12.5%", Fraction(1, 8), id="percent_with_a_fraction"),
        pytest.param(0.1, Fraction(1, 10), id="number_below_one"),
        pytest.param(50, 50, id="count"),
    ],
)
def test_a_size_is_a_share_or_a_count(written, meant):
    assert rule(validation=written).validation == meant


FORMS = "write 10% or 0.1 for a share of the groups, 50 for a count of them"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({}, "no split is held out; write for example 'validation: 10%'", id="empty"),
        pytest.param({"by": "id"}, "no split is held out; write for example 'validation: 10%'", id="nothing_held_out"),
        pytest.param({"train": "90%"}, "no split is held out; write for example 'validation: 10%'", id="only_train"),
        pytest.param({"validation": 0}, f"0 is no count; {FORMS}, or leave the split out", id="count_of_none"),
        pytest.param({"validation": -5}, f"-5 is no count; {FORMS}, or leave the split out", id="negative_count"),
        pytest.param(
            {"validation": 1.0},
            f"1.0 is no share between 0% and 100%; {FORMS}, or leave the split out",
            id="one_point_nil",
        ),
        pytest.param(
            {"test": "0%"},
            f"0% is no share between 0% and 100%; {FORMS}, or leave the split out",
            id="share_of_nothing",
        ),
        pytest.param({"test": "-1%"}, f"'-1%' is neither a share nor a count; {FORMS}", id="negative_share"),
        pytest.param({"test": "50"}, f"'50' is neither a share nor a count; {FORMS}", id="count_as_text"),
        pytest.param({"test": "ten"}, f"'ten' is neither a share nor a count; {FORMS}", id="words"),
        pytest.param({"test": True}, f"true is neither a share nor a count; {FORMS}", id="boolean"),
        pytest.param({"test": [1]}, f"[1] is neither a share nor a count; {FORMS}", id="list"),
        pytest.param(
            {"validation": "60%", "test": "40%"},
            "validation and test take 100% and leave nothing for train; lower them",
            id="nothing_left",
        ),
        pytest.param(
            {"train": "80%", "validation": "10%"},
            "the shares make 90%; make them 100%, or leave train out",
            id="not_whole",
        ),
        pytest.param(
            {"train": 500, "validation": 50},
            "train takes what the others leave and can be no count; leave it out",
            id="train_count",
        ),
        pytest.param(
            {"train": "80%", "validation": 50},
            "train has a share and another split a count; leave train out, it takes the rest",
            id="train_share_and_count",
        ),
        pytest.param(
            {"validation": 50, "stable": True},
            "'stable' goes by shares; write a share such as 10% in place of the count, or leave 'stable' out",
            id="stable_count",
        ),
        pytest.param(
            {"validation": "10%", "stable": True, "stratify": "label"},
            "'stable' cannot hold the classes level; leave out 'stratify' or 'stable'",
            id="stable_stratify",
        ),
        pytest.param(
            {"from": "part", "validation": "10%", "stratify": "label"},
            "'from' gives the split, so nothing is drawn; leave out validation, stratify",
            id="given_and_drawn",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_says_what_to_write(options, message):
    with pytest.raises(ValidationError) as raised:
        rule(**options)
    assert [error["msg"] for error in raised.value.errors()] == [f"Value error, {message}"]


def test_rules_that_fit_are_taken():
    assert rule(train="80%", validation="10%", test=0.1).asked == SPLITS
    assert rule(test=50).asked == ("train", "test")
    assert rule(**{"from": "part", "shuffle": True}).from_ == "part"
    assert rule(shuffle=True).sizes(7) == (7, 0, 0)


def test_a_rule_written_as_json_and_read_again_is_the_same():
    first = rule(validation="33.3%", test=50, by="customer")
    again = SplitRule.model_validate_json(first.model_dump_json(by_alias=True, exclude_none=True), strict=True)
    assert again == first
    assert "33.3%" not in str(SplitRule.model_json_schema()["properties"]["validation"])


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train", "train"),
        (" Validation ", "validation"),
        ("val", "validation"),
        ("dev", "validation"),
        ("TEST", "test"),
        ("x", None),
    ],
)
def test_a_given_split_goes_by_its_usual_names(name, split):
    assert named_split(name) == split


# How many

sizes = st.one_of(st.integers(1, 30), st.integers(1, 49).map(lambda n: f"{n}%"))
two_sizes = st.tuples(sizes, sizes).map(lambda pair: rule(validation=pair[0], test=pair[1]))
one_size = st.tuples(st.sampled_from(["validation", "test"]), sizes).map(lambda pair: rule(**{pair[0]: pair[1]}))


def naive_webster(seats, weights, least):
    """Seat after seat, as the textbook has it."""
    taken = [0] * len(weights)
    for _ in range(seats):
        wanting = [i for i in range(len(weights)) if taken[i] < least[i]]
        if wanting:
            winner = min(wanting, key=lambda i: (taken[i], i))
        else:
            winner = max(range(len(weights)), key=lambda i: (Fraction(2 * weights[i], 2 * taken[i] + 1), -i))
        taken[winner] += 1
    return taken


@given(st.integers(0, 200), st.lists(st.integers(1, 200), min_size=1, max_size=3), st.integers(1, 3))
@law
def test_seats_are_those_of_the_textbook(seats, weights, least):
    wanted = [least, *(1 for _ in weights[1:])]
    assert webster(seats, weights, wanted) == naive_webster(seats, weights, wanted)


@given(st.one_of(one_size, two_sizes))
@law
def test_one_group_more_makes_one_split_grow_by_one(how):
    table = [how.sizes(groups) for groups in range(90)]
    for groups, (before, after) in enumerate(pairwise(table)):
        assert sum(before) == groups
        assert sorted(b - a for a, b in zip(before, after, strict=True)) == [0, 0, 1]


@given(st.one_of(one_size, two_sizes), st.integers(3, 200))
@law
def test_no_asked_split_is_empty_where_there_are_enough_groups(how, groups):
    assert all(dict(zip(SPLITS, how.sizes(groups), strict=True))[split] > 0 for split in how.asked)


@pytest.mark.parametrize(
    ("options", "groups", "found"),
    [
        pytest.param({"validation": "10%"}, 1000, (900, 100, 0), id="a_tenth_of_a_thousand"),
        pytest.param({"validation": "10%", "test": "10%"}, 1000, (800, 100, 100), id="two_tenths"),
        pytest.param({"validation": "10%", "test": "10%"}, 3, (1, 1, 1), id="one_each"),
        pytest.param({"validation": "10%", "test": "10%"}, 2, (1, 1, 0), id="too_few_for_test"),
        pytest.param({"validation": "10%"}, 1, (1, 0, 0), id="one_group"),
        pytest.param({"validation": "10%"}, 0, (0, 0, 0), id="none"),
        pytest.param({"validation": 50}, 1000, (950, 50, 0), id="count"),
        pytest.param({"validation": 50}, 40, (1, 39, 0), id="count_of_more_than_there_are"),
        pytest.param({"validation": "10%", "test": 50}, 1000, (850, 100, 50), id="share_and_count"),
        pytest.param({"validation": "33.3%"}, 10**9, (667 * 10**6, 333 * 10**6, 0), id="a_thousand_million"),
    ],
)
def test_sizes_are_exact(options, groups, found):
    assert rule(**options).sizes(groups) == found


# Who stands where, and what moves

names = st.lists(st.integers(0, 10**6).map(str), min_size=1, max_size=80, unique=True)


@given(names, st.one_of(one_size, two_sizes), st.randoms())
@law
def test_order_changes_nothing(groups, how, random):
    again = random.sample(groups, len(groups))
    assert drawn(groups, how) == drawn(again, how)


@given(names, st.one_of(one_size, two_sizes))
@law
def test_a_split_has_the_size_the_rule_says(groups, how):
    found = Counter(drawn(groups, how).values())
    assert tuple(found[split] for split in SPLITS) == how.sizes(len(groups))


@given(names, names, st.data(), one_size)
@law
def test_changing_n_groups_moves_at_most_n_others(groups, more, data, how):
    kept = data.draw(st.lists(st.sampled_from(groups), unique=True))
    after = list(dict.fromkeys(kept + more))
    changed = len(set(groups) ^ set(after))
    assert len(moved(drawn(groups, how), drawn(after, how))) <= changed


@given(names, names, st.integers(1, 15), st.integers(1, 15))
@law
def test_changing_n_groups_moves_at_most_n_others_with_two_counts(groups, more, validation, test):
    how = rule(validation=validation, test=test)
    base = [f"always {i}" for i in range(validation + test + 1)]
    before, after = [*base, *groups], list(dict.fromkeys([*base, *more]))
    assert len(moved(drawn(before, how), drawn(after, how))) <= len(set(before) ^ set(after))


@given(names, names, two_sizes)
@law
def test_with_two_held_out_splits_each_changes_by_at_most_n(groups, more, how):
    after_names = list(dict.fromkeys(groups + more))
    before, after = drawn(groups, how), drawn(after_names, how)
    added = len(after_names) - len(groups)
    growth = [b - a for a, b in zip(how.sizes(len(groups)), how.sizes(len(after_names)), strict=True)]
    for split in ("validation", "test"):
        assert sum((before[name] == split) != (after[name] == split) for name in before) <= added
    assert len(moved(before, after)) <= added + abs(growth[1] - growth[2])


@given(names, names, st.integers(1, 49), st.integers(1, 49))
@law
def test_stable_moves_nothing(groups, more, validation, test):
    how = rule(validation=f"{validation}%", test=f"{test}%", stable=True)
    before, after = drawn(groups, how), drawn([*more, *(name for name in groups if name not in more)], how)
    assert moved(before, after) == []
    assert before == {name: stable_split(number(name, 0), how) for name in groups}


@given(names, names, st.integers(1, 4), one_size)
@law
def test_with_classes_changing_n_groups_moves_at_most_n_others(groups, more, kinds, how):
    after = list(dict.fromkeys(groups[::2] + more))
    classes = {name: int(name) % kinds for name in groups + more}
    changed = len(set(groups) ^ set(after))
    assert len(moved(drawn(groups, how, classes), drawn(after, how, classes))) <= changed


@given(names, st.integers(1, 5), st.one_of(one_size, two_sizes))
@law
def test_a_class_with_enough_groups_stands_in_every_split(groups, kinds, how):
    codes = [int(name) % kinds for name in groups]
    splits, shortages = assign(numbers(groups), how, codes)
    named = {shortage.label: shortage for shortage in shortages}
    for code, size in Counter(codes).items():
        has = {SPLITS[s] for s, c in zip(splits, codes, strict=True) if c == code}
        assert size < len(how.asked) or has == set(how.asked)
        missing = named[code].missing if code in named else ()
        assert set(missing) == set(how.asked) - has


@given(names, st.integers(1, 6), one_size, st.integers(0, 99))
@settings(law, max_examples=200)
def test_each_class_has_the_asked_share_to_within_one_group(groups, kinds, how, seed):
    codes = [int(name) % kinds for name in groups]
    splits, _ = assign(numbers(groups, seed), how, codes)
    for code, size in Counter(codes).items():
        held = sum(SPLITS[s] != "train" for s, c in zip(splits, codes, strict=True) if c == code)
        (asked,) = (size_ for size_ in (how.validation, how.test) if size_ is not None)
        wanted = asked * size if isinstance(asked, Fraction) else min(asked, size - 1)
        assert abs(held - wanted) <= 1


def test_a_class_of_two_stands_in_both_splits_and_a_class_of_one_is_named():
    splits, shortages = assign(numbers("abcdefghijk"), rule(validation="10%"), [1] * 8 + [2, 2] + [3])
    assert sorted(splits[8:10].tolist()) == [0, 1]
    assert shortages == (Shortage(3, 1, ("validation",)),)


def test_what_cannot_be_had_is_named():
    how = rule(validation="10%", test="10%")
    assert assign(numbers("ab"), how).shortages == (Shortage(None, 2, ("test",)),)
    assert assign(numbers("abcdef"), how, [7, 7, 7, 7, 3, 3]).shortages == (Shortage(3, 2, ("test",)),)
    assert assign(numbers("abc"), rule(validation=5)).shortages == (Shortage(None, 3, (), ("validation",)),)
    assert assign(numbers("b"), rule(validation="10%", stable=True)).shortages == (Shortage(None, 1, ("validation",)),)
    assert assign(numbers("a"), rule(**{"from": "part"})).shortages == ()


def test_a_thousand_groups_are_split_exactly_and_stable_ones_nearly():
    groups = [f"conversation {i}" for i in range(1000)]
    assert Counter(drawn(groups, rule(validation="10%")).values()) == {"train": 900, "validation": 100}
    for seed in range(20):
        stable = assign(numbers(groups, seed), rule(validation="10%", stable=True)).splits
        assert 70 <= np.count_nonzero(stable) <= 130


def test_another_seed_draws_another_split():
    groups = [f"conversation {i}" for i in range(1000)]
    one, other = (assign(numbers(groups, seed), rule(validation="10%")).splits for seed in (1, 2))
    assert 0 < np.count_nonzero(one & other) < 30


def test_the_numbers_never_change():  # or a split drawn again with another version of ftprep would be another
    assert number("conversation 1", 0) == 9678960775291679562
    assert number(b"conversation 1", 42) == 12314784158842955489
    assert number("\ud800", 0) == number(b"\xed\xa0\x80", 0)


def test_equal_numbers_are_taken_in_their_order():
    equal = np.zeros(5, np.uint64)
    assert assign(equal, rule(validation=1, test=2)).splits.tolist() == [2, 2, 0, 0, 1]
    assert assign(equal, rule(validation=1, test=2), [0] * 5).splits.tolist() == [2, 2, 0, 0, 1]


def test_no_groups_at_all_are_split_without_a_word():
    none = np.empty(0, np.uint64)
    assert assign(none, rule(validation="10%")).splits.tolist() == []
    assert assign(none, rule(validation="10%"), []).shortages == ()


# The order of the lines


def test_a_shuffled_order_depends_on_neither_order_nor_place():
    names = [f"line {i}" for i in range(100)]
    first = [names[i] for i in shuffle_order(numbers(names), 5)]
    again = [names[::-1][i] for i in shuffle_order(numbers(names[::-1]), 5)]
    assert first == again
    assert sorted(first) == sorted(names) != first
    assert first != [names[i] for i in shuffle_order(numbers(names), 6)]


def test_shuffling_scatters_the_lines_of_one_root():
    roots, ordinals = np.repeat(numbers("abcde"), 20), np.tile(np.arange(20, dtype=np.uint64), 5)
    order = shuffle_order(roots, 0, ordinals)
    neighbours = sum(roots[a] == roots[b] for a, b in pairwise(order))
    assert sorted(order.tolist()) == list(range(100))
    assert neighbours < 40
