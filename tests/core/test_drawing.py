"""The lines drawn for the page of a run: the same ones whatever way they came to their file, each at its place."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit_runs import left, questions, recipe

from ftprep.engine.drawing import Places, drawn, share_out
from ftprep.engine.spool import LineFile

law = settings(deadline=None, derandomize=True, max_examples=60)
pytestmark = pytest.mark.files


@pytest.mark.parametrize(
    ("samples", "splits", "shares"),
    [
        pytest.param(20, 1, [20], id="one split"),
        pytest.param(20, 2, [15, 5], id="two"),
        pytest.param(20, 3, [10, 5, 5], id="three"),
        pytest.param(50, 2, [45, 5], id="many"),
        pytest.param(3, 2, [2, 1], id="few"),
        pytest.param(1, 3, [1, 0, 0], id="one sample"),
        pytest.param(0, 2, [0, 0], id="none"),
        pytest.param(20, 0, [], id="no split"),
    ],
)
def test_training_gets_most_samples(samples: int, splits: int, shares: list[int]) -> None:
    assert share_out(samples, splits) == shares


def test_drawn_lines_are_spread_over_the_file() -> None:
    lines = drawn(100_000, 1000, 7)
    assert lines == sorted(set(lines))
    assert len(lines) == 1000
    assert [sum(n * 10_000 < line <= (n + 1) * 10_000 for line in lines) > 60 for n in range(10)] == [True] * 10


@law
@given(st.integers(0, 300_000), st.integers(0, 20), st.integers(0, 2**63 - 1))
def test_what_is_drawn_depends_on_the_seed_and_stays_as_the_file_grows(lines: int, count: int, seed: int) -> None:
    one = drawn(lines, count, seed)
    assert one == drawn(lines, count, seed)
    assert len(one) == min(lines, count)
    assert all(1 <= line <= lines for line in one)
    assert len(set(drawn(lines + 1, count, seed)) - set(one)) <= 1


def test_another_seed_draws_other_lines() -> None:
    assert drawn(1000, 5, 0) != drawn(1000, 5, 1)


@law
@given(st.lists(st.lists(st.binary(max_size=8).map(lambda b: b.replace(b"\n", b"")), max_size=6), max_size=12))
def test_each_sample_stands_where_it_is_said_to_however_lines_come(batches: list[list[bytes]]) -> None:
    every = [line for batch in batches for line in batch]
    with tempfile.TemporaryDirectory() as name:
        file = LineFile(Path(name, "a.jsonl"), Path(name, "lineage", "a.bin"))
        for batch in batches:
            file.write(batch, b"")
        samples = file.close(samples=5, seed=3)["samples"]
        data = Path(name, "a.jsonl").read_bytes()
    assert [line for line, _, _ in samples] == drawn(len(every), 5, 3)
    for line, offset, size in samples:
        assert data[offset : offset + size] == every[line - 1]
        assert data[offset + size : offset + size + 1] == b"\n"
        assert data[:offset].count(b"\n") == line - 1


def test_a_file_of_very_many_batches_keeps_few_places(tmp_path: Path) -> None:
    places, path = Places(), tmp_path / "lines"
    lines = [b"%d\n" % n for n in range(50_000)]
    path.write_bytes(b"".join(lines))
    offset = 0
    for number, line in enumerate(lines):
        places.note(number, offset)
        offset += len(line)
    assert len(places) <= 4096
    wanted = [1, 2, 3, 2048, 4096, 4097, 8193, 33_333, 49_999, 50_000]
    data = path.read_bytes()
    assert [data[at : at + size] for _, at, size in places.find(path, wanted)] == [b"%d" % (n - 1) for n in wanted]


WAYS = {
    "as they come": {},
    "spooled": {"split": {"validation": "20%", "test": "10%"}},
    "shuffled": {"split": {"validation": "20%", "shuffle": True}},
    "stable": {"split": {"validation": "20%", "stable": True}},
    "given": {"split": {"from": "set"}},
}


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in WAYS.items()])
@pytest.mark.parametrize("part_rows", [1, 7, None])
def test_every_way_to_a_file_gives_the_same_samples(way: dict[str, object], part_rows: int | None) -> None:
    rows = [{**row, "set": "test" if n % 3 == 0 else "train"} for n, row in enumerate(questions_of(60))]
    made = left(recipe("ask", {"times": {"n": 2}}, **way), rows, part_rows=part_rows)
    once = left(recipe("ask", {"times": {"n": 2}}, **way), rows)
    files = {name: facts for name, facts in made.result.files.items() if name != "dropped.jsonl"}
    assert made.result.files == once.result.files
    assert sum(len(facts["samples"]) for facts in files.values()) == 20
    for name, facts in files.items():
        lines = made.files[name].split(b"\n")
        for line, offset, size in facts["samples"]:
            assert made.files[name][offset : offset + size] == lines[line - 1]


def test_the_recipe_says_how_many_samples_there_are() -> None:
    def count(**report: object) -> int:
        made = left(recipe("ask", split={"validation": "20%"}, **report), questions_of(60))
        return sum(len(facts.get("samples", ())) for facts in made.result.files.values())

    assert (count(), count(report={"samples": 3}), count(report={"samples": 0}), count(report=False)) == (20, 3, 0, 0)


def questions_of(count: int) -> list[dict[str, object]]:
    return list(questions((f"Question {n}\nÜ", "a" * (n % 5 + 1)) for n in range(count)))
