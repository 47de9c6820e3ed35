"""One root walking its way once more: found in its file, gathered, mapped and written as in the run, each step kept.

Steps are pure, so one root alone becomes what it became among all others. What a Select keeps depends on all data: the
run's own decision is told from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec
from msgspec import structs

from ..example import Drop, Example, Row
from ..files import Input
from ..plan import Plan
from ..planning.sources import SourcePlan
from ..steps import Rows
from .balance import Counts
from .dropping import line_of
from .events import events_of
from .outputs import OutputRunner
from .part import Lost, Part, Unit, Work, content_of
from .reading import read_parts
from .routing import draws
from .runner import MapRunner, SelectRunner
from .stages import Stages

Taken = Callable[[Unit, Sequence[Lost]], Sequence[bool]]
"""Of what a Select may have dropped of one root, what it dropped in the run."""


class Passed(msgspec.Struct, frozen=True):
    """An example as one step left it."""

    step: str
    output: str | None
    """None: the step is for all outputs."""
    example: Example
    made: int = 1
    """How many examples the step made of the one before it."""


Way = tuple[Passed, ...]


class Line(msgspec.Struct, frozen=True):
    """A line that a root becomes, with the way of its example."""

    data: bytes
    way: Way


class Ended(msgspec.Struct, frozen=True):
    """A row or an example that went no further, and how far it came."""

    lost: Lost
    way: Way

    def line(self, unit: Unit) -> bytes:
        """As it stands in dropped.jsonl, with its newline."""
        return line_of(unit, self.lost)


class Root(msgspec.Struct, frozen=True):
    """Rows that belong together, as they were read, and the same as the gather takes them."""

    part: Part
    """Its rows alone, after the steps before the gather."""
    rows: tuple[tuple[int, Row], ...]
    """Number and content of each row, as it was read."""
    before: tuple[tuple[str, tuple[Row, ...]], ...]
    """The rows after each step before the gather."""


class Walked(msgspec.Struct, frozen=True):
    """What became of one root."""

    work: Work
    """The root as it was made, with what the split asked of it."""
    lines: Mapping[str, Sequence[Line]]
    """Output -> its lines, in order."""
    ended: Sequence[Ended]


class Replay:
    """Walks roots of one file again."""

    def __init__(self, plan: Plan, speakers: Mapping[str, str], source: int, input_: Input):
        """`plan` is that of the run; `input_` is read as this source of it says. `speakers` are the names that the run
        found. Raises what steps raise at their start."""
        self.plan, self.source = plan, source
        of_one = structs.replace(plan.sources[source], inputs=(input_,))
        self.reduced = structs.replace(plan, sources=(of_one,))
        self.stages = Stages(plan, Counts(examples={}, steps=[], losses={}), names=draws(plan.split))
        if speakers:
            self.stages.introduce(speakers)

    def find(self, sheet: str | None, row: int) -> tuple[list[Root], list[Ended], Unit | None]:
        """The root that has a row (several, where a file counts several rows as one), and what was lost there before
        there were roots. Reads no further than it must. Raises what reading raises."""
        parts: list[Part] = []
        ended: list[Ended] = []
        unit: Unit | None = None
        for part in read_parts(self.reduced, self.stages.before):
            part.unit = structs.replace(part.unit, source=self.source)
            if part.unit.sheet != sheet:
                if unit is not None:
                    break
                continue
            unit = part.unit
            parts += _holding(part, row)
            ended += [Ended(lost, ()) for lost in part.lost if lost.first <= row <= lost.last]
            if (parts or ended) and self._is_past(part, row):
                break
        return [self._root(part) for part in parts], ended, unit

    def walk(self, root: Root, taken: Taken) -> Walked:
        """What becomes of a root. Raises what steps raise."""
        stages, part = self.stages, root.part
        work = stages.rooter(part)
        walk = _Walk(work, [Ended(lost, ()) for lost in work.lost])
        made_by = self.plan.gather.label if self.plan.gather is not None else "read"
        ways: list[Way] = [(Passed(made_by, None, example),) for example in work.examples]
        for maps, select in stages.segments:
            for runner in maps:
                ways = walk.through(runner, ways)
            if select is not None:
                ways = walk.decided(select, ways, taken)
        lines = {str(output.output): walk.written(output, ways) for output in stages.outputs}
        return Walked(work, lines, walk.ended)

    def _is_past(self, part: Part, row: int) -> bool:
        """Whether nothing about a row can come after this part."""
        scattered = part.gather is not None and part.gather.scattered()
        return not scattered and bool(part.numbers) and part.numbers[0] > row

    def _root(self, part: Part) -> Root:
        if self.plan.gather is None or not self.stages.before:
            return Root(part, tuple(zip(part.numbers, part.rows, strict=True)), ())
        rows = tuple(as_read(self.reduced.sources[0], part.unit, part.numbers))
        before, now = [], [Example(fields=row, source=part.unit.place(number, number)) for number, row in rows]
        for runner in self.stages.before:
            now = [made for row in now if not isinstance(made := runner.one_to_one(row), Drop)]
            before.append((runner.label, tuple(example.fields for example in now)))
        return Root(part, rows, tuple(before))


class _Walk:
    """One root on its way."""

    def __init__(self, work: Work, ended: list[Ended]):
        self.work, self.ended = work, ended

    def through(self, runner: MapRunner, ways: Sequence[Way]) -> list[Way]:
        """The ways after one more step."""
        after: list[Way] = []
        for way in ways:
            work = self._alone(way)
            runner(work)
            self._end(work, way)
            made = len(work.examples)
            after += [(*way, Passed(runner.label, runner.output, example, made)) for example in work.examples]
        return after

    def decided(self, select: SelectRunner, ways: Sequence[Way], taken: Taken) -> list[Way]:
        """The ways that the run's decision left."""
        open_: list[Way] = []
        for way in ways:
            work = self._alone(way)
            select(work)
            self._end(work, way)
            if work.examples:
                open_.append((*way, Passed(select.label, None, work.examples[0])))
        lost = [self._lost(select, way[-1].example) for way in open_]
        gone = taken(self.work.part.unit, lost)
        self.ended += [Ended(one, way[:-1]) for one, way, is_ in zip(lost, open_, gone, strict=True) if is_]
        return [way for way, is_ in zip(open_, gone, strict=True) if not is_]

    def written(self, output: OutputRunner, ways: Sequence[Way]) -> list[Line]:
        """The lines of one output."""
        for step in output.steps:
            ways = self.through(step, ways)
        lines = []
        for way in ways:
            work = self._alone(way)
            for check in output.checks:
                check(work)
            written = output.write(work, [])
            self._end(work, way)
            lines += [Line(data, way) for data in written.lines]
        return lines

    def _alone(self, way: Way) -> Work:
        return structs.replace(
            self.work, examples=[way[-1].example], roots=[0], lost=[], findings=[], deltas={}, outputs=[], keys=[]
        )

    def _end(self, work: Work, way: Way) -> None:
        self.ended += [Ended(lost, way) for lost in work.lost]

    def _lost(self, runner: SelectRunner, example: Example) -> Lost:
        first, last = self.work.first[0], self.work.last[0]
        reason = runner.planned.step.reason()
        return Lost(first, last, runner.order, runner.label, reason, "", content_of(example))


