"""One run and what it leaves: drops, findings, losses, errors, and what is published."""

from __future__ import annotations

import datetime
import json
import struct
from pathlib import Path

import pytest
from kit_runs import REGISTRY, fails, left, questions, recipe, registry, talks

import ftprep
from ftprep import Example, FindingsError, Message, RecipeError, Rows
from ftprep.errors import DataError

pytestmark = pytest.mark.files
BAD = "\ud800"


def rows(run, name="kit_chat/train.jsonl"):
    return [json.loads(line) for line in (run.folder / name).read_bytes().splitlines()]


def go(folder, source, data, **options):
    return ftprep.run(source, data=data, out=folder / "out", registry=REGISTRY, **options)


def test_a_run_leaves_data_contract_lineage_drops_and_manifest(tmp_path):
    run = go(tmp_path, recipe("ask"), questions([("a", "b"), ("c", "")]))
    found = sorted(p.relative_to(run.folder).as_posix() for p in run.folder.rglob("*") if p.is_file())
    assert found == run.manifest["files"] == [
        "dropped.jsonl", "kit_chat/contract.json", "kit_chat/train.jsonl", "lineage/kit_chat.train.bin",
        "lineage/units.json", "manifest.json", "report.html",
    ]  # fmt: skip
    assert rows(run, "dropped.jsonl") == [
        {
            "source": "data:2", "step": "kit_chat", "output": "kit_chat", "reason": "empty answer",
            "content": {
                "fields": {"q": "c", "a": ""},
                "messages": [{"role": "user", "content": "c"}, {"role": "assistant"}],
            },
        }
    ]  # fmt: skip
    counts = {key: run.counts[key] for key in ("read", "used", "dropped", "examples")}
    assert counts == {"read": 2, "used": 1, "dropped": 1, "examples": {"kit_chat": {"train": 1}}}
    assert run.manifest["versions"]["plugins"] == {"kit": "kit-dist 1"}
    assert run.ok and run.to_pandas().shape == (1, 1)


def test_nothing_is_published_where_no_example_is_left(tmp_path):
    (tmp_path / "out").mkdir()
    says = fails(FindingsError, go, tmp_path, recipe("ask", {"times": {"n": 0}}), questions([("a", "b"), ("c", "d")]))
    assert says == (
        "no example is left of 2 rows: 2 by 'times' (none wanted); nothing was published; "
        "'ftprep preview' shows what each step does"
    )
    assert list(tmp_path.rglob("*")) == [tmp_path / "out"]


def test_one_output_without_an_example_is_a_finding_at_error_level():
    write = ["kit_text", {"kit_chat": {"steps": [{"times": {"n": 0}}]}}]
    made = left(recipe("ask", write=write), questions([("a", "b")]))
    assert [(f["code"], f["level"], f["message"]) for f in made.result.warned.as_json()] == [
        ("FT301", "error", "no example was left for 'kit_chat'")
    ]
    assert made.counts["examples"] == {"kit_text": {"train": 1}, "kit_chat": {}}


def test_strict_publishes_nothing_where_a_finding_is_an_error(tmp_path):
    source = recipe("ask", check=[{"lengths": {"most": 1, "find": True, "level": "error"}}])
    data = questions([("a", "b"), ("c", "long"), ("d", "long")])
    says = fails(FindingsError, go, tmp_path, source, data, strict=True)
    assert says == "data:2: long (2 times; also row 3); shorten it"
    assert list(tmp_path.iterdir()) == []
    run = go(tmp_path, source, data)
    assert not run.ok and run.manifest["ok"] is False
    assert [str(problem) for problem in run.findings] == [says]


def test_a_check_counts_drops_and_finds():
    made = left(recipe("ask", check=[{"lengths": {"most": 2}}]), questions([("q", a) for a in ("a", "bb", "ccc", "d")]))
    assert made.result.figures == {"kit_chat": {"lengths": {"lengths": {"1": 2, "2": 1}}}}
    assert [(d["step"], d["output"], d["reason"], d["detail"]) for d in made.dropped] == [
        ("lengths", "kit_chat", "long", "3")
    ]


def test_lineage_tells_files_and_sheets_apart(tmp_path):
    row = '{"q": "a", "a": "b"}\n'
    (tmp_path / "a.kit").write_text(f"{row}# one\n!\n{row}# two\n\n{row}{row}", encoding="utf-8", newline="\n")
    (tmp_path / "b.kit").write_text(f"# one\n{row}", encoding="utf-8", newline="\n")
    run = ftprep.run(recipe("ask", read=str(tmp_path / "*.kit")), out=tmp_path / "out", registry=REGISTRY)
    found = struct.iter_unpack("<IIII", (run.folder / "lineage/kit_chat.train.bin").read_bytes())
    units = json.loads((run.folder / "lineage/units.json").read_bytes())["units"]
    assert [(Path(units[u]["file"]).name, units[u]["sheet"], first, last) for u, first, last, _ in found] == [
        ("a.kit", None, 1, 1), ("a.kit", "one", 4, 4), ("a.kit", "two", 7, 7), ("a.kit", "two", 8, 8),
        ("b.kit", "one", 2, 2),
    ]  # fmt: skip
    assert [Path(drop["source"]).name for drop in rows(run, "dropped.jsonl")] == ["a.kit:one!3"]


