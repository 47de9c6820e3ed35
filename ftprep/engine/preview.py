"""A few roots walking through every step, each stage kept; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from ..errors import Problem
from ..example import Drop, Example
from ..plan import Plan
from ..steps import Rows
from .deciding import decide
from .local import Engine
from .outputs import CheckRunner, OutputRunner
from .part import Lost, Warned, Work, content_of
from .runner import MapRunner

Stage = dict[str, Any]
"""`step`, its `output` (None: for all), what it `makes` (rows, examples or lines), the `examples` after it, and
`dropped`: source, reason and detail of each."""


def preview(plan: Plan, roots: int) -> tuple[list[Stage], list[Problem]]:
    """The stages of the first so many roots, in the order of the recipe, and what was found in their rows.

    Raises what reading and the steps raise.
    """
    engine = Engine(plan, limit=roots)
    stages = engine.stages
    works = [stages.rooter(part) for part in engine.parts()]
    shown = [*_before(plan, engine, works), _made(plan, works)]
    for maps, select in stages.segments:
        for runner in maps:
            for work in works:
                runner(work)
            shown.append(_stage(runner.label, works, runner.order))
        if select is not None:
            for work in works:
                select(work)
            works = list(decide(works, select))
            shown.append(_stage(select.label, works, select.order))
    for output in stages.outputs:
        shown += _output(output, works)
    return shown, _found(works)


def _before(plan: Plan, engine: Engine, works: Sequence[Work]) -> Iterator[Stage]:
    """Where rows are gathered: the rows themselves, as they were read, and after each step before the gather."""
    if plan.gather is None:
        return
    rows = [example for work in works for example in _rows_of(plan, work)]
    yield {**_empty("read", "rows"), "examples": _shown(rows), "dropped": _dropped(works, 0)}
    for runner in engine.stages.before:
        kept = []
        for row in rows:
            made = runner.one_to_one(row)
            if not isinstance(made, Drop):
                kept.append(made)
        rows = kept
        yield {**_empty(runner.label, "rows"), "examples": _shown(rows), "dropped": _dropped(works, runner.order)}


def _rows_of(plan: Plan, work: Work) -> Iterator[Example]:
    """The rows of a work's roots, read once more, and those that steps before the gather dropped between them."""
    unit, last = work.part.unit, _last_row(work)
    wanted = {*work.part.numbers, *(lost.first for lost in work.part.lost if lost.order and lost.first <= last)}
    if unit.input is None or not wanted:
        return
    for block in plan.sources[unit.source].reader.read(unit.input):
        if not isinstance(block, Rows) or block.sheet != unit.sheet:
            continue
        for row, number in zip(block.rows, block.numbers, strict=True):
            if number in wanted:
                yield Example(fields=row, source=unit.place(number, number))
        if block.numbers and block.numbers[-1] >= last:
            return


def _made(plan: Plan, works: Sequence[Work]) -> Stage:
    """The roots: rows that were gathered, or rows as they were read."""
    if plan.gather is None:
        return _stage("read", works, 0)
    return _stage(plan.gather.label, works, order=1 + len(plan.before))


def _output(output: OutputRunner, works: Sequence[Work]) -> list[Stage]:
    """An output's own steps and checks, and the lines it writes; afterwards the works are as they were."""
    shown = []
    kept = [(work.examples, work.roots) for work in works]
    runners: list[MapRunner | CheckRunner] = [*output.steps, *output.checks]
    for runner in runners:
        for work in works:
            runner(work)
        shown.append(_stage(runner.label, works, runner.order, output.output))
    written = [output.write(work, []) for work in works]
    lines = [msgspec.json.decode(line) for part in written for line in part.lines]
    last = _stage(output.label, works, output.order, output.output)
    for work, (examples, roots) in zip(works, kept, strict=True):
        work.examples, work.roots = examples, roots
    return [*shown, {**last, "makes": "lines", "examples": lines}]


def _stage(name: str, works: Sequence[Work], order: int, output: str | None = None) -> Stage:
    examples = _shown(example for work in works for example in work.examples)
    makes = "rows" if examples and not any(example["messages"] for example in examples) else "examples"
    return {**_empty(name, makes, output), "examples": examples, "dropped": _dropped(works, order)}


def _empty(name: str, makes: str, output: str | None = None) -> Stage:
    return {"step": name, "output": output, "makes": makes, "examples": [], "dropped": []}


def _dropped(works: Sequence[Work], order: int) -> list[dict[str, str]]:
    return [_drop(work, lost) for work in works for lost in work.lost if lost.order == order and _is_seen(work, lost)]


def _is_seen(work: Work, lost: Lost) -> bool:
    """Rows that were read in the same block, but behind all that is shown, are not of interest."""
    return not work.part.numbers or lost.first <= _last_row(work)


def _last_row(work: Work) -> int:
    return max(work.part.numbers, default=0)


def _drop(work: Work, lost: Lost) -> dict[str, str]:
    source = work.part.unit.place(lost.first, lost.last)
    return {"source": str(source), "reason": lost.reason, "detail": lost.detail}


def _shown(examples: Iterable[Example]) -> list[dict[str, Any]]:
    return [{"source": str(e.source), "fields": {}, "messages": [], **content_of(e)} for e in examples]


def _found(works: Sequence[Work]) -> list[Problem]:
    warned = Warned(kinds={})
    for work in works:
        for first, _, finding in sorted(work.findings, key=lambda found: found[:2]):
            source = finding.source or work.part.unit.place(first, first)
            warned.add(msgspec.structs.replace(finding, source=source, step=finding.step or "read"))
    return warned.problems()
