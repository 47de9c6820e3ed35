"""What was found in a file: kinds of findings with their first places in memory, every single one on disk."""

from __future__ import annotations

import tempfile
import weakref
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import Any

import msgspec

from ..contract import Contract
from ..engine.part import Lost
from ..engine.warned import Kind, Warned
from ..errors import Level
from ..example import Finding, Fix, Source
from .data import Data

LEVELS: tuple[Level, ...] = ("error", "warning", "advice")
EMPTY, LOST = "FT301", "FT390"
"""The codes of an output without examples, and of a row that cannot be used."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """All findings of one kind."""

    code: str
    level: Level
    message: str
    hint: str
    step: str
    count: int
    places: tuple[Source, ...]
    """The first ones, in the order of the file."""
    fix: Fix | None = None


class Findings:
    """Takes findings while the data is read: kinds in memory, single ones in a temporary file.

    `select` and `ignore` are codes or beginnings of codes; the longer one wins, of equal ones `ignore`, as in ruff.
    What is left out is not counted either. `covers` says which codes are not told of a row that has another one.
    `mending`: rows that are lost are left out on purpose, so nothing is said of them.
    """

    def __init__(
        self,
        select: Collection[str] = (),
        ignore: Collection[str] = (),
        *,
        covers: Mapping[str, Collection[str]] = MappingProxyType({}),
        mending: bool = False,
    ):
        self._select, self._ignore, self._mending = tuple(select), tuple(ignore), mending
        self._kinds: dict[Kind, int] = {}
        self._fixes: dict[int, Fix] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`, or when nobody asks any more)
        weakref.finalize(self, self._file.close)
        self._encode = msgspec.msgpack.Encoder().encode
        self._wrong: set[int] = set()
        self._lost: set[int] = set()
        self._covers, self._covered = covers, dict[str, set[int]]()
        self.warned = Warned(kinds={}, sink=self._keep, loss=self._lose)
        """What the engine is to tell."""
        self.choosing: frozenset[str] = frozenset()
        """Steps that leave rows out as such data wants it (system lines of a chat): no error."""

    def wanted(self, code: str) -> bool:
        """Whether findings of this code are reported."""
        chosen = max((len(start) for start in self._select if code.startswith(start)), default=-1)
        left_out = max((len(start) for start in self._ignore if code.startswith(start)), default=-1)
        return (chosen >= 0 or not self._select) and (left_out < 0 or chosen > left_out)

    def _keep(self, finding: Finding) -> None:
        source = finding.source if finding.source is not None and finding.source.first > 0 else None  # no row has it
        if finding.code == EMPTY and not self._mending:
            return  # each row has told why it cannot be used
        if finding.level == "error" and finding.code != LOST and source is not None:
            self._wrong.add(_number(source))
        if source is not None and finding.code in self._covers and self.wanted(finding.code):
            for code in self._covers[finding.code]:
                self._covered.setdefault(code, set()).add(_number(source))
        key = (finding.step, finding.code, finding.level, finding.message, finding.hint)
        if key not in self._kinds and len(self._kinds) >= Warned.most_kinds:
            key = (finding.step, finding.code, finding.level, "more findings of this kind", finding.hint)
        kind = self._kinds.setdefault(key, len(self._kinds))
        if finding.fix is not None:
            self._fixes.setdefault(kind, finding.fix)
        place = (source.file, source.first, source.last, source.sheet) if source is not None else None
        line = self._encode((kind, place))
        self._file.write(len(line).to_bytes(4, "little") + line)

    def _lose(self, place: Source, lost: Lost) -> None:
        """A row that is dropped is a finding too."""
        if self._mending:
            self._lost.add(_number(place))
        elif lost.step in self.choosing:
            self._keep(Finding(LOST, f"a row that is left out: {lost.reason}", "", "advice", None, place, lost.step))
        else:
            text = f"a row that cannot be used: {lost.reason}" + (f" ({lost.detail})" if lost.detail else "")
            self._keep(Finding(LOST, text, "mend it, or leave it out", "error", None, place, lost.step))

    def rows(self) -> Iterator[Finding]:
        """Every single finding that is reported, in the order in which they were met. A row that is lost for an error
        that was told is not told twice, nor is what another code tells better."""
        kinds = list(self._kinds)
        wanted = [self.wanted(kind[1]) for kind in kinds]
        self._file.seek(0)
        while size := self._file.read(4):
            kind, place = msgspec.msgpack.decode(self._file.read(int.from_bytes(size, "little")))
            step, code, level, message, hint = kinds[kind]
            source = Source(*place) if place is not None else None
            number = _number(source) if source is not None else None
            left_out = self._wrong if code == LOST else self._lost
            if wanted[kind] and number not in left_out and number not in self._covered.get(code, ()):
                yield Finding(code, message, hint, level, None, source, step, self._fixes.get(kind))

    def groups(self) -> tuple[Group, ...]:
        """What is reported, errors first, then by code."""
        counts: Counter[Kind] = Counter()
        places: dict[Kind, list[Source]] = {}
        fixes: dict[Kind, Fix | None] = {}
        for found in self.rows():
            key = (found.step, found.code, found.level, found.message, found.hint)
            counts[key] += 1
            first = places.setdefault(key, [])
            if found.source is not None and len(first) < Warned.most_places:
                first.append(found.source)
            fixes[key] = found.fix
        groups = [_group(key, count, places[key], fixes[key]) for key, count in counts.items()]
        return tuple(sorted(groups, key=lambda group: (LEVELS.index(group.level), group.code)))

    def close(self) -> None:
        """Removes the temporary file."""
        self._file.close()


def _group(key: Kind, count: int, places: Sequence[Source], fix: Fix | None) -> Group:
    step, code, level, message, hint = key
    return Group(
        code=code, level=level, message=message, hint=hint, step=step, count=count, places=tuple(places), fix=fix
    )


def _number(source: Source) -> int:
    return hash((source.file, source.sheet, source.first))


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file. It holds a temporary file: use it in a `with` block."""

    data: Data
    findings: Findings
    groups: tuple[Group, ...]
    counts: dict[str, Any]
    """As in a manifest: read, used, dropped, examples, steps."""
    figures: dict[str, Any]
    recipe: dict[str, Any]
    """The recipe that was run for it."""
    contract: Contract | None = None
    """What inference must send for data as it was written; None where there was no example."""

    def rows(self) -> Iterator[Finding]:
        """Every single finding, read from disk."""
        return self.findings.rows()

    def count(self, level: Level) -> int:
        """How many findings of a level there are."""
        return sum(group.count for group in self.groups if group.level == level)

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.findings.close()
