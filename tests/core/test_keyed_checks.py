"""Keyed checks: written examples of equal keys meet, in whatever splits and parts they stand."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import fails, left, questions, recipe, registry

import ftprep
from ftprep import PluginError

law = settings(deadline=None, derandomize=True, max_examples=40)
tables = st.lists(
    st.tuples(st.sampled_from(["", "a", "b", "a b", "c"]), st.sampled_from("xyz")), min_size=1, max_size=30
)
SPLITS = [{}, {"split": {"validation": 2}}, {"split": {"validation": "40%", "stable": True, "by": "q"}}]


def met(made):
    """What the check found: its findings, in their order, and its figures."""
    found = [
        (finding["message"], finding["places"]) for finding in made.result.warned.as_json() if finding["code"] == "K2"
    ]
    return found, made.result.figures["kit_chat"]["same"]


@law
@given(data=tables, part_rows=st.integers(1, 9), split=st.sampled_from(SPLITS), by_words=st.booleans())
def test_all_examples_of_a_key_meet_once_with_their_splits_and_places(data, part_rows, split, by_words):
    rows = [{"q": q, "a": f"{a}{n}"} for n, (q, a) in enumerate(data)]
    made = left(recipe("ask", check=[{"same": {"by_words": by_words}}], **split), rows, part_rows=part_rows)
    where = {row["messages"][1]["content"]: file for file in made.files if "train" in file or "valid" in file
             for row in (made.rows(file) if file.endswith(".jsonl") else [])}  # fmt: skip
    expected = defaultdict(list)
    for n, row in enumerate(rows, 1):
        for key in row["q"].split() if by_words else [row["q"]] * bool(row["q"]):
            split_name = where[row["a"]].partition("/")[2].partition(".")[0]
            expected[key].append((f"{row['a']} in {split_name} (data:{n})", f"data:{n}"))
    groups = [members for members in expected.values() if len(members) > 1]
    found, figures = met(made)
    told = {f"equal: {', '.join(text for text, _ in members)}" for members in groups}
    assert {message for message, _ in found} == told
    assert figures == {"met": len(groups), "seen": len(rows) + len(groups)}


def test_what_is_dropped_later_meets_nobody_and_a_finding_stands_at_the_first_place():
    rows = questions([("a", "x"), ("a", "y"), ("a", "long text"), ("b", "z"), ("b", "")])
    made = left(recipe("ask", check=["same", {"lengths": {"most": 5}}]), rows)
    assert met(made)[0] == [("equal: x in train (data:1), y in train (data:2)", ["data:1"])]
    assert made.result.facts == {"kit_chat": {"answers": ["x", "y", "z"]}}


class Numbers(ftprep.Check):
    """Keys that are numbers."""

    name = "numbers"

    def look(self, example):
        return None

    def key(self, example):
        return 1


class Odd:
    """A plugin with it."""

    @ftprep.hookimpl
    def ftprep_checks(self):
        return [Numbers]


def test_a_key_of_a_wrong_kind_names_the_plugin():
    text = fails(
        PluginError, left, recipe("ask", check=["numbers"]), questions([("a", "b")]), plugins=registry((Odd(), "odd"))
    )
    assert text == (
        "check 'numbers' (plugin 'odd' of odd-dist 2) gave an int as a key; please report this to its maintainer, or "
        "leave the step out"
    )
