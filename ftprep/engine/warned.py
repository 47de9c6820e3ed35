"""Findings as they are reported: by kind, with how many and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ..errors import Level, Problem
from ..example import Finding, Source
from .part import Lost, Unit, Work

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

    def note(self, finding: Finding, unit: Unit, row: int) -> None:
        """Counts a finding of a row, which is its place where it names none."""
        source = finding.source or unit.place(row, row)
        self.add(msgspec.structs.replace(finding, source=source, step=finding.step or "read"))

    def note_all(self, work: Work) -> None:
        """Counts all findings in the rows of a work, in the order of the input."""
        for row, _, finding in sorted(work.findings, key=lambda found: found[:2]):
            self.note(finding, work.part.unit, row)

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
