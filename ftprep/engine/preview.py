"""A few roots walking through every step, each stage kept; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ..contract import facts_of
from ..errors import Problem
from ..example import Drop, Example, Row
from ..plan import Plan
from ..watching import Reached, Watch
from .deciding import decide
from .local import Engine
from .outputs import CheckRunner, OutputRunner
from .part import Part, Unit, Work, content_of
from .picking import pick
from .places import Places, seen
from .replay import as_read
from .runner import MapRunner
from .warned import Warned

Stage = dict[str, Any]
"""`step`, its `output` (None: for all), what it `makes` (rows, examples or lines), the `examples` after it, in `roots`
the number of each one's root, and `dropped`: source, root, reason and detail of each. Roots are numbered from 1, in
the order of the input."""


class Walk(msgspec.Struct, frozen=True):
    """What became of some rows or conversations."""

    stages: list[Stage]
    """In the order of the recipe."""
    places: list[str]
    """Where each root stands, and each row that was lost before it came to one; in the order of the input."""
    found: list[Problem]
    """What was found in their rows."""
    facts: dict[str, dict[str, Any]]
    """Output -> what its steps tell inference."""


def preview(plan: Plan, roots: int, *, drawn: bool = False, watch: Watch | None = None) -> Walk:
    """The stages of the first so many roots, or of so many `drawn` from the whole input by the recipe's seed.

    Raises what reading and the steps raise.
    """
    warned = Warned(kinds={})
    engine = Engine(plan, limit=None if drawn else roots)
    parts = _drawn(engine, roots, warned, watch) if drawn else list(engine.parts())
    works = list(map(engine.stages.rooter, parts))
    places = Places(works, scattered=plan.scattered())
    stages = list(_Stages(plan, engine, places).of(works))
    for work in works:
        warned.note_all(work)
    facts = {output.folder: facts_of(plan, output, engine.speakers) for output in plan.outputs}
    return Walk(stages, places.names, warned.problems(), facts)


def _drawn(engine: Engine, roots: int, warned: Warned, watch: Watch | None) -> list[Part]:
    """The parts of the roots that are drawn. What was found while reading is noted, wherever it stands."""

    def read() -> Iterator[Part]:
        rows = 0
        for part in engine.parts():
            rows += part.read
            if watch is not None:
                watch(Reached(rows, part.share))
            for finding in part.findings:
                warned.note(finding, part.unit, 1)
            yield part

    before = [runner.order for runner in engine.stages.before]
    return pick(read(), roots, engine.plan.recipe.seed, before)


class _Stages:
    """Makes the stages of works, one step after the other."""

    def __init__(self, plan: Plan, engine: Engine, places: Places):
        self.plan, self.engine, self.places = plan, engine, places

    def of(self, works: list[Work]) -> Iterator[Stage]:
        """All stages, in the order of the recipe."""
        plan = self.plan
        if plan.gather is not None:
            yield from self._before(works)
            yield self._stage(plan.gather.label, works, order=1 + len(plan.before))
        else:
            yield self._stage("read", works, 0)
        for maps, select in self.engine.stages.segments:
            for runner in maps:
                for work in works:
                    runner(work)
                yield self._stage(runner.label, works, runner.order)
            if select is not None:
                for work in works:
                    select(work)
                works = list(decide(works, select))
                yield self._stage(select.label, works, select.order)
        for output in self.engine.stages.outputs:
            yield from self._output(output, works)

    def _before(self, works: Sequence[Work]) -> Iterator[Stage]:
        """Where rows are gathered: the rows themselves, as they were read, and after each step before the gather."""
        rows = _rows_of(self.plan, works)
        yield self._rows("read", rows, works, 0)
        for runner in self.engine.stages.before:
            made = [(unit, number, runner.one_to_one(row)) for unit, number, row in rows]
            rows = [(unit, number, row) for unit, number, row in made if not isinstance(row, Drop)]
            yield self._rows(runner.label, rows, works, runner.order)

    def _rows(self, name: str, rows: Sequence[tuple[Unit, int, Example]], works: Sequence[Work], order: int) -> Stage:
        roots = [self.places.of(unit, number) for unit, number, _ in rows]
        shown = {"examples": [_shown(row) for _, _, row in rows], "roots": roots}
        return {**_empty(name, "rows"), **shown, "dropped": self._dropped(works, order)}

    def _output(self, output: OutputRunner, works: Sequence[Work]) -> Iterator[Stage]:
        """An output's own steps and checks, and the lines it writes; afterwards the works are as they were."""
        kept = [(work.examples, work.roots) for work in works]
        runners: list[MapRunner | CheckRunner] = [*output.steps, *output.checks]
        for runner in runners:
            for work in works:
                runner(work)
            yield self._stage(runner.label, works, runner.order, output.output)
        lines: list[Any] = []
        roots: list[int] = []
        for work in works:
            written = output.write(work, [])
            lines += map(msgspec.json.decode, written.lines)
            roots += [self._root(work, root) for root in written.roots]
        last = self._stage(output.label, works, output.order, output.output)
        for work, (examples, indexes) in zip(works, kept, strict=True):
            work.examples, work.roots = examples, indexes
        yield {**last, "makes": "lines", "examples": lines, "roots": roots}

    def _stage(self, name: str, works: Sequence[Work], order: int, output: str | None = None) -> Stage:
        examples = [_shown(example) for work in works for example in work.examples]
        makes = "rows" if examples and not any(example["messages"] for example in examples) else "examples"
        roots = [self._root(work, root) for work in works for root in work.roots]
        shown = {"examples": examples, "roots": roots, "dropped": self._dropped(works, order)}
        return {**_empty(name, makes, output), **shown}

    def _root(self, work: Work, root: int) -> int:
        return self.places.of(work.part.unit, work.first[root])

    def _dropped(self, works: Sequence[Work], order: int) -> list[dict[str, Any]]:
        return [
            {
                "source": str(work.part.unit.place(lost.first, lost.last)),
                "root": self.places.of(work.part.unit, lost.first),
                "reason": lost.reason,
                "detail": lost.detail,
            }
            for work in works
            for lost in seen(work)
            if lost.order == order
        ]


def _rows_of(plan: Plan, works: Sequence[Work]) -> list[tuple[Unit, int, Example]]:
    """The rows of all works as they were read, in the order of the input, with those that steps before the gather, or
    the gather, dropped between them. They are read once more where a step changes them on the way."""
    rows: dict[tuple[int, int], Row] = {}
    units: dict[int, Unit] = {}
    for work in works:
        unit = units.setdefault(work.part.unit.index, work.part.unit)
        rows |= {(unit.index, number): row for row, number in zip(work.part.rows, work.part.numbers, strict=True)}
        rows |= {(unit.index, lost.first): lost.content for lost in seen(work, work.part.lost) if lost.order}
    for unit in units.values() if plan.before else ():
        source = plan.sources[unit.source]
        if unit.input is not None or iter(source.data) is not source.data:  # an iterator is read once
            wanted = {number for index, number in rows if index == unit.index}
            rows |= {(unit.index, number): row for number, row in as_read(source, unit, wanted)}
    return [
        (unit, number, Example(fields=rows[index, number], source=unit.place(number, number)))
        for index, number in sorted(rows)
        for unit in (units[index],)
    ]


def _empty(name: str, makes: str, output: str | None = None) -> Stage:
    return {"step": name, "output": output, "makes": makes, "examples": [], "roots": [], "dropped": []}


def _shown(example: Example) -> dict[str, Any]:
    return {"source": str(example.source), "fields": {}, "messages": [], **content_of(example)}
