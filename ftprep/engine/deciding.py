"""Decisions between the stages: which examples of one key are kept."""

from __future__ import annotations

import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xxhash

from ..example import Drop
from .keys import KeyTable, digest, digests
from .part import Part, Unit, Work, digestible
from .runner import SelectRunner, keep


def decide(works: Iterable[Work], runner: SelectRunner) -> Iterator[Work]:
    """The works with only the examples that the Select keeps; the others are noted as dropped.

    The first of each key are kept as they come. Where the smallest hashes are wanted, all works wait on disk until
    every key is known: 24 bytes an example stay in memory.
    """
    if runner.planned.step.by_hash():
        yield from _by_hash(works, runner)
        return
    most = runner.planned.step.most()
    table = KeyTable(counting=most > 1)
    for work in works:
        keep_where(work, runner, first_kept(table, work.keys, most))
        yield work


def first_kept(table: KeyTable, keys: Sequence[bytes | str | None], most: int) -> list[bool]:
    """For each key, whether its example is among the first `most` of it. The keys are added to the table."""
    named = digests([key for key in keys if key is not None])
    times = iter(table.times(named) if named else [])
    if len(named) == len(keys):
        return [n < most for n in times]
    return [key is None or next(times) < most for key in keys]


def keep_where(work: Work, runner: SelectRunner, kept: Sequence[bool]) -> None:
    """Leaves only what is kept in a work; the others are noted as dropped."""
    delta = work.delta(runner.order)
    delta.entered += len(kept)
    if not all(kept):
        drop = Drop(runner.planned.step.reason())
        for root, example, stays in zip(work.roots, work.examples, kept, strict=True):
            if not stays:
                keep(work, runner, root, example, drop)
        work.examples = [example for example, stays in zip(work.examples, kept, strict=True) if stays]
        work.roots = [root for root, stays in zip(work.roots, kept, strict=True) if stays]
    delta.left += len(work.examples)
    work.keys = []


def _by_hash(works: Iterable[Work], runner: SelectRunner) -> Iterator[Work]:
    units: dict[int, Unit] = {}
    keys, ranks, parked = bytearray(), array("Q"), 0
    with tempfile.TemporaryFile(prefix="ftprep-") as file:
        for work in works:
            units[work.part.unit.index] = work.part.unit
            for key, example in zip(work.keys, work.examples, strict=True):
                keys += digest(key) if key is not None else _alone(len(ranks))
                ranks.append(xxhash.xxh3_64_intdigest(digestible(example), runner.run.seed))
            pickle.dump(_parked(work), file, pickle.HIGHEST_PROTOCOL)
            parked += 1
        kept = _smallest(keys, ranks, runner.planned.step.most())
        file.seek(0)
        start = 0
        for _ in range(parked):
            work = _back(pickle.load(file), units)
            end = start + len(work.examples)
            keep_where(work, runner, kept[start:end])
            start = end
            yield work


def _alone(at: int) -> bytes:
    """A key that no other example has; those of texts cannot be told from chance."""
    return xxhash.xxh3_128_digest(at.to_bytes(8, "little"), seed=1)


def _smallest(keys: bytearray, ranks: array[int], most: int) -> list[bool]:
    """For each example, whether its rank is among the `most` smallest of its key; ties go to the earlier one."""
    import numpy as np

    if not ranks:
        return []
    pairs = np.frombuffer(keys, dtype="<u8").reshape(-1, 2)
    order = np.lexsort((np.frombuffer(ranks, dtype="<u8"), pairs[:, 1], pairs[:, 0]))
    sorted_ = pairs[order]
    starts = np.flatnonzero(np.r_[True, (sorted_[1:] != sorted_[:-1]).any(axis=1)])
    within = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    kept = np.empty(len(order), dtype=bool)
    kept[order] = within < most
    return [bool(stays) for stays in kept]


def _parked(work: Work) -> tuple[int, dict[str, Any]]:
    """A work without what only reading needed (open files are no guests on disk)."""
    state = {name: getattr(work, name) for name in Work.__struct_fields__ if name != "part"}
    return work.part.unit.index, {**state, "read": work.part.read}


def _back(parked: tuple[int, dict[str, Any]], units: dict[int, Unit]) -> Work:
    index, state = parked
    part = Part(units[index], [], [], read=state.pop("read"))
    return Work(part=part, **state)
