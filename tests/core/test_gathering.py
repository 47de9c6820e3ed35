"""Rows to roots: neighbours and scattered rows, keys that come back, rows without a key, roots that are too long."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import REGISTRY, fails, left, recipe, registry, talks
from kit_steps import Talks

import ftprep
from ftprep import Drop, Example, Finding, Message, RecipeError
from ftprep.errors import DataError, PluginError

law = settings(deadline=None, derandomize=True, max_examples=40)
SCATTERED = recipe({"talks": {"scattered_rows": True}})
PART_ROWS = [pytest.param(n, id=f"part_rows_{n or 'all'}") for n in (1, 2, 3, None)]


def row(talk, text):
    return {"talk": talk, "text": text}


rows = st.lists(st.builds(row, st.sampled_from("abcd"), st.sampled_from(["x", "y", "zz", ""])), max_size=30)


@law
@given(data=rows)
def test_gathering_scattered_rows_equals_sorting_them_first(data):
    first = {}
    for number, one in enumerate(data):
        first.setdefault(one["talk"], number)
    in_order = sorted(data, key=lambda one: first[one["talk"]])
    has_pair = any(sum(bool(r["text"]) for r in data if r["talk"] == name) > 1 for name in first)
    if not has_pair:
        assert fails(ftprep.FindingsError, left, SCATTERED, data).startswith("no example is left of")
        return
    apart, together = left(SCATTERED, data), left(recipe("talks"), in_order)
    name = "kit_chat/train.jsonl"
    assert apart.files[name] == together.files[name]
    assert apart.counts == together.counts
    assert apart.lineage("kit_chat.train") == [
        (0, min(at), max(at), 0)
        for at in ([n for n, one in enumerate(data, 1) if one["talk"] == name] for name in first)
        if sum(bool(data[n - 1]["text"]) for n in at) > 1
    ]


@pytest.mark.parametrize("part_rows", PART_ROWS)
@pytest.mark.parametrize(
    ("names", "says"),
    [
        pytest.param("aabbca", "data:6: conversation 'a' comes back; its first rows stand at data:1", id="first"),
        pytest.param("abcdb", "data:5: conversation 'b' comes back; its first rows stand at data:2", id="middle"),
        pytest.param(
            [1, 2, 1.0, 2], "data:4: conversation '2' comes back; its first rows stand at data:2", id="numbers"
        ),
    ],
)
def test_a_key_that_comes_back_names_both_rows(names, says, part_rows):
    says += "; sort the rows so that each conversation's are neighbours, or set 'scattered: true'"
    assert fails(DataError, left, recipe("talks"), [row(n, "x") for n in names], part_rows=part_rows) == says


def test_a_key_that_comes_back_in_rows_that_can_be_read_once_names_its_second_row():
    says = "data:3: conversation 'a' comes back; it began further up"
    data = (row(name, "x") for name in "aba")
    assert fails(DataError, left, recipe("talks"), data, part_rows=1).startswith(says)


@pytest.mark.files
def test_a_key_that_comes_back_is_looked_for_in_its_own_sheet(tmp_path):
    file = tmp_path / "t.kit"
    lines = ["# one", '{"talk": "a", "text": "x"}', "# two", '{"talk": "b", "text": "x"}']
    lines += ['{"talk": "a", "text": "x"}', '{"talk": "b", "text": "x"}', '{"talk": "c", "text": "x"}']
    file.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    says = fails(DataError, left, recipe("talks", read=str(file)), part_rows=1)
    says = says.replace(f"{tmp_path.as_posix()}/", "")
    assert says.startswith("t.kit:two!6: conversation 'b' comes back; its first rows stand at t.kit:two!4;")


def test_numbers_and_texts_that_look_alike_are_different_keys():
    made = left(recipe("talks"), [row(1, "x"), row(1, "y"), row("1", "x"), row("1", "y")], part_rows=1)
    assert made.counts["examples"] == {"kit_chat": {"train": 2}}


@pytest.mark.parametrize("part_rows", PART_ROWS)
@pytest.mark.parametrize("scattered", [pytest.param(True, id="scattered"), pytest.param(False, id="neighbours")])
def test_a_root_with_too_many_rows_names_its_first(scattered, part_rows):
    source = recipe({"talks": {"most": 3, "scattered_rows": scattered}})
    data = [row(name, "x") for name in "abbcccccd"]
    assert fails(DataError, left, source, data, part_rows=part_rows) == (
        "data:4: the root of 'talks' that begins here has more than 3 rows; check the column or separator that ends it"
    )


@pytest.mark.parametrize("part_rows", PART_ROWS)
@pytest.mark.parametrize("scattered", [pytest.param(True, id="scattered"), pytest.param(False, id="neighbours")])
def test_a_row_without_the_key_is_dropped_and_counted_at_the_gather(scattered, part_rows):
    data = [{"text": "?", "talk2": ""}, row("a", "x"), {"text": "?"}, row("a", "y"), {"text": "!"}]
    source = recipe({"talks": {"scattered_rows": scattered}}, read="data")
    data[0]["talk"], odd = "z", data[0]
    odd.pop("talk")
    data = [row("0", "u"), row("0", "v"), *data]
    made = left(source, data, part_rows=part_rows)
    assert made.counts["read"], made.counts["used"] == (7, 4)
    assert made.step("talks") == {
        "step": "talks", "in": 7, "out": 2, "made": -2, "dropped": {"no column 'talk'": 3}, "notes": {},
    }  # fmt: skip
    assert [(d["source"], d["reason"]) for d in made.dropped] == [(f"data:{n}", "no column 'talk'") for n in (3, 5, 7)]


class Odd(Talks):
    """A gather that does what its option says."""

    name = "odd"

    does: str
    """What."""

    def bind(self, columns):
        if self.does == "bind":
            raise KeyError("bind")
        return self

    def same(self, previous, row):
        return 1 / 0 if self.does == "same" else super().same(previous, row)

    def key(self, row):
        return 1 / 0 if self.does == "key" else super().key(row)

    def make(self, rows):
        one, drop = Example(messages=(Message("user", "q"), Message("assistant", "a"))), Drop("gone")
        made = {
            "none": None, "nothing": [], "number": 5, "mixed": [one, 5], "two": [one, one],
            "finding": [Finding("X", "x")], "part": [Drop("gone", row=0)], "far": [one, Drop("x", row=9)],
            "twice": [one, Drop("x", row=0), Drop("y", row=0)],
            "all_and_one": [drop, Drop("x", row=0)], "drop_and_example": [one, drop],
        }  # fmt: skip
        if self.does not in made:
            raise ZeroDivisionError("division by zero")
        return made[self.does]


class OddPlugin:
    @ftprep.hookimpl
    def ftprep_transformers(self):
        return [Odd]


ODD = registry((OddPlugin(), "odd"))


@pytest.mark.parametrize(
    ("does", "what"),
    [
        pytest.param("none", "returned None for data:1-2; a Drop with a reason was expected", id="none"),
        pytest.param("nothing", "returned a list for data:1-2; a Drop with a reason was expected", id="nothing"),
        pytest.param("number", "returned an int for data:1-2; a Drop with a reason was expected", id="number"),
        pytest.param("finding", "returned a list for data:1-2; a Drop with a reason was expected", id="finding"),
        pytest.param("mixed", "returned an int for data:1-2", id="something_else_in_a_list"),
        pytest.param("two", "made 2 examples of data:1-2, where one can be", id="two_examples"),
        pytest.param("part", "dropped 1 of the 2 rows of data:1-2, and made no example", id="no_word_about_a_row"),
        pytest.param("twice", "dropped a row of data:1-2 twice", id="one_row_twice"),
        pytest.param("far", "dropped row 9 of data:1-2, which has 2 rows", id="no_such_row"),
        pytest.param("all_and_one", "dropped a row of data:1-2 twice", id="the_root_and_a_row"),
        pytest.param(
            "drop_and_example",
            "dropped 2 of the 2 rows of data:1-2, and made an example of it",
            id="the_root_and_an_example",
        ),
        pytest.param("make", "failed on data:1-2: ZeroDivisionError: division by zero", id="make_raises"),
        pytest.param("same", "failed on data:1-2: ZeroDivisionError: division by zero", id="same_raises"),
        pytest.param("key", "failed on data:1-2: ZeroDivisionError: division by zero", id="key_raises"),
        pytest.param("bind", "failed on the columns talk, text: KeyError: 'bind'", id="bind_raises"),
    ],
)
def test_a_gather_that_breaks_the_contract_is_named(does, what):
    says = fails(PluginError, left, recipe({"odd": {"does": does}}), talks("a b"), plugins=ODD)
    assert says == (
        f"transformer 'odd' (plugin 'odd' of odd-dist 2) {what}; "
        "please report this to its maintainer, or leave the step out"
    )


@pytest.mark.files
@pytest.mark.parametrize("part_rows", PART_ROWS)
def test_a_bad_first_row_does_not_keep_the_rows_from_being_gathered(tmp_path, part_rows):
    file = tmp_path / "t.kit"
    file.write_text('!\n{"talk": "a", "text": "x"}\n{"talk": "a", "text": "y"}\n', encoding="utf-8", newline="\n")
    made = left(recipe("talks", read=str(file)), part_rows=part_rows)
    assert made.step("talks")["in"] == 2
    assert made.counts["dropped"] == 1


def test_the_gather_sees_the_columns_that_the_steps_before_it_make():
    class Shift(ftprep.Map):
        """Renames t to talk."""

        name = "shift"

        def apply(self, example):
            return example.with_(fields={"talk": example.fields["t"], "text": example.fields["text"]})

        def columns_after(self, columns):
            return ["talk" if name == "t" else name for name in columns]

    class Bound(Talks):
        """Wants its columns."""

        name = "bound"

        def bind(self, columns):
            assert list(columns) == ["talk", "text"]
            return self

    class Two:
        @ftprep.hookimpl
        def ftprep_transformers(self):
            return [Shift, Bound]

    made = left(recipe("shift", "bound"), [{"t": "a", "text": n} for n in "xy"], plugins=registry((Two(), "two")))
    assert made.counts["used"] == 2


def test_examples_cannot_be_gathered():
    says = fails(RecipeError, left, recipe("talks"), [Example(messages=(Message("user", "x"),))])
    assert says == "recipe: transform[0].talks: 'talks' gathers rows, but the source is whole examples; leave it out"


def test_files_on_disk_are_closed_when_reading_fails():
    def broken():
        yield row("a", "x")
        raise OSError("gone")

    says = fails(DataError, left, SCATTERED, broken(), plugins=REGISTRY)
    assert says == "data: gone; hand in mappings (column -> value) or Examples"
    gc.collect()  # an unclosed file is a ResourceWarning, and with that a failed test
