"""Checks that are `by_split`: their values are counted for each split, however the run goes."""

from __future__ import annotations

import sys
from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import fails, left, questions, recipe, registry

import ftprep
from ftprep import PluginError, Verdict, api
from ftprep.engine import ahead

law = settings(deadline=None, derandomize=True, max_examples=60)
SPLITS = {
    "none": {},
    "stable": {"split": {"validation": "40%", "stable": True, "by": "q"}},
    "given": {"split": {"from": "s"}},
    "drawn": {"split": {"validation": 2, "test": "20%"}},
    "shuffled": {"split": {"validation": "30%", "shuffle": True}},
    "only shuffled": {"split": {"shuffle": True}},
}


class Letters(ftprep.Check):
    """The answer's words, none where it has no word with an `a`."""

    name = "letters"
    by_split = True

    def look(self, example):
        return [word for word in example.messages[-1].text.split() if "a" in word] or None

    def judge(self, state, run):
        assert sum(run.splits.values(), Counter()) == state
        return Verdict(figures={split: dict(sorted(counts.items())) for split, counts in run.splits.items()})


class Sizes(Letters):
    """One number for each; several are counted for it, or nothing."""

    name = "sizes"

    def look(self, example):
        return len(example.messages[-1].text)

    def of_split(self, value):
        return None if value == 3 else [f"{value}", "all"] if value > 3 else value

    def judge(self, state, run):
        return Verdict(figures={split: dict(sorted((str(k), n) for k, n in counts.items()))
                                for split, counts in run.splits.items()})  # fmt: skip


class Lists(Letters):
    """Gives what cannot be counted."""

    name = "sets"

    def of_split(self, value):
        return {value}


class Failing(Letters):
    """Raises."""

    name = "failing"

    def of_split(self, value):
        raise ValueError("no")


class Plugin:
    """A plugin with them."""

    @ftprep.hookimpl
    def ftprep_checks(self):
        return [Letters, Sizes, Lists, Failing]


PLUGINS = registry((Plugin(), "split"))
answers = st.sampled_from(["a", "b", "a b", "aa ab", "aa", "b bb", "abc abc", "a long answer"])
tables = st.lists(st.tuples(st.sampled_from("qrstu"), answers, st.sampled_from(["train", "validation", "test"])),
                  min_size=3, max_size=40)  # fmt: skip


def recounted(made, folder="kit_chat"):
    """The figures of both checks, from the files."""
    letters, sizes = {}, {}
    for split in ("train", "validation", "test"):
        texts = [row["messages"][-1]["content"] for row in made.rows(f"{folder}/{split}.jsonl")]
        if texts:
            letters[split] = Counter(word for text in texts for word in text.split() if "a" in word)
            sizes[split] = Counter(str(len(text)) for text in texts if len(text) != 3)
            if long := sum(len(text) > 3 for text in texts):
                sizes[split]["all"] = long
    return {"letters": letters, "sizes": sizes}


@law
@given(data=tables, part_rows=st.integers(1, 9), how=st.sampled_from(sorted(SPLITS)), drops=st.booleans())
def test_counts_of_every_split_are_those_of_its_file(data, part_rows, how, drops):
    rows = [{"q": f"{q}{n}", "a": a, "s": s} for n, (q, a, s) in enumerate(data)]
    later = [{"lengths": {"most": 6}}] if drops else []
    steps = ["ask", {"times": {"n": 1}}] if part_rows % 2 else ["ask"]
    source = recipe(*steps, check=["letters", "sizes", *later], **SPLITS[how])
    made = left(source, rows, plugins=PLUGINS, part_rows=part_rows)
    figures = made.result.figures["kit_chat"]
    assert {name: figures[name] for name in ("letters", "sizes")} == recounted(made)


def test_each_output_is_counted_for_itself():
    rows = questions([("a", "aa"), ("b", "ab"), ("c", "a long answer")])
    source = recipe(
        "ask", check=["letters"], write=["kit_chat", {"kit_chat": {"as": "again", "steps": [{"times": 2}]}}]
    )
    made = left(source, rows, plugins=PLUGINS)
    assert made.result.figures == {
        "kit_chat": {"letters": {"train": {"a": 1, "aa": 1, "ab": 1, "answer": 1}}},
        "again": {"letters": recounted(made, "again")["letters"]},
    }


@pytest.mark.parametrize(
    ("check", "says"),
    [("sets", "gave a set to be counted by split"), ("failing", "failed in of_split: ValueError: no")],
    ids=["no key", "raises"],
)
def test_what_cannot_be_counted_names_the_plugin(check, says):
    text = fails(PluginError, left, recipe("ask", check=[check]), questions([("a", "a b")]), plugins=PLUGINS)
    assert text == (
        f"check '{check}' (plugin 'split' of split-dist 2) {says}; please report this to its maintainer, or leave "
        "the step out"
    )


@pytest.mark.files
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shares work")
@pytest.mark.parametrize("how", sorted(SPLITS))
@pytest.mark.parametrize("step", ["times", "few"])
def test_counts_are_the_same_where_the_work_is_shared(tmp_path, monkeypatch, how, step):
    monkeypatch.setattr(ahead, "WORTH_IT", 0)  # small files are worth it too
    words = ("a", "b", "a b", "aa ab", "abc abc", "a long answer")
    rows = [{"q": f"q{n}", "a": words[n % 7 % 6], "s": ("train", "test")[n % 2]} for n in range(200)]
    file = tmp_path / "rows.kit"
    file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    source = recipe("ask", step, check=["letters", "sizes", {"lengths": {"most": 6}}], read=str(file), **SPLITS[how])
    alone, many = (
        api.run(source, registry=PLUGINS, out=tmp_path / name, part_rows=17, read_ahead=name == "many").manifest
        for name in ("alone", "many")
    )
    assert alone["figures"] == many["figures"]
    assert alone["makeup"] == many["makeup"]
    assert all(sum(splits.values()) for splits in many["figures"]["kit_chat"]["letters"].values())
