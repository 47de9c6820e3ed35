"""The rows of one output in two runs: which are the same, which moved, changed, came and went."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec

from ..errors import Problem
from ..registry import Registry
from ..split import SPLITS
from ..steps import Split
from ..wording import word_diff
from .difference import Kind, OutputDifference, Place, RowDifference, Wording
from .folder import RunFolder
from .identity import Matched, changed_rows
from .lines import Lines, changed_since
from .pairing import Left
from .values import Change, changes

_WORDINGS = 3
"""Values of a changed row that are told."""


def compare_rows(
    a: RunFolder, b: RunFolder, output: str, *, examples: int, registry: Registry, problems: list[Problem]
) -> OutputDifference:
    """What differs in an output that both runs have. Raises DataError where a file cannot be read."""
    hashes = [_hashes(run, output, problems) for run in (a, b)]
    unlike = [split for split in SPLITS if hashes[0].get(split) != hashes[1].get(split) or _touched(a, output, split)]
    equal = sum(a.facts(a.files(output)[split])["lines"] for split in hashes[0] if split not in unlike)
    old, new = (Lines(run, output, [s for s in unlike if s in of]) for run, of in zip((a, b), hashes, strict=True))
    found = _Rows(old, new, registry, problems)
    counts = _counted(found, equal)
    return OutputDifference(
        name=output,
        lines=(equal + len(old), equal + len(new)),
        splits=_splits(a, b, output, found),
        reordered=hashes[0] != hashes[1] and len(old) == len(new) == counts["same"] - equal,
        moves=_moves(found),
        strayed=sum(int((found.a.split[one] != found.b.split[two]).sum()) for _, (one, two) in found.changed),
        rules={rule: len(pairs[0]) for rule, pairs in found.changed},
        rows=dict(found.told(examples)),
        contract=contract_changes(a, b, output),
        **counts,
    )


class _Rows:
    """The lines of both runs, sorted out. `same` and `moved` are pairs of positions, `removed` and `added` are single
    ones."""

    def __init__(self, a: Lines, b: Lines, registry: Registry, problems: list[Problem]):
        self.a, self.b = a, b
        left = Left(len(a), len(b))
        self.same = left.take([*a.hashes.T, a.split], [*b.hashes.T, b.split])
        self.moved = left.take(list(a.hashes[left.a].T), list(b.hashes[left.b].T))
        self.changed: Matched = changed_rows(a, b, left, registry, problems)
        self.removed, self.added = left.a, left.b

    def told(self, most: int) -> Iterator[tuple[Kind, tuple[RowDifference, ...]]]:
        """The first of each kind, in the order of the files."""
        if len(self.added):
            yield "added", tuple(RowDifference(b=_place(self.b, at)) for at in self.added[:most])
        if len(self.removed):
            yield "removed", tuple(RowDifference(a=_place(self.a, at)) for at in self.removed[:most])
        if self.changed:
            yield "changed", tuple(self._changes(most))
        if len(self.moved[0]):
            at_a, at_b = self.moved[0][:most], self.moved[1][:most]
            yield (
                "moved",
                tuple(
                    RowDifference(a=_place(self.a, one), b=_place(self.b, other))
                    for one, other in zip(at_a, at_b, strict=True)
                ),
            )

    def _changes(self, most: int) -> Iterator[RowDifference]:
        pairs = ((int(other), int(one), rule) for rule, at in self.changed for one, other in zip(*at, strict=True))
        for other, one, rule in heapq.nsmallest(most, pairs):
            yield RowDifference(
                a=_place(self.a, one), b=_place(self.b, other), rule=rule, wordings=self._wordings(one, other)
            )

    def _wordings(self, one: Any, other: Any) -> tuple[Wording, ...]:
        before, after = (_row(lines, at) for lines, at in ((self.a, one), (self.b, other)))
        return tuple(Wording(change.path, _said(change)) for change in islice(changes(before, after), _WORDINGS))


def _hashes(run: RunFolder, output: str, problems: list[Problem]) -> dict[Split, str]:
    """The hash of each file of an output as it is now; one that is not as the run wrote it is told."""
    found = {}
    for split, name in run.files(output).items():
        found[split] = run.sha256(name)
        if _touched(run, output, split):
            problems.append(changed_since(run, name))
    return found


def _touched(run: RunFolder, output: str, split: Split) -> bool:
    """Whether a file is not as the run wrote it: what the manifest knows of it does not hold."""
    name = run.files(output).get(split)
    return name is not None and run.sha256(name) != run.facts(name)["sha256"]


def _counted(found: _Rows, equal: int) -> dict[str, Any]:
    return {
        "same": equal + len(found.same[0]),
        "moved": len(found.moved[0]),
        "changed": sum(len(pairs[0]) for _, pairs in found.changed),
        "removed": len(found.removed),
        "added": len(found.added),
    }


def _splits(a: RunFolder, b: RunFolder, output: str, found: _Rows) -> dict[str, tuple[int, int]]:
    """Split -> lines in A and B, as they are now where the files differ."""
    counts: dict[str, tuple[int, int]] = {}
    for split in SPLITS:
        of = [_lines(run, output, split, lines) for run, lines in ((a, found.a), (b, found.b))]
        if any(count is not None for count in of):
            counts[split] = (of[0] or 0, of[1] or 0)
    return counts


def _lines(run: RunFolder, output: str, split: Split, lines: Lines) -> int | None:
    if split in lines.splits:
        return int((lines.split == SPLITS.index(split)).sum())
    name = run.files(output).get(split)
    return run.facts(name)["lines"] if name is not None else None


def _moves(found: _Rows) -> dict[str, int]:
    at_a, at_b = found.moved
    counts = Counter(zip(found.a.split[at_a].tolist(), found.b.split[at_b].tolist(), strict=True))
    return {f"{SPLITS[one]} → {SPLITS[other]}": n for (one, other), n in sorted(counts.items())}


def contract_changes(a: RunFolder, b: RunFolder, output: str) -> tuple[Change, ...]:
    """What inference must send otherwise. The steps are the recipe's, and told there."""
    one, other = (
        {key: found.get(key) for key in ("facts", "speakers", "model")}
        for found in (a.contract(output), b.contract(output))
    )
    return tuple(changes(one, other))


def _place(lines: Lines, at: Any) -> Place:
    source = lines.source(at)
    file = (lines.run.path / lines.file(at)).as_posix()
    return Place(file, int(lines.number[at]) + 1, str(source) if source is not None else None)


def _row(lines: Lines, at: Any) -> Any:
    import numpy as np

    text = next(lines.texts(np.array([at])))
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return text.decode("utf-8", "backslashreplace")


def _said(change: Change) -> str:
    before, after = (_text(value) for value in (change.before, change.after))
    return word_diff(before, after)


def _text(value: Any) -> str:
    if value is msgspec.UNSET:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
