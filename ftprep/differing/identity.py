"""When two lines that differ are one row that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import Problem
from ..registry import Registry
from .asked import KeyOf, keys, prompt_of, turn_of, writers_of
from .difference import Rule
from .lines import Lines
from .pairing import Left, Pairs, paired

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ALIKE = 0.5
"""The share of words that lines from the same rows of a changed input must have in common, of the longer one's."""
_SAMPLE = 100
"""Lines that tell which words stand in every line, and so say nothing."""
_SPACES = bytes(byte if chr(byte).isalnum() or byte > 127 else 32 for byte in range(256))
Matched = list[tuple[Rule, "Pairs"]]


def changed_rows(a: Lines, b: Lines, left: Left, registry: Registry, problems: list[Problem]) -> Matched:
    """Pairs of what is left by one rule after the other, and takes them out.

    `source`: both come from the same rows of an input whose bytes are the same in both runs, and are the same one of
    the examples that were made of these rows. `prompt`: the model reads the same before its answer. `turn`: the answer
    and the last message before it are the same. `place`: as `source`, in an input of the same name whose bytes are not
    the same; at least half of their words must be the same, words that stand in every line left aside, or a row that
    was inserted would make all that follow look changed. Where several lines have the same key, the first belongs to
    the first.
    """
    found: Matched = []
    if left.both:
        found.append(("source", _by_rows(a, b, left, _hashed)))
    writers = writers_of(a, b, registry, problems) if left.both else []
    asked: list[tuple[Rule, KeyOf]] = [("prompt", prompt_of), ("turn", turn_of)]
    for rule, key_of in asked if writers else ():
        if left.both:
            found.append(
                (rule, _take(left, *(keys(*of, key_of) for of in zip((a, b), (left.a, left.b), writers, strict=True))))
            )
    if left.both:
        found.append(("place", _by_place(a, b, left)))
    return [(rule, pairs) for rule, pairs in found if len(pairs[0])]


Key = tuple[str, str | None]


def _hashed(lines: Lines) -> list[Key | None]:
    """Of each unit, the hash of its bytes, and its sheet."""
    hashes = lines.run.hashes
    return [(hashes[file], sheet) if file in hashes else None for file, sheet in lines.run.units]


def _called(lines: Lines) -> list[Key | None]:
    return list(lines.run.units)


def _by_rows(a: Lines, b: Lines, left: Left, unit_keys: Callable[[Lines], list[Key | None]]) -> Pairs:
    return _take(left, *_row_keys(a, b, left, unit_keys))


def _row_keys(
    a: Lines, b: Lines, left: Left, unit_keys: Callable[[Lines], list[Key | None]]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """A key of each line that is left: unit, rows and ordinal; of an unknown unit -1 in all columns."""
    import numpy as np

    numbers: dict[Key, int] = {}
    found = []
    for lines, at in ((a, left.a), (b, left.b)):
        known = [numbers.setdefault(key, len(numbers)) if key is not None else -1 for key in unit_keys(lines)]
        records = lines.records[at]
        unit = np.array([*known, -1])[np.minimum(records["unit"], len(known))]
        columns = [unit, *(records[name].astype(np.int64) for name in ("first", "last", "ordinal"))]
        found.append(np.stack(columns, axis=1))
        found[-1][unit == -1] = -1
    return found[0], found[1]


def _take(left: Left, a: NDArray[Any], b: NDArray[Any]) -> Pairs:
    return left.take_at(*_known_pairs(a, b))


def _known_pairs(a: NDArray[Any], b: NDArray[Any]) -> Pairs:
    """Positions of lines with equal keys; those whose first number is -1 have none."""
    import numpy as np

    known_a, known_b = np.flatnonzero(a[:, 0] != -1), np.flatnonzero(b[:, 0] != -1)
    at_a, at_b = paired(list(a[known_a].T), list(b[known_b].T))
    return known_a[at_a], known_b[at_b]


def _by_place(a: Lines, b: Lines, left: Left) -> Pairs:
    import numpy as np

    at_a, at_b = _known_pairs(*_row_keys(a, b, left, _called))
    empty = _everywhere(a) & _everywhere(b) if len(at_a) else frozenset()
    words = zip(_words(a, left.a[at_a]), _words(b, left.b[at_b]), strict=True)
    keep = np.array([_share(one - empty, other - empty) >= _ALIKE for one, other in words], bool)
    return left.take_at(at_a[keep], at_b[keep])


def _words(lines: Lines, at: NDArray[Any]) -> Iterator[frozenset[bytes]]:
    return (frozenset(line.translate(_SPACES).split()) for line in lines.texts(at))


def _everywhere(lines: Lines) -> frozenset[bytes]:
    """Words that stand in every line: names of keys, roles, what the system is told. Of few lines nobody knows."""
    import numpy as np

    if len(lines) < _SAMPLE // 10:
        return frozenset()
    return frozenset.intersection(*_words(lines, np.arange(min(len(lines), _SAMPLE))))


def _share(one: frozenset[bytes], other: frozenset[bytes]) -> float:
    whole = max(len(one), len(other))
    return len(one & other) / whole if whole else 1.0
