"""Two runs held against each other: laws of the counts, which lines are one row, and what differs in values."""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import REGISTRY
from msgspec import UNSET

from ftprep.differing import Difference, diff
from ftprep.differing.difference import FigureChange, FindingChange, InputChange, StepChange
from ftprep.differing.values import Change, changes
from ftprep.wording import word_diff

pytestmark = pytest.mark.files
law = settings(deadline=None, derandomize=True, max_examples=60)

Rows = Mapping[str, Sequence[tuple[str, str, int]]]
"""Split -> question, answer, row of the input."""
FILE = "data.csv"


def line(question: str, answer: str) -> bytes:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": messages}).encode() + b"\n"


def made(
    folder: Path, rows: Rows, *, output: str = "chat", inputs: Mapping[str, str] | None = None, **keys: Any
) -> Path:
    """A run folder with these rows, as a run leaves it."""
    (folder / output).mkdir(parents=True)
    (folder / "lineage").mkdir()
    facts = {}
    for split, of in rows.items():
        data = b"".join(line(question, answer) for question, answer, _ in of)
        (folder / output / f"{split}.jsonl").write_bytes(data)
        facts[f"{output}/{split}.jsonl"] = {"lines": len(of), "bytes": len(data), "sha256": sha256(data)}
        records = b"".join(struct.pack("<IIII", 0, row, row, 0) for _, _, row in of)
        (folder / "lineage" / f"{output}.{split}.bin").write_bytes(records)
    (folder / "lineage" / "units.json").write_text(json.dumps({"units": [{"file": FILE, "sheet": None}]}))
    contract = {"writer": {"name": "kit/kit_chat", "options": {}}, "steps": [], "facts": {}}
    (folder / output / "contract.json").write_text(json.dumps(contract))
    given = {FILE: "1"} if inputs is None else inputs
    manifest = {
        "ftprep": "0.1.0", "format": 1, "name": "r", "ok": True, "seed": 0, "limit": None, "recipe": {"version": 1},
        "versions": {"python": "3.11", "plugins": {}}, "figures": {}, "findings": [], "outputs": facts,
        "inputs": [{"file": file, "sha256": hash_} for file, hash_ in given.items()],
        "counts": {"examples": {output: {split: len(of) for split, of in rows.items()}}, "steps": []},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps({**manifest, **keys}))
    return folder


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def compared(old: Rows, new: Rows, **options: Any) -> Difference:
    """Two runs with these rows; `options` are those of the second."""
    with tempfile.TemporaryDirectory() as name:
        a, b = made(Path(name, "a"), old), made(Path(name, "b"), new, **options)
        return diff(a, b, examples=100, registry=REGISTRY)


def told(found: Difference) -> list[tuple[str, str | None, str | None, str | None]]:
    """Kind, rule, and the places in A and B of each row that is told."""

    def short(place: Any) -> str | None:
        return None if place is None else f"{place}".rpartition("/chat/")[2].replace(".jsonl", "")

    return [
        (kind, row.rule, short(row.a), short(row.b)) for kind, rows in found.outputs[0].rows.items() for row in rows
    ]


rows = st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(1, 4))
runs = st.fixed_dictionaries({"train": st.lists(rows, max_size=8)}, optional={"validation": st.lists(rows, max_size=8)})


@law
@given(runs)
def test_a_run_and_its_copy_are_equal(run: Rows) -> None:
    found = compared(run, run)
    only = found.outputs[0]
    assert (found.equal, found.differing, told(found), only.equal) == (True, (), [], True)
    assert only.same == sum(map(len, run.values()))


@law
@given(runs, runs, st.sampled_from("12"))
def test_the_other_way_round_what_came_has_gone(old: Rows, new: Rows, hash_: str) -> None:
    one = compared(old, new, inputs={FILE: hash_}).outputs[0]
    other = compared(new, old, inputs={FILE: hash_}).outputs[0]
    assert (one.added, one.removed, one.lines) == (other.removed, other.added, other.lines[::-1])
    assert (one.same, one.changed, one.moved, one.strayed) == (other.same, other.changed, other.moved, other.strayed)
    assert one.rules == other.rules
    assert one.moves == {" → ".join(way.split(" → ")[::-1]): n for way, n in other.moves.items()}


