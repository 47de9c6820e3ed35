"""Grouping rows through the disk, held against sorting them in memory."""

from __future__ import annotations

import gc
import os
import tracemalloc
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftprep.engine.scatter import Scattered

law = settings(deadline=None, derandomize=True, max_examples=60)


def key(row):
    return row["k"]


def scattered(rows, *, most=200_000, block=7):
    """The roots as lists of (number, row), and how many rows each part held."""
    made = Scattered(key, most=most)
    for at in range(0, len(rows), block):
        made.add(rows[at : at + block], range(at + 1, at + 1 + len(rows[at : at + block])))
    roots, parts = [], []
    for some, numbers, ends in made.roots():
        parts.append(len(some))
        entries = list(zip(numbers, some, strict=True))
        roots += [entries[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    return roots, parts


def grouped(rows):
    """The same by a dictionary, which keeps the order of first rows."""
    roots = {}
    for number, row in enumerate(rows, 1):
        name = ("none", number) if row["k"] is None else ("some", row["k"])
        roots.setdefault(name, []).append((number, row))
    return list(roots.values())


names = st.one_of(st.sampled_from(["a", "b", "c", "\ud800"]), st.none(), st.integers(-2, 3), st.text(max_size=3))
tables = st.lists(names.map(lambda name: {"k": name, "v": name}), max_size=60)


@law
@given(rows=tables, most=st.sampled_from([1, 3, 200_000]), block=st.integers(1, 20))
@example(rows=[{"k": 1}, {"k": "1"}, {"k": 1.0}, {"k": True}, {"k": "1"}], most=1, block=1)
@example(rows=[{"k": 5}, {"k": None}, {"k": None}, {"k": (5,)}, {"k": 5}], most=2, block=2)
def test_scattered_rows_are_grouped_as_in_memory(rows, most, block):
    assert scattered(rows, most=most, block=block)[0] == grouped(rows)


def test_rows_come_back_as_they_were_with_all_their_types():
    row = {"k": "a", "half": "x\ud800", "date": date(2024, 2, 29), "list": [1, 1.0, None, True], "pair": (1, 2)}
    ((entry,),), _ = scattered([row])
    assert entry == (1, row)
    assert list(map(type, entry[1].values())) == list(map(type, row.values()))


def test_parts_hold_about_two_thousand_rows_and_roots_stay_whole():
    rows = [{"k": n % 900} for n in range(9000)]
    roots, parts = scattered(rows, block=1000)
    assert [len(root) for root in roots] == [10] * 900
    assert parts == [2000, 2000, 2000, 2000, 1000]


def test_one_root_may_hold_every_row_of_a_bucket_that_is_too_full():
    rows = [{"k": "all"}] * 50
    assert scattered(rows, most=2)[0] == [list(enumerate(rows, 1))]


def test_no_rows_are_no_roots():
    assert scattered([]) == ([], [])


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files are counted through /proc")  # noqa: PTH112
def test_a_thousand_buckets_need_few_open_files():
    made = Scattered(key, most=1)
    made.add([{"k": n % 1000} for n in range(2000)], range(2000))
    before, most = len(os.listdir("/proc/self/fd")), 0  # noqa: PTH208
    for _ in made.roots():
        most = max(most, len(os.listdir("/proc/self/fd")))  # noqa: PTH208
    assert most <= before + 3


def test_files_are_closed_when_reading_stops_half_way():
    made = Scattered(key)
    made.add([{"k": n} for n in range(5000)], range(5000))
    roots = made.roots()
    next(roots)
    roots.close()
    del made, roots
    gc.collect()  # an unclosed file is a ResourceWarning, and with that a failed test


def test_rows_wait_on_the_disk_and_not_in_memory():
    text = "x" * 1000
    tracemalloc.start()
    made = Scattered(key, most=500)
    for at in range(0, 20_000, 500):
        made.add([{"k": n % 10_000, "text": f"{n}{text}"} for n in range(at, at + 500)], range(at, at + 500))
    for _ in made.roots():
        pass
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 12_000_000  # of 20 MB of rows
