"""Which file each line goes to: at once where the split is known, else after all roots have been seen."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xxhash

from ..example import Finding
from ..plan import Plan
from ..split import SPLITS, Shortage, SplitRule, assign, number, shuffle_order
from .balance import Counts
from .drawing import share_out
from .part import Work
from .spool import Routed, Spool, lineage_records
from .telling import UNKNOWN, Teller
from .warned import Warned


def draws(rule: SplitRule | None) -> bool:
    """Whether splits are drawn by the groups' numbers (and not given, or none asked for)."""
    return rule is not None and rule.from_ is None and len(rule.asked) > 1


class Router:
    """Takes the lines of parts to their files."""

    def __init__(self, plan: Plan, folder: Path, scratch: Path, *, keeps: bool = False):
        """`keeps`: the split of every used root is asked for at the end."""
        self.plan, self.folder, self.keeps = plan, folder, keeps
        self.rule = plan.split
        self.seed = plan.recipe.seed
        self.teller = Teller(plan.split, plan.recipe.seed)
        self.outputs = [Routed(folder, output.folder, folder / "lineage") for output in plan.outputs]
        rule = self.rule
        waits = rule is not None and (rule.shuffle or (draws(rule) and not rule.stable))
        self.spools = [Spool(scratch) for _ in plan.outputs] if waits else None
        self.shuffled = [array("Q") for _ in plan.outputs] if rule is not None and rule.shuffle else None
        """Where lines are shuffled: a number of each, from its content."""
        self.numbers = array("Q")
        self.codes = bytearray()
        """For each used root: its place in SPLITS; until the end only where it is known already."""
        self.classes = array("Q")
        self.class_names: dict[str, int] = {}

    def route(self, work: Work, counts: Counts) -> dict[int, int]:
        """Writes or keeps the lines of a part, and counts its rows as used or dropped. Returns the place of each used
        root in `codes`, where they are kept."""
        used = sorted(set().union(*(written.roots for written in work.outputs)))
        used_rows = sum(map(work.rows.__getitem__, used))
        counts.used += used_rows
        counts.dropped += sum(work.rows) - used_rows
        codes = self.teller.codes(work, used)
        one_file = self.spools is None and len(set(codes)) <= 1
        places = {} if one_file and not self.keeps else {root: at for at, root in enumerate(used)}
        base = len(self.codes)
        if self.spools is not None or self.keeps:
            self._remember(work, used, codes)
        for at, written in enumerate(work.outputs):
            if not written.lines:  # or a file without a line would come and go with the size of parts
                continue
            records = lineage_records(work.part.unit.index, written.roots, work.first, work.last)
            if self.spools is not None:
                numbers = [base + places[root] for root in written.roots]
                self.spools[at].add(written.lines, records.tobytes(), numbers)
                if self.shuffled is not None:
                    self.shuffled[at].extend(map(xxhash.xxh3_64_intdigest, written.lines))
            elif one_file:
                self.outputs[at].write(SPLITS[codes[0]], written.lines, records.tobytes())
            else:
                splits = [SPLITS[codes[places[root]]] for root in written.roots]
                self.outputs[at].write_by(splits, written.lines, records)
        return {root: base + place for root, place in places.items()} if self.keeps else {}

    def finish(self, counts: Counts, warned: Warned) -> dict[str, dict[str, Any]]:
        """Takes waiting lines to their files; returns the facts of every file written."""
        if self.spools is not None:
            self._distribute(warned)
        facts = {}
        for output in self.outputs:
            counts.examples[output.name] = {}
            there = [split for split in SPLITS if split in output.files]
            samples = share_out(self.plan.report.samples if self.plan.report is not None else 0, len(there))
            for split, count in zip(there, samples, strict=True):
                file = output.files[split]
                place = file.path.relative_to(self.folder).as_posix()
                facts[place] = file.close(samples=count, seed=self.seed)
                counts.examples[output.name][split] = file.lines
            self._tell_empty(output.name, counts.examples[output.name], warned)
        return facts

    def _tell_empty(self, output: str, examples: Mapping[str, int], warned: Warned) -> None:
        """A stable rule is exact for each group and only near for all: with few groups a split may get none."""
        empty = [split for split in self.rule.asked if not examples.get(split)] if self.rule is not None else []
        if empty and examples and self.rule is not None and self.rule.stable:
            text = f"no group of '{output}' fell into {' and '.join(empty)}: shares of a stable split are only near"
            warned.add(Finding("FT302", text, "add examples, raise the share, or leave 'stable' out", step="split"))

    def close(self) -> None:
        """Closes what is open: a run may fail at any moment, and some systems remove no folder with open files."""
        for output in self.outputs:
            for file in output.files.values():
                file.abandon()
        for spool in self.spools or ():
            spool.close()

    def _remember(self, work: Work, used: Sequence[int], codes: Sequence[int]) -> None:
        self.codes.extend(codes)
        groups = work.groups
        if groups is not None:
            self.numbers.extend(number(groups[root], self.seed) for root in used)
        if work.classes is not None:
            names = self.class_names
            self.classes.extend(names.setdefault(work.classes[root], len(names)) for root in used)

    def _distribute(self, warned: Warned) -> None:
        assert self.spools is not None and self.rule is not None
        self.codes = codes = bytearray(self._assigned(self.rule, warned))
        for at, (output, spool) in enumerate(zip(self.outputs, self.spools, strict=True)):
            roots = spool.roots
            if self.shuffled is not None:
                for numbers, lines, records in spool.permuted(self._shuffled(self.shuffled[at])):
                    output.write_by([SPLITS[codes[roots[i]]] for i in numbers], lines, records)
            else:
                for start, lines, records in spool.in_order():
                    chunk = roots[start : start + len(lines)]
                    output.write_by([SPLITS[codes[root]] for root in chunk], lines, records)

    def _shuffled(self, contents: array[int]) -> list[int]:
        """The order to write lines in; it depends on what stands in them (not on their groups, which may be few and
        large) and on the seed. Equal lines are told apart by counting them, or they would stand together."""
        import numpy as np

        numbers = np.frombuffer(contents, dtype=np.uint64)
        by_number = np.argsort(numbers, kind="stable")
        inner = numbers[by_number]
        starts = np.searchsorted(inner, inner)
        times = np.empty(len(numbers), dtype=np.uint64)
        times[by_number] = np.arange(len(numbers)) - starts
        order: list[int] = shuffle_order(numbers, self.seed, times).tolist()
        return order

    def _assigned(self, rule: SplitRule, warned: Warned) -> Sequence[int]:
        """The split of every used root: equal groups share one."""
        import numpy as np

        known = np.frombuffer(self.codes, dtype=np.uint8)
        open_ = known == UNKNOWN
        if not open_.any():
            return bytes(self.codes)
        numbers = np.frombuffer(self.numbers, dtype=np.uint64)[open_]
        groups, first, of = np.unique(numbers, return_index=True, return_inverse=True)
        classes = np.frombuffer(self.classes, dtype=np.uint64)[open_][first] if self.classes else None
        assignment = assign(groups, rule, classes)
        codes = known.copy()
        codes[open_] = assignment.splits[of]
        for shortage in assignment.shortages:
            warned.add(self._short(shortage))
        return bytes(codes)

    def _short(self, shortage: Shortage) -> Finding:
        name = None if shortage.label is None else list(self.class_names)[shortage.label]
        what = "there are" if name is None else f"class '{name}' has"
        lacks = [*shortage.missing, *shortage.short]
        text = f"{what} too few groups ({shortage.groups}) for {' and '.join(lacks)}"
        return Finding("FT302", text, "add examples, or ask for fewer or smaller splits", step="split")
