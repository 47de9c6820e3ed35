"""What is worked on at once: a part holds whole roots of one file, in input order, and all that became of them."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

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