@law
@given(runs, runs, st.sampled_from("12"))
def test_the_counts_balance(old: Rows, new: Rows, hash_: str) -> None:
    found = compared(old, new, inputs={FILE: hash_}).outputs[0]
    both = found.same + found.moved + found.changed
    assert found.lines == (both + found.removed, both + found.added)
    assert found.lines == (sum(map(len, old.values())), sum(map(len, new.values())))
    assert found.lines[1] == found.lines[0] + found.added - found.removed
    assert sum(found.rules.values()) == found.changed and sum(found.moves.values()) == found.moved
    assert {split: counts for split, counts in found.splits.items() if any(counts)} == {
        split: (len(old.get(split, ())), len(new.get(split, ())))
        for split in ("train", "validation")
        if old.get(split) or new.get(split)
    }


@law
@given(runs, runs)
def test_rows_are_counted_by_their_bytes(old: Rows, new: Rows) -> None:
    one, other = ({split: Counter((q, a) for q, a, _ in of) for split, of in run.items()} for run in (old, new))
    found = compared(old, new).outputs[0]
    there = sum((sum(one.values(), Counter()) & sum(other.values(), Counter())).values())
    here = sum((one.get(split, Counter()) & other.get(split, Counter())).total() for split in {*one, *other})
    assert (found.same, found.moved) == (here, there - here)


A = ("Hi", "Hello", 1)
B = ("Bye", "See you", 2)
C = ("Where is my order, please?", "On its way", 3)


@pytest.mark.parametrize(
    ("old", "new", "input_", "expected"),
    [
        pytest.param([A, B], [A, B, C], "1", [("added", None, None, "train:3")], id="one more"),
        pytest.param([A, B], [B], "1", [("removed", None, "train:1", None)], id="one less"),
        pytest.param([A, A, B], [A, B], "1", [("removed", None, "train:2", None)], id="of equal rows the last is over"),
        pytest.param(
            [A, B], [("Hi!", "Hello!", 1), B], "1", [("changed", "source", "train:1", "train:1")], id="the same rows"
        ),
        pytest.param(
            [A, B], [B, ("Hi", "Good day", 7)], "2", [("changed", "prompt", "train:1", "train:2")], id="another answer"
        ),
        pytest.param(
            [A, C],
            [A, ("Where is my order?", "On its way", 3)],
            "2",
            [("changed", "place", "train:2", "train:2")],
            id="the same rows of a changed input, alike",
        ),
        pytest.param(
            [A, C],
            [A, ("Do you ship abroad?", "We do", 3)],
            "2",
            [("added", None, None, "train:2"), ("removed", None, "train:2", None)],
            id="the same rows of a changed input, unlike",
        ),
        pytest.param(
            [A, C],
            [A, ("Where is my order?", "On its way", 4)],
            "2",
            [("added", None, None, "train:2"), ("removed", None, "train:2", None)],
            id="alike, from other rows",
        ),
    ],
)
def test_which_lines_are_one_row(old: Any, new: Any, input_: str, expected: Any) -> None:
    assert told(compared({"train": old}, {"train": new}, inputs={FILE: input_})) == expected


def test_a_row_that_moved_and_one_that_changed_on_the_way() -> None:
    found = compared({"train": [A, B], "validation": [C]}, {"train": [C], "validation": [A, ("Bye", "So long", 2)]})
    only = found.outputs[0]
    assert told(found) == [
        ("changed", "source", "train:2", "validation:2"),
        ("moved", None, "validation:1", "train:1"),
        ("moved", None, "train:1", "validation:1"),
    ]
    assert (only.moves, only.strayed) == ({"train → validation": 1, "validation → train": 1}, 1)
    (wording,) = only.rows["changed"][0].wordings
    assert (wording.path, wording.words) == ("messages[1].content", "[-See you-]{+So long+}")
    assert only.rows["moved"][0].a is not None and only.rows["moved"][0].a.source == "data.csv:3"


def test_words_that_stand_in_every_line_make_no_two_lines_alike() -> None:
    every = "Please answer as a polite and friendly agent of the shop"
    old = [(f"{every}: first{n} second{n}", f"answer{n}", n) for n in range(20)]
    new = [(f"{every}: third{n} fourth{n}", f"other{n}", n) for n in range(20)]
    found = compared({"train": old}, {"train": new}, inputs={FILE: "2"}).outputs[0]
    assert (found.changed, found.added, found.removed) == (0, 20, 20)


