"""From a part's rows to its roots: the gather at work, source and group stamped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from ..errors import FtprepError
from ..example import Drop, Example, Finding, Row, Source
from ..plan import Plan
from ..planning.broken import FAULTS, broken, kind_of
from ..planning.items import Planned
from ..split import SplitRule, group_name
from ..steps import Gather
from ..template import MissingColumn, as_text
from .part import Lost, Part, Work, digestible, drop_of
from .sampling import capture
from .unchanged import Unchanged
from .wellmade import WellMade, wrong_in


class Rooter:
    """Makes the roots of parts. `order` is the gather's place among the steps, `names` wants the split's groups."""

    def __init__(self, plan: Plan, order: int, *, names: bool):
        self.plan, self.order, self.names = plan, order, names
        self.kept_fields = tuple(sorted(plan.fields_read()))
        self.by = plan.split.by if plan.split is not None else None
        self.unchanged = Unchanged(plan.gather.origin) if plan.gather is not None else None
        self.well_made = WellMade(plan.gather.origin) if plan.gather is not None else None
        self.stamps = any(planned.step.asks_split for planned in plan.steps)

    def __call__(self, part: Part) -> Work:
        """The part's roots, each with its rows' numbers."""
        work = Work(part, [], [], [], [], [], lost=list(part.lost), deltas=dict(part.deltas))
        work.findings += [_placed(finding, part) for finding in part.findings]
        if part.given is not None:
            self._given(part, work)
        elif part.ends is None:
            self._rows(part, work)
        else:
            self._gathered(part, work, self.plan.gather)
        capture(work)
        if self.plan.split is not None or self.plan.sources[part.unit.source].reader.split is not None:
            self._name_splits(part, work, self.plan.split)
        return work

    def _name_splits(self, part: Part, work: Work, rule: SplitRule | None) -> None:
        """What the split asks of each root: its group, its class, a split that is given."""
        given: str | None = self.plan.sources[part.unit.source].reader.split
        if given is None and rule is not None and rule.from_ is not None:
            column = rule.from_
            work.given = [as_text(example.fields.get(column)) for example in work.examples]
        else:
            work.given = [given] * len(work.examples) if given is not None else None
        if self.names:
            work.groups = [self._group(example) for example in work.examples]
            if self.stamps:
                named = zip(work.examples, work.groups, strict=True)
                work.examples = [example.with_(group=g) if isinstance(g, str) else example for example, g in named]
        if rule is not None and rule.stratify is not None:
            work.classes = [as_text(example.fields.get(rule.stratify)) for example in work.examples]

    def _rows(self, part: Part, work: Work) -> None:
        place = part.unit.place
        work.examples = [
            Example(row, (), (), (), "", {}, place(number, number))
            for row, number in zip(part.rows, part.numbers, strict=True)
        ]
        self._one_row_each(part, work)

    def _given(self, part: Part, work: Work) -> None:
        place = part.unit.place
        pairs = zip(part.given or (), part.numbers, strict=True)
        work.examples = [example.with_(source=place(number, number)) for example, number in pairs]
        origin = self.plan.sources[part.unit.source].origin
        if origin is not None:  # else they are from Python
            WellMade(origin).look(work.examples)
        self._one_row_each(part, work)

    def _one_row_each(self, part: Part, work: Work) -> None:
        work.roots = list(range(len(work.examples)))
        work.first, work.last, work.rows = list(part.numbers), list(part.numbers), [1] * len(work.examples)

    def _gathered(self, part: Part, work: Work, planned: Planned[Gather] | None) -> None:
        assert planned is not None and part.ends is not None
        delta = work.delta(self.order)
        delta.entered += len(part.rows)
        numbers, kept, unit = part.numbers, self.kept_fields, part.unit
        add, first, last, held = work.examples.append, work.first.append, work.last.append, work.rows.append
        start = 0
        for end, outcome in zip(part.ends, self._made(part, planned), strict=True):
            lost_rows, made = 0, outcome
            if type(outcome) is not Example:
                rows, of_rows = part.rows[start:end], numbers[start:end]
                made, lost_rows = self._mixed(planned, work, rows, of_rows, outcome)
            if made is not None:
                fields = made.fields or (common(part.rows[start:end], kept) if kept else made.fields)
                begin, stop = numbers[start], numbers[end - 1]
                source = Source(unit.file, begin, stop, unit.sheet)
                add(Example(fields, made.messages, made.tools, made.rejected, made.group, made.extra, source))
                first(begin)
                last(stop)
                held(end - start - lost_rows)
            start = end
        if self.well_made is not None and self.well_made.left:
            self.well_made.look(work.examples)
        work.roots = list(range(len(work.examples)))
        delta.left += len(work.examples)
        delta.made = delta.left + sum(delta.dropped.values()) - delta.entered

    def _made(self, part: Part, planned: Planned[Gather]) -> list[Any]:
        """What the gather makes of each root; called singly where all at once fails, to find and name the one."""
        gather, ends = part.gather or planned.step, part.ends or []
        unchanged, place = self.unchanged, part.unit.place
        kept = unchanged.watch(part.rows) if unchanged is not None else ()
        try:
            made = list(gather.make_all(part.rows, ends))
        except FAULTS:
            made = []  # one of them fails: called singly, it is found and named
        if unchanged is not None and kept:
            unchanged.look(kept, part.rows, *(str(place(number, number)) for number in part.numbers[: len(kept)]))
        if len(made) == len(ends):
            return made
        return [self._one(gather, planned, part, at) for at in zip([0, *ends], ends, strict=False)]

    def _one(self, gather: Gather, planned: Planned[Gather], part: Part, at: tuple[int, int]) -> Any:
        start, end = at
        try:
            return gather.make(part.rows[start:end])
        except MissingColumn as missing:
            return Drop(f"no column '{missing.column}'")
        except FtprepError:
            raise
        except FAULTS as error:
            place = part.unit.place(part.numbers[start], part.numbers[end - 1])
            raise broken(planned.origin, f"failed on {place}", error) from error

    def _mixed(
        self, planned: Planned[Gather], work: Work, rows: Sequence[Row], numbers: Sequence[int], outcome: Any
    ) -> tuple[Example | None, int]:
        """One Example among Drops and Findings; returns it, and how many single rows were dropped. Every row has to
        be used or dropped, and once."""
        place = work.part.unit.place(numbers[0], numbers[-1])
        results = [outcome] if isinstance(outcome, (Example, Drop)) else outcome
        if not isinstance(results, (list, tuple)) or not any(isinstance(r, (Example, Drop)) for r in results):
            raise broken(planned.origin, f"returned {kind_of(outcome)} for {place}; a Drop with a reason was expected")
        made = [result for result in results if isinstance(result, Example)]
        if len(made) > 1:
            raise broken(planned.origin, f"made {len(made)} examples of {place}, where one can be")
        lost: set[int] = set()
        for result in results:
            if isinstance(result, (Drop, Finding)) and (wrong := wrong_in(result)):
                raise broken(planned.origin, f"{wrong}, for {place}")
            if isinstance(result, Drop):
                lost |= self._drop(planned, work, rows, numbers, result, lost)
            elif isinstance(result, Finding):
                work.findings.append(self._finding(planned, work, numbers, result))
            elif not isinstance(result, Example):
                raise broken(planned.origin, f"returned {kind_of(result)} for {place}")
        if bool(made) == (len(lost) == len(rows)):
            why = "an example of it" if made else "no example"
            raise broken(planned.origin, f"dropped {len(lost)} of the {len(rows)} rows of {place}, and made {why}")
        return (made[0] if made else None), len(lost)

    def _drop(
        self, planned: Planned[Gather], work: Work, rows: Sequence[Row], numbers: Sequence[int], drop: Drop,
        lost: set[int],
    ) -> set[int]:  # fmt: skip
        """Notes a drop; returns the positions of the rows that go with it. `lost` are those that went before."""
        place = work.part.unit.place(numbers[0], numbers[-1])
        if drop.row is not None and not 0 <= drop.row < len(rows):
            raise broken(planned.origin, f"dropped row {drop.row} of {place}, which has {len(rows)} rows")
        gone = set(range(len(rows))) if drop.row is None else {drop.row}
        if gone & lost:
            raise broken(planned.origin, f"dropped a row of {place} twice")
        first, last = (numbers[0], numbers[-1]) if drop.row is None else (numbers[drop.row], numbers[drop.row])
        content = drop_of(rows, drop)
        reason, count = drop.reason, len(gone)
        work.lost.append(Lost(first, last, self.order, planned.label, reason, drop.detail, content, None, count))
        work.delta(self.order).dropped[reason] += count
        return gone

    def _finding(
        self, planned: Planned[Gather], work: Work, numbers: Sequence[int], finding: Finding
    ) -> tuple[int, int, Finding]:
        at = numbers[finding.row if finding.row is not None else 0]
        last = at if finding.row is not None else numbers[-1]
        source = work.part.unit.place(at, last)
        return at, self.order, structs.replace(finding, row=None, source=source, step=planned.label)

    def _group(self, example: Example) -> bytes | str:
        """The name of the root's group: the split's column, what the gather says, or its content."""
        return group_name(example, self.by) or digestible(example)


def common(rows: Sequence[Row], columns: Sequence[str]) -> Row:
    """The columns that are equal in all rows of a root."""
    first = rows[0]
    return {c: first[c] for c in columns if c in first and all(row.get(c) == first[c] for row in rows)}


def _placed(finding: Finding, part: Part) -> tuple[int, int, Finding]:
    first = finding.source.first if finding.source is not None else 0
    return first, -1, finding
