"""The steps of a plan, started and put into stages: what can run part by part, and where a decision stands between."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

import xxhash

from ..contract import facts_of
from ..plan import Output, Plan
from ..planning.items import Planned
from ..split import teller
from ..steps import Check, Map, Select, StepRun, Writer
from ..tokens import counter_for, pieces_for
from .balance import Counts
from .outputs import CheckRunner, OutputRunner
from .part import Part, Work
from .roots import Rooter
from .runner import MapRunner, SelectRunner
from .sampling import capture
from .tables import side_table
from .telling import Teller

A = TypeVar("A")
B = TypeVar("B")
_THREADS = 2
_AHEAD = 4


class Stages:
    """All runners of a plan, numbered in the order of the recipe, and the count of each."""

    def __init__(self, plan: Plan, counts: Counts, *, names: bool):
        self.plan = plan
        self.counts = counts
        self.runs: dict[int, StepRun] = {}
        self.answered: dict[int, Planned[Any]] = {}
        """Steps that find in a file what a model said."""
        self.speakers: Mapping[str, str] = {}
        self.teller = Teller(plan.split, plan.recipe.seed)
        self.split_of = teller(plan.split, plan.recipe.seed)
        counts.add_step("read")
        self.before = [self._map(planned) for planned in plan.before]
        gather = len(counts.steps)
        if plan.gather is not None:
            counts.add_step(plan.gather.label)
        self.rooter = Rooter(plan, gather, names=names)
        self.segments = self._segments()
        self.outputs = [self._output(output) for output in plan.outputs]

    def begin(self, part: Part) -> Work:
        """A part's roots, and what the steps before the first decision make of them."""
        work = self.rooter(part)
        self._map_all(work, self.segments[0][0])
        work.begun = True
        return work

    def segment(self, index: int, work: Work) -> Work:
        """The steps between two decisions; the keys for the next one."""
        maps, select = self.segments[index]
        self._map_all(work, () if index == 0 and work.begun else maps)
        if select is not None:
            select(work)
        return work

    def _map_all(self, work: Work, maps: Iterable[MapRunner]) -> None:
        for runner in maps:
            runner(work)
            if runner.planned is self.plan.unpacks:
                capture(work)

    def finish(self, work: Work) -> Work:
        """The last segment, and every output's lines."""
        self.segment(len(self.segments) - 1, work)
        return self.write(work)

    def write(self, work: Work) -> Work:
        """Every output's lines; each output starts from the same examples."""
        examples, roots = work.examples, work.roots
        for output in self.outputs:
            work.examples, work.roots = examples, roots
            work.outputs.append(output(work))
        work.examples, work.roots = examples, roots
        return work

    def introduce(self, speakers: Mapping[str, str]) -> None:
        """Tells every step the speakers' names, as the gather found them and the steps before it leave them."""
        self.speakers = speakers
        common = [runner for maps, select in self.segments for runner in (*maps, *([select] if select else []))]
        for runner in common:
            runner.run.speakers = speakers
            speakers = runner.planned.step.speakers(speakers)
        for output in self.outputs:
            named = speakers
            for runner in (*output.steps, *output.checks):
                runner.run.speakers = named
                named = runner.planned.step.speakers(named)
            for check in output.checks:
                check.run.facts = facts_of(self.plan, output.planned_output, self.speakers)

    def add_up(self, work: Work) -> None:
        """Adds what a part counted to the counts of the run."""
        for order, delta in work.deltas.items():
            count = self.counts.steps[order]
            count.entered += delta.entered
            count.made += delta.made
            count.left += delta.left
            count.dropped.update(delta.dropped)
            for name, n in delta.notes.items():
                count.notes = {**count.notes, name: count.notes.get(name, 0) + n}

    def _next(self, planned: Any, folder: str | None = None) -> int:
        """The number of one more step, whose count begins."""
        self.counts.add_step(planned.label, folder)
        return len(self.counts.steps) - 1

    def _map(self, planned: Any, output: Output | None = None) -> MapRunner:
        folder = output.folder if output is not None else None
        order = self._next(planned, folder)
        return MapRunner(planned, self._run(order, planned, output), order, folder)

    def _run(self, order: int, planned: Any, output: Output | None = None) -> StepRun:
        """What a step may ask; its seed depends on the recipe's seed and its own place, and on nothing else."""
        writer: Writer | None = output.writer.step if output is not None else None
        plan = self.plan
        if planned.step.answer_file() is not None:
            self.answered[order] = planned
        self.runs[order] = StepRun(
            seed=xxhash.xxh3_64_intdigest(order.to_bytes(4, "little"), plan.recipe.seed),
            model=plan.model,
            writer=writer,
            count=counter_for(plan.model, plan.registry),
            pieces=pieces_for(plan.model, plan.registry),
            rows=side_table(plan, planned),
            split_of=self.split_of,
            facts=facts_of(plan, output, {}) if output is not None else {},
        )
        return self.runs[order]

    def _segments(self) -> list[tuple[list[MapRunner], SelectRunner | None]]:
        segments: list[tuple[list[MapRunner], SelectRunner | None]] = [([], None)]
        for planned in self.plan.steps:
            if isinstance(planned.step, Select):
                order = self._next(planned)
                segments[-1] = (segments[-1][0], SelectRunner(planned, self._run(order, planned), order, self.teller))
                segments.append(([], None))
            else:
                assert isinstance(planned.step, Map)
                segments[-1][0].append(self._map(planned))
        return segments

    def _output(self, output: Output) -> OutputRunner:
        steps = [self._map(planned, output) for planned in output.steps]
        checks = []
        for planned in self.plan.checks:
            assert isinstance(planned.step, Check)
            order = self._next(planned, output.folder)
            checks.append(CheckRunner(planned, self._run(order, planned, output), order, output.folder))
        order = self._next(output.writer, output.folder)
        return OutputRunner(output, self._run(order, output.writer, output), order, steps, checks)


def ordered(items: Iterable[A], call: Callable[[A], B], *, threads: bool) -> Iterator[B]:
    """`map`, in order; with threads a few items are worked on ahead (worth it where the call leaves Python)."""
    if not threads:
        yield from map(call, items)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as pool:
        waiting: deque[Any] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(call, item))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