def test_rows_in_another_order_are_the_same_rows() -> None:
    found = compared({"train": [A, B]}, {"train": [B, A]})
    only = found.outputs[0]
    assert (found.equal, only.same, only.reordered, told(found)) == (False, 2, True, [])


def test_an_output_that_one_run_has_is_said_and_not_compared(tmp_path: Path) -> None:
    a, b = made(tmp_path / "a", {"train": [A, B]}, output="chat"), made(tmp_path / "b", {"train": [A]}, output="text")
    found = diff(a, b, registry=REGISTRY).outputs
    assert [(o.name, o.only_in, o.lines, o.added, o.removed) for o in found] == [
        ("text", "b", (0, 1), 0, 0),
        ("chat", "a", (2, 0), 0, 0),
    ]


def test_rows_without_lineage_are_known_by_what_they_say(tmp_path: Path) -> None:
    a, b = made(tmp_path / "a", {"train": [A, B]}), made(tmp_path / "b", {"train": [A, ("Bye", "So long", 2)]})
    for run in (a, b):
        (run / "lineage" / "units.json").unlink()
    (row,) = diff(a, b, registry=REGISTRY).outputs[0].rows["changed"]
    assert row.rule == "prompt" and row.a is not None and row.a.source is None


def test_a_difference_shows_itself() -> None:
    found = compared({"train": [A, ("<b>Bye</b>", "See you", 2)]}, {"train": [A, ("<b>Bye</b>", "So long", 2)]})
    assert repr(found).endswith("/b; chat: 0 added, 0 removed, 1 changed, 0 moved)")
    shown = found._repr_html_()
    assert "[-See you-]{+So long+}" in shown and "data.csv:2" in shown and "<script" not in shown
    assert compared({"train": [A]}, {"train": [A]})._repr_html_().count("<table") == 1


STEP = {"step": "dedupe", "in": 3, "out": 3, "made": 0, "dropped": {}, "notes": {}}
FINDING = {"code": "FT353", "level": "advice", "message": "few", "count": 1}
FIGURES = {
    "chat": {"labels": {"classes": 2, "table": [{"label": "yes", "examples": 8, "share": 0.8}], "bins": [[0, 1, 3]]}}
}


def test_what_was_counted_and_found_is_compared_too(tmp_path: Path) -> None:
    table = [{"label": "yes", "examples": 9, "share": 0.7}, {"label": "no", "examples": 1, "share": 0.3}]
    a = made(tmp_path / "a", {"train": [A]}, figures=FIGURES, findings=[FINDING, {**FINDING, "message": "gone"}])
    b = made(
        tmp_path / "b",
        {"train": [A]},
        figures={"chat": {"labels": {"classes": 2, "table": table, "bins": [[0, 1, 4]]}, "tokens": {"p50": 3}}},
        findings=[{**FINDING, "count": 2}, {**FINDING, "message": "new"}],
        counts={"examples": {"chat": {"train": 1}}, "steps": [{**STEP, "out": 2, "dropped": {"seen": 1}}]},
        seed=3,
        ok=False,
    )
    manifest = json.loads((a / "manifest.json").read_text())
    manifest["counts"]["steps"] = [STEP]
    (a / "manifest.json").write_text(json.dumps(manifest))
    found = diff(a, b, registry=REGISTRY)
    assert found.figures == (
        FigureChange("chat", "labels", "yes: examples", 8, 9),
        FigureChange("chat", "labels", "no: examples", UNSET, 1),
    )
    assert found.steps == (StepChange("dedupe", None, (Change("out", 3, 2), Change("dropped: seen", 0, 1))),)
    assert found.findings == (
        FindingChange("FT353", "advice", "new", 0, 1),
        FindingChange("FT353", "advice", "gone", 1, 0),
        FindingChange("FT353", "advice", "few", 1, 2),
    )
    assert (found.about, found.ok, found.equal) == ((Change("seed", 0, 3),), (True, False), False)


def test_of_a_step_that_one_run_did_not_take_the_drops_are_told(tmp_path: Path) -> None:
    steps = [{**STEP, "step": "drop_if", "dropped": {"too long": 2}}, {**STEP, "step": "clean"}]
    counts = {"examples": {"chat": {"train": 1}}}
    a = made(tmp_path / "a", {"train": [A]}, counts={**counts, "steps": [STEP]})
    b = made(tmp_path / "b", {"train": [A]}, counts={**counts, "steps": steps})
    assert diff(a, b, registry=REGISTRY).steps == (
        StepChange("drop_if", None, (Change("dropped: too long", 0, 2),)),
    )  # fmt: skip


