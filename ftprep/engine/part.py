"""What is worked on at once: a part holds whole roots of one file, in input order, and all that became of them."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from ..errors import Level, Problem
from ..example import Drop, Example, Finding, Row, Source
from ..files import Input
from ..steps import Gather
from .losses import PartLosses
from .makeup import Makeup

_encode = msgspec.msgpack.Encoder(enc_hook=str).encode


class Unit(msgspec.Struct, frozen=True):
    """One file, or one sheet of one: rows are numbered within it, and no root reaches over its end."""

    index: int
    source: int
    file: str
    sheet: str | None
    input: Input | None

    def place(self, first: int, last: int) -> Source:
        """Rows of this unit, for people."""
        return Source(self.file, first, last, self.sheet)


class Lost(msgspec.Struct, frozen=True):
    """A row, or an example of a row, that went no further. `rows` is how many source rows went with it for good;
    0 where it is decided by what else became of them."""

    first: int
    last: int
    order: int
    step: str
    reason: str
    detail: str
    content: Any
    output: str | None = None
    rows: int = 0


class Delta(msgspec.Struct):
    """What one part adds to the count of one step."""

    entered: int = 0
    made: int = 0
    left: int = 0
    dropped: Counter[str] = msgspec.field(default_factory=Counter)
    notes: Counter[str] = msgspec.field(default_factory=Counter)


class Part(msgspec.Struct):
    """Rows on their way to becoming roots. `ends[i]` is where root i ends in `rows`; None: every row is a root."""

    unit: Unit
    rows: list[Row]
    numbers: Sequence[int]
    ends: list[int] | None = None
    given: list[Example] | None = None
    """Examples that the reader made itself, in place of rows."""
    lost: list[Lost] = []
    findings: list[Finding] = []
    deltas: dict[int, Delta] = {}
    read: int = 0
    """Source rows, lost ones included."""
    gather: Gather | None = None
    """As the columns of the unit fill it in."""
    speakers: Mapping[str, str] | None = None
    """Role -> name, as the gather found them."""
    share: float | None = None
    """Of the bytes of all inputs, how much was read when this part was made; None where it cannot be told."""

    def cut(self, most: int) -> int:
        """Takes whole roots off the end until `most` are left; returns how many there are then."""
        roots = len(self.rows) if self.ends is None else len(self.ends)
        if roots <= most:
            return roots
        rows = most if self.ends is None else ([0, *self.ends][most])
        self.rows, self.numbers = self.rows[:rows], self.numbers[:rows]
        self.ends = self.ends[:most] if self.ends is not None else None
        self.given = self.given[:most] if self.given is not None else None
        last = self.numbers[-1]
        self.lost = [lost for lost in self.lost if lost.first <= last]
        self.findings = [found for found in self.findings if found.source is None or found.source.first <= last]
        return most

    def count(self, before: Sequence[int]) -> None:
        """Fills in `read`, and `deltas` of the steps that rows have passed; `before` numbers those before the gather.
        What a row met is told from what became of it, so it does not matter how rows were cut into parts."""
        self.read = len(self.rows) + len(self.lost)
        for order in sorted({*before, *(lost.order for lost in self.lost if lost.order)}):
            dropped = Counter(lost.reason for lost in self.lost if lost.order == order)
            entered = sum(lost.order >= order for lost in self.lost) + (len(self.rows) if order in before else 0)
            self.deltas[order] = Delta(entered, 0, entered - dropped.total(), dropped)


class Work(msgspec.Struct):
    """A part whose roots are made: parallel lists over its examples, and columns over its roots."""

    part: Part
    examples: list[Example]
    roots: list[int]
    """For each example, its root: an index into the columns below."""
    first: list[int]
    last: list[int]
    rows: list[int]
    """How many source rows each root holds."""
    root_examples: dict[int, list[Example]] = {}
    """What inference would be given of the first few roots, for the contract's sample."""
    groups: list[bytes | str] | None = None
    """For each root, the name of its group; None where no split asks for it."""
    given: list[str | None] | None = None
    """For each root, the split that a column or its source names."""
    classes: list[str] | None = None
    """For each root, its class, where the split is stratified."""
    begun: bool = False
    """The steps before the first decision are done."""
    keys: list[bytes | str | None] = []
    """For the Select that comes next."""
    lost: list[Lost] = []
    findings: list[tuple[int, int, Finding]] = []
    """(row, order of the step, finding)."""
    deltas: dict[int, Delta] = {}
    outputs: list[Written] = []

    def delta(self, order: int) -> Delta:
        """What this part adds to the count of a step."""
        return self.deltas.setdefault(order, Delta())


