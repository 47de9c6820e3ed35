"""From a line that a run wrote back to the rows that it was made of, and each step on the way; and from a row on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ..engine.part import Lost, Unit, content_of
from ..engine.replay import Ended, Passed, Replay, Root, Walked, Way
from ..errors import DataError, Problem
from ..example import Example, Source
from ..lineage import Record
from ..plan import Plan
from ..registry import Registry
from ..steps import Split
from .changes import changed_input, changed_tables, differs
from .folder import AGAIN, DROPPED, RunFolder
from .places import Asked, asked, parsed
from .resolving import Resolved, resolved
from .told import Cells, Change, Content, Fate, Told
from .why import used, why


class _Entry(msgspec.Struct):
    """What of a line of dropped.jsonl is read."""

    source: str
    step: str
    reason: str
    output: str | None = None
    detail: str = ""


class Explainer:
    """Tells of places of one run; what it reads once, it keeps."""

    def __init__(self, run_dir: Path | str, registry: Registry | None = None):
        """Raises DataError for what is no run folder."""
        self.run = RunFolder(run_dir)
        self.registry = registry
        self._replays: dict[int, tuple[Replay, list[Problem]]] = {}

    def explain(self, place: str) -> list[Told]:
        """What there is to tell of a place: of each of its lines. Raises DataError and RecipeError."""
        wanted = asked(place)
        found = resolved(self.run, wanted)
        return [self._one(found, wanted, line) for line in wanted.lines]

    def _one(self, found: Resolved, wanted: Asked, line: int) -> Told:
        if found.unit is not None:
            return self._row(found.unit, line)
        return self._drop(line) if found.name == DROPPED else self._line(found.name, line)

    @cached_property
    def plan(self) -> Plan:
        """The plan of the run."""
        return self.run.plan(self.registry or Registry.installed())

    @cached_property
    def _units(self) -> list[tuple[str, str | None]]:
        return [(unit.file, unit.sheet) for unit in self.run.lineage.units]

    def _line(self, name: str, number: int) -> Told:
        data = self.run.line(name, number)
        output, split = name.removesuffix(".jsonl").rsplit("/", 1)
        record = self.run.lineage.record(output, split, number)  # type: ignore[arg-type]
        replay, problems = self._replay(record.unit)
        told = Told(asked=f"{name}:{number}", kind="line", source=str(self.run.lineage.source(record)), split=split)
        told.written, told.problems = _decoded(data), [*problems]
        way: Way = ()
        for root, walked in self._walked(replay, record):
            lines = walked.lines[output]
            line = lines[record.ordinal] if record.ordinal < len(lines) else None
            if not told.rows or (line is not None and line.data == data):
                told.rows = _rows(root, told.written)
                told.why = why(self.plan, root.part.unit.source, walked.work)
                told.same, way = line is not None and line.data == data, line.way if line is not None else ()
                told.steps = [*_befores(root), *_changes(way), *self._after(output)] if way else []
        told.same = bool(told.same)
        if not told.same:
            told.problems.append(differs(self.run, self.plan, name, number, bool(problems)))
        return told

    def _drop(self, number: int) -> Told:
        data = self.run.line(DROPPED, number) + b"\n"
        unit, source, entry = self._entry(data, number)
        replay, problems = self._replay(unit)
        fate = Fate(place=f"{DROPPED}:{number}", **msgspec.structs.asdict(entry))
        told = Told(asked=fate.place, kind="drop", source=entry.source, drop=fate, problems=[*problems])
        told.written = msgspec.json.decode(data).get("content")
        told.same = False
        for rows, before, one, at in self._ends(replay, source):
            if one.line(at) == data:
                told.same, told.rows, told.steps = True, rows, [*before, *_changes(one.way)]
                break
        if not told.rows and isinstance(told.written, dict):  # a row that was lost before there were roots
            told.rows = [Cells(place=entry.source, cells=told.written)]
        if not told.same:
            told.problems.append(differs(self.run, self.plan, DROPPED, number, bool(problems)))
        return told

    def _ends(self, replay: Replay, source: Source) -> Iterator[tuple[list[Cells], list[Change], Ended, Unit]]:
        """All that goes no further of rows: the rows it is of, the steps before the gather, how it ends, and where."""
        roots, ended, unit = replay.find(source.sheet, source.first)
        for root in roots:
            rows = _rows(root, None)
            yield from ((rows, _befores(root), one, root.part.unit) for one in replay.walk(root, self._taken).ended)
        if unit is not None:
            yield from (([], [], one, unit) for one in ended)

    def _row(self, unit: int, row: int) -> Told:
        file, sheet = self._units[unit]
        place = str(Source(file, row, row, sheet))
        replay, problems = self._replay(unit)
        told = Told(asked=place, kind="row", source=place, problems=[*problems])
        roots, _, _ = replay.find(sheet, row)
        for root in roots:
            told.rows += [cells for cells in _rows(root, None) if cells.place == place]
            told.fates += self._became(unit, row, root)
        places = {place, *(str(Source(file, r.part.numbers[0], r.part.numbers[-1], sheet)) for r in roots)}
        told.fates += self._dropped(unit, row, places, alone=not roots)
        if not roots and not told.fates:
            hint = "rows are counted as an editor or a spreadsheet shows them"
            raise DataError("holds no row of data: a header, an empty row, or beyond the end", hint=hint, file=place)
        return told

    def _became(self, unit: int, row: int, root: Root) -> Iterator[Fate]:
        first, last = root.part.numbers[0], root.part.numbers[-1]
        for name in self.run.manifest.outputs:
            if name == DROPPED:
                continue
            output, split = name.removesuffix(".jsonl").rsplit("/", 1)
            for line, record in self.run.lineage.lines_of(output, _split(split), unit, row):
                if (record.first, record.last) == (first, last):
                    yield Fate(place=f"{name}:{line}", source=str(self.run.lineage.source(record)))

    def _dropped(self, unit: int, row: int, places: set[str], *, alone: bool) -> Iterator[Fate]:
        """The drops of a row's root, or of the row itself; of a row `alone`, of no root, those that reach over it."""
        if DROPPED not in self.run.manifest.outputs:
            return
        for number, line in enumerate(self.run.lines(DROPPED), 1):
            entry = msgspec.json.decode(line, type=_Entry)
            found = parsed(entry.source, self._units) if alone else None
            covers = found is not None and found[0] == unit and found[1].first <= row <= found[1].last
            if covers or entry.source in places:
                yield Fate(place=f"{DROPPED}:{number}", **msgspec.structs.asdict(entry))

    def _walked(self, replay: Replay, record: Record) -> Iterator[tuple[Root, Walked]]:
        """The root of a line, walked; several where a file counts several as one row."""
        sheet = self.run.lineage.units[record.unit].sheet
        roots, _, _ = replay.find(sheet, record.first)
        for root in roots:
            if (root.part.numbers[0], root.part.numbers[-1]) == (record.first, record.last):
                yield root, replay.walk(root, self._taken)

    def _replay(self, unit: int) -> tuple[Replay, list[Problem]]:
        """What walks roots of a unit again, and what was changed of what it reads."""
        source, input_, noted = self.run.input_of(self.plan, unit)
        at = self.run.number_of(unit)
        if at not in self._replays:
            problems = [*changed_input(input_, noted), *changed_tables(self.run, self.plan)]
            self._replays[at] = Replay(self.plan, self.run.speakers(), source, input_), problems
        return self._replays[at]

    def _taken(self, unit: Unit, lost: Sequence[Lost]) -> list[bool]:
        """What a Select dropped in the run: of equal examples the last ones, as the first are kept."""
        if not lost:
            return []
        begin = b'{"source":' + msgspec.json.encode(str(unit.place(lost[0].first, lost[0].last))) + b","
        noted = Counter(line for line in self.run.lines(DROPPED) if line.startswith(begin))
        gone = [False] * len(lost)
        for i, one in reversed(list(enumerate(lost))):
            line = Ended(one, ()).line(unit).removesuffix(b"\n")
            if noted[line] > 0:
                noted[line] -= 1
                gone[i] = True
        return gone

    def _entry(self, data: bytes, number: int) -> tuple[int, Source, _Entry]:
        """What a line of dropped.jsonl is about. Raises DataError for one that is none."""
        path = (self.run.path / DROPPED).as_posix()
        try:
            entry = msgspec.json.decode(data, type=_Entry)
        except msgspec.DecodeError as error:
            raise DataError("this is no line that 'ftprep run' wrote", hint=AGAIN, file=path, line=number) from error
        found = parsed(entry.source, self._units)
        if found is None:
            raise DataError(f"its source {entry.source} is no input of this run", hint=AGAIN, file=path, line=number)
        return *found, entry

    def _after(self, output: str) -> Iterator[Change]:
        """The checks and the writer of an output: they leave the example as it is."""
        for planned in self.plan.checks:
            yield Change(step=planned.label, output=output)