def test_two_checks_of_one_name_count_apart_and_only_what_is_written():
    checks = [{"lengths": {"find": True}}, {"lengths": {"most": 2}}]
    data = questions([("q", "a"), ("q", "ccc"), ("q", ""), ("q", "a")])
    found = left(recipe("ask", check=checks), data).result.figures
    assert found == {"kit_chat": {"lengths": {"lengths": {"1": 2}}, "lengths 2": {"lengths": {"1": 2}}}}


def test_what_a_writer_cannot_carry_is_counted():
    data = [Example(messages=(Message("user", "q", name=n), Message("assistant", "a"))) for n in ("Ann", None)]
    made = left(recipe(), data)
    assert made.step("kit_chat")["notes"] == {"lost: name": 1}


def test_tallies_of_steps_are_notes():
    assert left(recipe("ask", "times"), questions([("a", "b")])).step("times")["notes"] == {"started": 1}


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([{"ask": {"prompt": "{p}"}}], id="a_template"),
        pytest.param(["ask", {"skip": {"column": "p"}}], id="a_step_that_raises"),
        pytest.param(["ask", {"few": {"column": "p"}}], id="a_selector"),
    ],
)
def test_a_row_without_the_column_is_dropped(steps):
    class Loose(ftprep.Reader):
        """Rows with columns of their own."""

        name = "loose"
        fixed_columns = False

        @classmethod
        def takes(cls, data):
            return True

        @classmethod
        def read_data(cls, data):
            yield Rows(data, range(1, len(data) + 1))

    class More:
        @ftprep.hookimpl
        def ftprep_readers(self):
            return [Loose]

    data = [{"q": "a", "a": "b", "p": "c"}, {"q": "a", "a": "b"}, {"q": "x", "a": "y", "p": "z"}]
    made = left(recipe(*steps), data, plugins=registry((More(), "more")))
    assert [(d["source"], d["reason"]) for d in made.dropped] == [("data:2", "no column 'p'")]
    assert made.counts["dropped"] == 1


def test_half_a_character_is_a_drop_that_can_be_read():
    data = [*questions([("a", "b"), (f"x{BAD}", "y")])]
    made = left(recipe("ask", {"few": {"n": 3, "lot": True}}, split={"validation": 1}), [*data, {"q": "c", "a": "d"}])
    assert made.counts["examples"] == {"kit_chat": {"train": 1, "validation": 1}}
    (drop,) = made.dropped
    assert (drop["source"], drop["reason"]) == ("data:2", "text with half a character (a lone surrogate)")
    assert drop["content"]["messages"][0]["content"] == "x\\ud800"


def test_values_that_are_no_json_do_not_stop_a_run_that_does_not_write_them():
    data = [{"q": "a", "a": answer, "when": datetime.date(2024, 2, 29), "odd": {1, 2}, "s": object} for answer in "xy"]
    made = left(recipe("ask", {"skip": {"column": "a", "values": ["y"]}}, split={"shuffle": True}), data)
    assert made.counts["used"] == 1
    assert made.dropped[0]["content"]["fields"]["when"] == "2024-02-29"


def test_a_column_that_no_row_has_is_said_before_work_begins():
    source = recipe(
        {"ask": {"prompt": "{question}"}}, {"skip": {"column": "A"}},
        write=[{"kit_chat": {"system": "{tone}", "steps": [{"skip": {"column": "qq"}}]}}],
        split={"validation": 1, "by": "k"},
    )  # fmt: skip
    assert fails(RecipeError, left, source, questions([("a", "b")])).splitlines() == [
        "recipe: split.by: 'split: by' reads the column 'k', which data has not got; its columns: a, q",
        "recipe: transform[0].ask: 'ask' reads the column 'question', which data has not got; its columns: a, q",
        "recipe: transform[1].skip: 'skip' reads the column 'A', which data has not got; did you mean 'a'?",
        "recipe: write[0].kit_chat.steps[0].skip: 'skip' reads the column 'qq', which data has not got; "
        "did you mean 'q'?",
        "recipe: write[0].kit_chat: 'kit_chat' reads the column 'tone', which data has not got; its columns: a, q",
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param([5], "data: 'int' object is not iterable", id="no_mappings"),
        pytest.param(5, "data: 'int' object is not iterable", id="no_iterable"),
    ],
)
def test_data_that_is_no_rows_is_refused(data, says):
    assert fails(DataError, left, recipe("ask"), data) == f"{says}; hand in mappings (column -> value) or Examples"


def test_more_than_two_thousand_examples_handed_in_keep_their_numbers():
    example = Example(messages=(Message("user", "q"), Message("assistant", "a")))
    made = left(recipe(), [example] * 4100)
    assert [first for _, first, _, _ in made.lineage("kit_chat.train")] == list(range(1, 4101))


def test_a_limit_below_one_is_refused():
    assert fails(RecipeError, ftprep.run, recipe("ask"), data=[], limit=0, registry=REGISTRY) == (
        "limit must be at least 1, not 0; leave it out for all rows"
    )


def test_examples_can_be_streamed():
    found = ftprep.stream(recipe("talks", "pairs"), data=talks("a b c d", "e f"), limit=1, registry=REGISTRY)
    assert [(str(e.source), [m.text for m in e.messages]) for e in found] == [
        ("data:1-4", ["a", "b"]), ("data:1-4", ["a", "b", "c", "d"]),
    ]  # fmt: skip