class SplitValues(msgspec.Struct):
    """What a check saw of a part and counts by split: `distinct[codes[i]]` on line `lines[i]`; None: one on each."""

    distinct: list[Any]
    codes: array[int]
    lines: array[int] | None


class Written(msgspec.Struct):
    """What a part gives one output: encoded lines with their roots, and the values its checks saw."""

    lines: list[bytes]
    roots: list[int]
    values: list[list[Any]]
    keys: list[list[Any]] = []
    """For each keyed check, the key of each line; in `met` the value of each line."""
    met: list[list[Any]] = []
    by_split: list[SplitValues] = []
    """For each check that counts by split."""
    makeup: Makeup = msgspec.field(default_factory=Makeup)
    losses: PartLosses = msgspec.field(default_factory=PartLosses)
    states: list[Any] | None = None
    """For each check what it made of its values, in place of them, where the work was shared."""


def content_of(example: Example) -> Any:
    """A dropped example's content, for `dropped.jsonl`."""
    return msgspec.to_builtins(example.with_(source=None, group=""), enc_hook=str)


def digestible(example: Example) -> bytes:
    """What an example holds, as bytes to take a hash of: equal for equal content, whatever its order of columns."""
    content = example.messages or sorted(example.fields.items())
    try:
        return _encode(content)
    except UnicodeEncodeError:  # half characters
        return repr(content).encode()


def drop_of(part_rows: Sequence[Row], drop: Drop) -> Any:
    """The content a gather's drop of one row is about."""
    return part_rows[drop.row] if drop.row is not None else list(part_rows)


Kind = tuple[str, str, Level, str, str]
"""A finding's step, code, level, message and hint."""


class Warned(msgspec.Struct):
    """Findings as they are reported: one line for each kind, with how many and the first places."""

    most_places = 20
    most_kinds = 1000

    kinds: dict[Kind, tuple[int, list[Source]]] = {}
    sink: Callable[[Finding], None] | None = None
    """Is told each finding, where all of them are wanted."""
    loss: Callable[[Source, Lost], None] | None = None
    """Is told what is dropped, and from where, after the findings of the same part."""

    def add(self, finding: Finding) -> None:
        """Counts a finding; after a thousand different texts of all kinds the rest is only counted by code."""
        if self.sink is not None:
            self.sink(finding)
        key = (finding.step, finding.code, finding.level, finding.message, finding.hint)
        if key not in self.kinds and len(self.kinds) >= self.most_kinds:
            key = (finding.step, finding.code, finding.level, "more findings of this kind", finding.hint)
        count, places = self.kinds.get(key, (0, []))
        if finding.source is not None and len(places) < self.most_places:
            places.append(finding.source)
        self.kinds[key] = (count + 1, places)

    def lose(self, unit: Unit, lost: Sequence[Lost]) -> None:
        """Tells what was dropped, where somebody wants to know."""
        if self.loss is not None:
            for one in lost:
                self.loss(unit.place(one.first, one.last), one)

    def problems(self) -> list[Problem]:
        """A problem for each kind, the first place as its place; the message says how many there are."""
        return [_as_problem(key, count, places) for key, (count, places) in self.kinds.items()]

    def as_json(self) -> list[dict[str, Any]]:
        """The manifest's `findings`."""
        names = ("step", "code", "level", "message", "hint")
        return [
            {**dict(zip(names, key, strict=True)), "count": count, "places": list(map(str, places))}
            for key, (count, places) in self.kinds.items()
        ]


def _short(place: Source, first: Source) -> str:
    """A place beside another one: of the same file and sheet the rows are enough."""
    if (place.file, place.sheet) != (first.file, first.sheet):
        return str(place)
    return f"row {place.first}" if place.first == place.last else f"rows {place.first}-{place.last}"


def _as_problem(key: Kind, count: int, places: list[Source]) -> Problem:
    step, code, level, message, hint = key
    if count > 1:
        others = [place for place in dict.fromkeys(places) if place != places[0]]
        shown = ", ".join(_short(place, places[0]) for place in others[:3])
        message += f" ({count} times{'; also ' + shown if shown else ''}{' …' if len(others) > 3 else ''})"
    first = places[0] if places else None
    in_lines = first is not None and first.sheet is None and first.first == first.last
    file = None if first is None else first.file if in_lines else str(first)
    line = first.first if first is not None and in_lines else None
    return Problem(code=code, message=message, hint=hint, level=level, file=file, line=line, path=step or None)