def as_read(source: SourcePlan, unit: Unit, numbers: Iterable[int]) -> Iterator[tuple[int, Row]]:
    """Rows of a unit before any step, read once more, with their numbers. Raises what reading raises."""
    wanted = set(numbers)
    for event in events_of(source, unit.input):
        if isinstance(event, Rows) and event.sheet == unit.sheet:
            pairs = zip(event.numbers, event.rows, strict=True)
            found = [(number, row) for number, row in pairs if number in wanted]
            wanted -= {number for number, _ in found}
            yield from found
        if not wanted:
            return


def _holding(part: Part, row: int) -> Iterator[Part]:
    """Each root of a part that has a row, as a part of its own."""
    numbers = part.numbers
    if part.ends is None:
        spans = [(at, at + 1) for at, number in enumerate(numbers) if number == row] if row in numbers else []
    else:
        starts = zip([0, *part.ends], part.ends, strict=False)
        spans = [(i, j) for i, j in starts if row in numbers[i:j]]
    for start, end in spans:
        yield structs.replace(
            part,
            rows=part.rows[start:end],
            numbers=numbers[start:end],
            ends=[end - start] if part.ends is not None else None,
            given=part.given[start:end] if part.given is not None else None,
            lost=[],
            findings=[],
            deltas={},
        )
