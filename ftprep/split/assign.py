"""Groups to splits: the numbers of groups, and who of them stands where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import xxhash

from ..steps import Split
from .rule import SPACE, SPLITS, SplitRule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NAMES: dict[str, Split] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}


class Shortage(msgspec.Struct, frozen=True):
    """A class (None: all groups) that has too few groups for what was asked."""

    label: int | None
    """Its code in the `classes` given to `assign`."""
    groups: int
    missing: tuple[Split, ...]
    """Splits in which it does not stand."""
    short: tuple[Split, ...] = ()
    """Splits that have some, but fewer than their count."""


class Assignment(NamedTuple):
    """What `assign` returns: a code (index into SPLITS) per group, and what could not be had."""

    splits: NDArray[np.uint8]
    shortages: tuple[Shortage, ...]


def number(group: bytes | str, seed: int) -> int:
    """The group's number, 0 to 2^64 - 1: a seeded hash of its name (an id, or the digest of a root's content)."""
    data = group.encode("utf-8", "surrogatepass") if isinstance(group, str) else group
    return xxhash.xxh3_64_intdigest(data, seed % SPACE)


def stable_split(number: int, rule: SplitRule) -> Split:
    """The split of one group under a `stable` rule, whatever other groups there are."""
    test_end, validation_start = rule.thresholds
    return "test" if number < test_end else "validation" if number >= validation_start else "train"


def named_split(name: str) -> Split | None:
    """The split that a value of the `from` column means; None: none that is known."""
    return _NAMES.get(name.strip().lower())


def assign(numbers: NDArray[np.uint64], rule: SplitRule, classes: Sequence[int] | None = None) -> Assignment:
    """The split of each group. `numbers` holds each group once; `classes` a code (0 or more) per group.

    Without classes it takes a few passes, 0.1 s and 16 MB for a million groups; with them it sorts. Two groups of
    equal number (one chance in 3,700 for 100 million groups) keep the order they are given in.
    """
    import numpy as np

    if classes is not None and len(classes) != len(numbers):
        raise ValueError(f"{len(numbers)} groups have {len(classes)} classes")
    if classes is not None and not rule.stable:
        return _by_class(numbers, rule, np.asarray(classes))
    splits = _by_threshold(numbers, rule) if rule.stable else _by_rank(numbers, rule.sizes(len(numbers)))
    train, validation, test = np.bincount(splits, minlength=3).tolist()
    shortage = _shortage(None, len(numbers), (train, validation, test), rule)
    return Assignment(splits, (shortage,) if shortage else ())


def shuffle_order(
    numbers: NDArray[np.uint64], seed: int, ordinals: NDArray[np.uint64] | None = None
) -> NDArray[np.int64]:
    """The order to write lines in, as indices of the lines, drawn from the seed.

    `numbers` names the root (or the content) of each line and `ordinals` tells lines of one root apart; as neither
    depends on where a line stood in the input, nor does the order. Equal lines keep theirs.
    """
    import numpy as np

    keys = mix(numbers ^ np.uint64(number(b"shuffle", seed)))
    if ordinals is not None:
        keys = mix(keys + ordinals.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    return np.argsort(keys, kind="stable")


def _by_threshold(numbers: NDArray[np.uint64], rule: SplitRule) -> NDArray[np.uint8]:
    import numpy as np

    test_end, validation_start = rule.thresholds
    splits = np.zeros(len(numbers), np.uint8)
    splits[numbers < np.uint64(test_end)] = 2
    if validation_start < SPACE:
        splits[numbers >= np.uint64(validation_start)] = 1
    return splits


def _by_rank(numbers: NDArray[np.uint64], sizes: tuple[int, int, int]) -> NDArray[np.uint8]:
    import numpy as np

    _, validation, test = sizes
    splits = np.zeros(len(numbers), np.uint8)
    splits[_smallest(numbers, test)] = 2
    splits[len(numbers) - 1 - _smallest(~numbers[::-1], validation)] = 1  # reversed: equal numbers, too, from the end
    return splits


def _smallest(numbers: NDArray[np.uint64], count: int) -> NDArray[np.intp]:
    """The places of the `count` smallest numbers; of equal ones the first."""
    import numpy as np

    if count == 0:
        return np.empty(0, np.intp)
    limit = np.partition(numbers, count - 1)[count - 1]
    below = np.flatnonzero(numbers < limit)
    return np.concatenate([below, np.flatnonzero(numbers == limit)[: count - len(below)]])


def _by_class(numbers: NDArray[np.uint64], rule: SplitRule, classes: NDArray[np.integer]) -> Assignment:
    import numpy as np

    order = np.lexsort((numbers, classes))
    labels, starts, counts = np.unique(classes[order], return_index=True, return_counts=True)
    by_size = {size: rule.sizes(size) for size in set(counts.tolist())}
    sizes = [by_size[size] for size in counts.tolist()]
    _, validation, test = np.array(sizes, np.int64).reshape(-1, 3).T
    rank = np.arange(len(numbers)) - np.repeat(starts, counts)
    splits = np.zeros(len(numbers), np.uint8)
    splits[order[rank < np.repeat(test, counts)]] = 2
    splits[order[rank >= np.repeat(counts - validation, counts)]] = 1
    found = (_shortage(label, sum(size), size, rule) for label, size in zip(labels.tolist(), sizes, strict=True))
    return Assignment(splits, tuple(shortage for shortage in found if shortage))


def _shortage(label: int | None, groups: int, sizes: tuple[int, int, int], rule: SplitRule) -> Shortage | None:
    had = dict(zip(SPLITS, sizes, strict=True))
    missing = tuple(split for split in rule.asked if had[split] == 0) if rule.from_ is None else ()
    short = tuple(split for split, count in rule.counts.items() if 0 < had[split] < count)
    return Shortage(label, groups, missing, short) if missing or short else None


def mix(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's last step (Steele, Lea and Flood 2014): neighbouring keys come out unrelated."""
    import numpy as np

    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))