def test_versions_that_changed_are_told(tmp_path: Path) -> None:
    a = made(tmp_path / "a", {"train": [A]}, versions={"python": "3.11", "plugins": {"x": "1", "old": "1"}})
    b = made(tmp_path / "b", {"train": [A]}, versions={"python": "3.12", "plugins": {"x": "2"}}, ftprep="0.0.9")
    assert diff(a, b, registry=REGISTRY).versions == (
        Change("ftprep", "0.1.0", "0.0.9"),
        Change("python", "3.11", "3.12"),
        Change("plugins.x", "1", "2"),
        Change("plugins.old", "1", UNSET),
    )


def test_who_waits_is_told_what_is_read(tmp_path: Path) -> None:
    a, b = made(tmp_path / "a", {"train": [A]}), made(tmp_path / "b", {"train": [B]})
    told: list[str] = []
    diff(a, b, registry=REGISTRY, progress=told.append)
    assert told == [f"{(run / 'chat' / 'train.jsonl').as_posix()}: 1 lines read" for run in (a, b)]


def test_inputs_are_known_by_their_names_and_then_by_their_bytes() -> None:
    with tempfile.TemporaryDirectory() as name:
        old = {"same": "0", "edited": "1", "moved": "2", "left": "3"}
        new = {"same": "0", "edited": "9", "there": "2", "more": "4"}
        a, b = made(Path(name, "a"), {"train": []}, inputs=old), made(Path(name, "b"), {"train": []}, inputs=new)
        assert diff(a, b, registry=REGISTRY).inputs == (
            InputChange("edited", "changed"),
            InputChange("there", "renamed", "moved"),
            InputChange("more", "added"),
            InputChange("left", "removed"),
        )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="nothing"),
        pytest.param({"a": 1}, {"a": 1.0}, [("a", 1, 1.0)], id="another kind of number"),
        pytest.param({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [("a.b[1]", 2, 3)], id="deep inside"),
        pytest.param(["x", {"w": {"n": 5}}], ["y", "x", {"w": {"n": 8}}], [("[0]", UNSET, "y"), ("[2].w.n", 5, 8)],
                     id="a step before it"),
        pytest.param(["w"], [{"w": {"n": 8}}], [("[0].w", UNSET, {"n": 8})], id="a step that gets an option"),
        pytest.param(["a", "b", "c"], ["a", "c"], [("[1]", "b", UNSET)], id="a step less"),
        pytest.param([{"role": "user", "content": "x"}], [{"role": "system", "content": "s"}, {"role": "user",
                     "content": "y"}], [("[0]", UNSET, {"role": "system", "content": "s"}), ("[1].content", "x", "y")],
                     id="messages by their roles"),
        pytest.param({"a": None}, {}, [("a", None, UNSET)], id="null that goes"),
    ],
)  # fmt: skip
def test_values_that_differ_have_their_places(before: Any, after: Any, expected: Any) -> None:
    assert [(change.path, change.before, change.after) for change in changes(before, after)] == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=8,
)


@law
@given(json_values, json_values)
def test_values_have_no_changes_only_where_they_are_equal(before: Any, after: Any) -> None:
    assert not list(changes(before, before))
    assert bool(list(changes(before, after))) == (
        json.dumps(before, sort_keys=True) != json.dumps(after, sort_keys=True)
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        pytest.param("positive", "negative", "[-positive-]{+negative+}", id="a word"),
        pytest.param("", "new", "{+new+}", id="out of nothing"),
        pytest.param("a b", "a  b", "a[- -]{+  +}b", id="a space"),
        pytest.param(f"{'one ' * 30}two three four five six", f"{'one ' * 30}two three four five 6",
                     "…one two three four five [-six-]{+6+}", id="at the end of a long text"),
        pytest.param("x" * 300, "y", f"[-{'x' * 133}… (300 characters) …{'x' * 50}-]{{+y+}}", id="a long word"),
    ],
)  # fmt: skip
def test_texts_are_compared_in_words(before: str, after: str, words: str) -> None:
    assert word_diff(before, after) == words
