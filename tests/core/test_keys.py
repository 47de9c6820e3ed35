"""The compact table of keys, held against a plain dictionary."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest
import xxhash
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftprep.engine.keys import KeyTable, digest

law = settings(deadline=None, derandomize=True, max_examples=60)
ZERO, ONE = bytes(16), (1).to_bytes(16, "little")
HIGH = (1 << 64).to_bytes(16, "little")


def plain(batches, counting):
    """What a table says, from a Counter."""
    seen, said = Counter(), []
    for batch in batches:
        for key in batch:
            said.append(seen[key] if counting else min(seen[key], 1))
            seen[key] += 1
    return said


# few different keys, many of which want the same slot of a table of 4096
close = st.integers(0, 40).map(lambda n: (n % 3 * 4096 + n).to_bytes(8, "little") + (n % 2).to_bytes(8, "little"))
keys = st.one_of(close, st.sampled_from([HIGH, b"\xff" * 16]), st.binary(min_size=16, max_size=16))


@law
@given(batches=st.lists(st.lists(keys, max_size=30), max_size=8), counting=st.booleans())
@example(batches=[[ZERO, ZERO], [ZERO]], counting=True)
@example(batches=[[HIGH, ONE, HIGH], [ONE]], counting=True)
@example(batches=[[], [ONE]], counting=False)
def test_a_table_says_what_a_dictionary_says(batches, counting):
    table = KeyTable(counting=counting)
    assert [n for batch in batches for n in table.times(batch)] == plain(batches, counting)
    assert len(table) == len({key for batch in batches for key in batch})


@pytest.mark.parametrize("counting", [pytest.param(True, id="counting"), pytest.param(False, id="not_counting")])
@pytest.mark.parametrize("batch", [pytest.param(777, id="small_batches"), pytest.param(60_000, id="one_batch")])
def test_a_table_keeps_all_it_knows_while_it_grows(counting, batch):
    names = [digest(str(n * n % 23_000)) for n in range(60_000)]
    batches = [names[at : at + batch] for at in range(0, len(names), batch)]
    table = KeyTable(counting=counting)
    assert [n for some in batches for n in table.times(some)] == plain(batches, counting)
    assert len(table) == len(set(names))


def test_keys_that_all_want_one_slot_find_room():
    same = [(4096 * 6144 * n + 5).to_bytes(16, "little") for n in range(3000)]
    table = KeyTable()
    assert table.seen(same) == [False] * 3000
    assert table.seen(same) == [True] * 3000


def test_seen_is_whether_it_was_there_before_also_in_the_same_batch():
    table = KeyTable(counting=True)
    assert table.seen([ONE, HIGH, ONE]) == [False, False, True]
    assert table.times([ONE, ONE]) == [2, 3]


def test_a_key_takes_under_forty_bytes():
    names = [digest(str(n)) for n in range(100_000)]
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    table = KeyTable()
    for at in range(0, len(names), 2000):
        table.seen(names[at : at + 2000])
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert held < 40 * len(table)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("a", xxhash.xxh3_128_digest(b"a"), id="text"),
        pytest.param(b"a", xxhash.xxh3_128_digest(b"a"), id="bytes"),
        pytest.param(ONE, ONE, id="a_digest_already"),
        pytest.param("\ud800", xxhash.xxh3_128_digest(b"\xed\xa0\x80"), id="half_a_character"),
        pytest.param("0123456789abcdef", xxhash.xxh3_128_digest(b"0123456789abcdef"), id="text_of_sixteen"),
    ],
)
def test_a_digest_is_sixteen_bytes(key, expected):
    assert digest(key) == expected
