"""From readers to parts: rows pass the steps before the gather, roots are cut where they end."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from typing import Any

from ..errors import DataError, FtprepError, RecipeError
from ..example import Drop, Example, Finding, Row, Source
from ..files import Input
from ..plan import Plan
from ..planning.broken import FAULTS, broken, guarded, kind_of
from ..planning.items import Planned
from ..planning.sources import SourcePlan
from ..steps import Gather, Rows
from ..template import MissingColumn
from ..watching import Gauge
from .columns import check_columns
from .events import events_of, recut
from .gathering import Cut, Cutter
from .part import Lost, Part, Unit
from .runner import MapRunner
from .wellmade import wrong_in, wrong_with


def read_parts(plan: Plan, before: Sequence[MapRunner], *, part_rows: int | None = None) -> Iterator[Part]:
    """All parts of all sources, in order. `part_rows` cuts blocks to at most so many rows (the result is the same).

    Raises DataError for inputs that cannot be read, RecipeError for columns that are not there.
    """
    units, scattered = itertools.count(), plan.scattered()
    inputs = [(at, input_) for at, source in enumerate(plan.sources) for input_ in source.inputs or (None,)]
    gauge = Gauge([None if scattered else input_ for _, input_ in inputs])
    for number, (index, input_) in enumerate(inputs):
        reading = _Reading(plan, before, plan.sources[index], index, units)
        for part in reading.parts(input_, part_rows):
            part.share = gauge.share(number, input_)
            yield part


class _Reading:
    """The parts of one file."""

    def __init__(self, plan: Plan, before: Sequence[MapRunner], source: SourcePlan, index: int, units: Iterator[int]):
        self.plan, self.before, self.source, self.index, self.units = plan, before, source, index, units
        self.cutter: Cutter | None = None
        self.unit: Unit | None = None
        self.checked = False
        """The columns of this unit were looked at."""
        self.seen = 0
        """Rows of this unit so far."""
        self.lost: list[Lost] = []
        self.findings: list[Finding] = []
        self.given: list[Example] = []

    def parts(self, input_: Input | None, part_rows: int | None) -> Iterator[Part]:
        try:
            for event in recut(events_of(self.source, input_), part_rows):
                if isinstance(event, Rows):
                    yield from self._rows(event, input_)
                elif isinstance(event, Example):
                    yield from self._example(event, input_)
                elif isinstance(event, (Drop, Finding)) and (wrong := wrong_in(event)):
                    raise self._broken(wrong)
                elif isinstance(event, Drop):
                    yield from self._drop(event, input_)
                elif isinstance(event, Finding):
                    self.findings.append(event)
                else:
                    raise self._broken(f"yielded {kind_of(event)}")
            yield from self._end(input_)
        finally:
            if self.cutter is not None:
                self.cutter.close()

    def _rows(self, block: Rows, input_: Input | None) -> Iterator[Part]:
        if wrong := wrong_with(block, values=self.source.origin is not None):
            raise self._broken(wrong)
        if not block.rows:
            return
        unit = yield from self._enter(block.sheet, input_)
        if self.given:
            yield self._given_part()
        if not self.checked:
            self._check(list(block.rows[0]), input_)
        self.seen += len(block.rows)
        rows, numbers = self._pass_before(block, unit)
        if self.cutter is None:
            yield self._part(rows, numbers, None, numbers[-1])
        else:
            for cut in self._cuts(self.cutter, rows, numbers):
                yield self._part(cut.rows, cut.numbers, cut.ends, cut.through)

    def _cuts(self, cutter: Cutter, rows: list[Row], numbers: Sequence[int]) -> list[Cut]:
        planned = self.plan.gather
        assert planned is not None
        try:
            try:
                return list(cutter.feed(rows, numbers))
            except MissingColumn:
                return list(cutter.feed(*self._with_keys(cutter.gather, rows, numbers)))
        except FtprepError:
            raise
        except FAULTS as error:
            assert self.unit is not None
            raise broken(planned.origin, f"failed on {self.unit.place(numbers[0], numbers[-1])}", error) from error

    def _with_keys(self, gather: Gather, rows: list[Row], numbers: Sequence[int]) -> tuple[list[Row], list[int]]:
        """The rows whose root can be told; the others are lost."""
        assert self.plan.gather is not None
        order, label = len(self.before) + 1, self.plan.gather.label
        kept = []
        for row, number in zip(rows, numbers, strict=True):
            try:
                gather.key(row)
                gather.same(row, row)
            except MissingColumn as missing:
                self.lost.append(Lost(number, number, order, label, f"no column '{missing.column}'", "", row, None, 1))
            else:
                kept.append((row, number))
        return [row for row, _ in kept], [number for _, number in kept]

    def _example(self, example: Example, input_: Input | None) -> Iterator[Part]:
        gather = self.plan.gather
        if gather is not None:
            text = f"'{gather.label}' gathers rows, but the source is whole examples"
            raise RecipeError(self.plan.recipe.problem(gather.item.path, text, "leave it out", code="FT120"))
        yield from self._enter(example.source.sheet if example.source is not None else None, input_)
        self.seen += 1
        number = example.source.first if example.source is not None else self.seen
        self.given.append(example.with_(source=Source("", number, number)))
        if len(self.given) >= 2000:
            yield self._given_part()

    def _given_part(self) -> Part:
        examples, self.given = self.given, []
        numbers = [example.source.first for example in examples if example.source is not None]
        part = self._part([example.fields for example in examples], numbers, None, numbers[-1])
        part.given = examples
        return part

    def _drop(self, drop: Drop, input_: Input | None) -> Iterator[Part]:
        sheet = self.unit.sheet if self.unit is not None else None
        yield from self._enter(drop.source.sheet if drop.source is not None else sheet, input_)
        self.seen += 1
        first, last = (drop.source.first, drop.source.last) if drop.source is not None else (self.seen, self.seen)
        self.lost.append(Lost(first, last, 0, "read", drop.reason, drop.detail, drop.content, None, 1))

    def _enter(self, sheet: str | None, input_: Input | None) -> Generator[Part, None, Unit]:
        """The unit of a sheet; the one before it ends."""
        if self.unit is None or self.unit.sheet != sheet:
            if self.unit is not None:
                yield from self._end(input_)
            self.unit = Unit(next(self.units), self.index, self._name(input_), sheet, input_)
            self.checked, self.seen = False, 0
        return self.unit

    def _name(self, input_: Input | None) -> str:
        return input_.name if input_ is not None else "data"

    def _check(self, columns: list[str], input_: Input | None) -> None:
        """Looks at the columns of a unit, at its first row, and binds the gather to them."""
        self.checked = True
        check_columns(self.plan, self.source, columns, self._name(input_))
        if self.plan.gather is not None:
            unit = self.unit
            assert unit is not None
            bound = self._bound(self.plan.gather, columns)
            with guarded(self.plan.gather.origin, "failed on its options"):
                self.cutter = Cutter(bound, unit, self.plan.gather.label, lambda key: self._find(bound, key, unit))

    def _bound(self, planned: Planned[Gather], columns: Sequence[str]) -> Gather:
        for before in self.plan.before:
            with guarded(before.origin, "failed to tell its columns"):
                after = before.step.columns_after(columns)
                columns = columns if after is None else list(after)
        try:
            return planned.step.bind(columns)
        except RecipeError as error:
            path = planned.item.path
            problems = [self.plan.recipe.problem(path, p.message, p.hint, code=p.code) for p in error.problems]
            raise RecipeError(*problems) from None
        except FAULTS as error:
            raise broken(planned.origin, f"failed on the columns {', '.join(columns)}", error) from error

    def _find(self, gather: Gather, key: Any, unit: Unit) -> int | None:
        """The first row of a unit that has a key; None where the source cannot be read again."""
        if unit.input is None and iter(self.source.data) is self.source.data:
            return None
        for event in events_of(self.source, unit.input):
            if isinstance(event, Rows) and event.sheet == unit.sheet:
                for row, number in zip(*self._pass_before(event, unit), strict=True):
                    with suppress(MissingColumn):
                        if gather.key(row) == key:
                            return number
        return None

    def _pass_before(self, block: Rows, unit: Unit) -> tuple[list[Row], Sequence[int]]:
        rows, numbers = block.rows, block.numbers
        for runner in self.before:
            rows, numbers = self._pass_one(runner, unit, rows, numbers)
        return rows, numbers

    def _pass_one(
        self, runner: MapRunner, unit: Unit, rows: list[Row], numbers: Sequence[int]
    ) -> tuple[list[Row], list[int]]:
        kept: list[Row] = []
        kept_numbers: list[int] = []
        for row, number in zip(rows, numbers, strict=True):
            made = runner.one_to_one(Example(fields=row, source=unit.place(number, number)))
            if isinstance(made, Drop):
                lost = Lost(number, number, runner.order, runner.label, made.reason, made.detail, row, None, 1)
                self.lost.append(lost)
            else:
                kept.append(made.fields)
                kept_numbers.append(number)
        return kept, kept_numbers

    def _part(self, rows: list[Row], numbers: Sequence[int], ends: list[int] | None, through: int) -> Part:
        """A part, with the lost rows and findings `through` its last row (so that their order does not depend on how
        blocks were cut)."""
        assert self.unit is not None
        lost = [one for one in self.lost if one.first <= through]
        found = [one for one in self.findings if one.source is None or one.source.first <= through]
        if lost:
            self.lost = [one for one in self.lost if one.first > through]
        if found:
            self.findings = [one for one in self.findings if one.source is not None and one.source.first > through]
        gather = self.cutter.gather if self.cutter is not None else None
        return Part(self.unit, rows, numbers, ends, None, lost, found, {}, 0, gather)

    def _end(self, input_: Input | None) -> Iterator[Part]:
        if self.unit is None and self.findings:
            yield from self._enter(None, input_)
        if self.given:
            yield self._given_part()
        if self.cutter is not None:
            for cut in self.cutter.finish():
                yield self._part(cut.rows, cut.numbers, cut.ends, cut.through)
        if self.lost or self.findings:
            yield self._part([], [], [] if self.plan.gather is not None else None, sys.maxsize)
        self.unit = self.cutter = None

    def _broken(self, what: str) -> FtprepError:
        if self.source.origin is None:  # rows from Python
            return DataError(f"data: {what}", hint="hand in mappings (column -> value) or Examples")
        return broken(self.source.origin, what)