def _split(name: str) -> Split:
    return name  # type: ignore[return-value]


def _decoded(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        return data.decode("utf-8", "backslashreplace")


def _rows(root: Root, written: Any) -> list[Cells]:
    place = root.part.unit.place
    return [
        Cells(place=str(place(number, number)), cells=_plain(row), used=used(row, written)) for number, row in root.rows
    ]


def _befores(root: Root) -> list[Change]:
    """The steps before the gather: what they made of the rows."""
    changes, rows = [], tuple(row for _, row in root.rows)
    for label, after in root.before:
        example = {"rows": [_plain(row) for row in after]} if after != rows else None
        changes.append(Change(step=label, changed=after != rows, example=example))
        rows = after
    return changes


def _changes(way: Way) -> list[Change]:
    """Each step of a way, with the example where it is another one then."""
    return [_change(passed, before) for passed, before in zip(way, [None, *way], strict=False)]


def _change(passed: Passed, before: Passed | None) -> Change:
    after = _content(passed.example)
    changed = before is None or _content(before.example) != after
    example = after if changed else None
    return Change(step=passed.step, output=passed.output, changed=changed, made=passed.made, example=example)


def _content(example: Example) -> Content:
    content: Content = content_of(example)
    return content


def _plain(row: Any) -> Any:
    return msgspec.to_builtins(row, enc_hook=str)
