"""What the rows of an output lost on the way into their format: how many, what, and where first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ..example import Source

MOST_PLACES = 20
"""First places that are kept of each kind of loss."""


class PartLosses(msgspec.Struct):
    """What one part adds."""

    changed: int = 0
    """Rows that lost something."""
    kinds: Counter[str] = msgspec.field(default_factory=Counter)
    places: dict[str, list[tuple[int, int]]] = {}
    """Kind -> the first and last source row of the first rows that have it."""

    def add(self, names: Iterable[str], rows: tuple[int, int]) -> None:
        """Counts a row that is written without these."""
        self.changed += 1
        for name in dict.fromkeys(names):
            self.kinds[name] += 1
            places = self.places.setdefault(name, [])
            if len(places) < MOST_PLACES:
                places.append(rows)


class Losses(msgspec.Struct):
    """What all parts of a run add up to, in the order of the input."""

    written: int = 0
    changed: int = 0
    kinds: Counter[str] = msgspec.field(default_factory=Counter)
    places: dict[str, list[Source]] = {}

    def add(self, written: int, part: PartLosses, place: Any) -> None:
        """Adds a part of so many rows; `place` makes a place of a first and a last row."""
        self.written += written
        self.changed += part.changed
        self.kinds += part.kinds
        for name, rows in part.places.items():
            places = self.places.setdefault(name, [])
            places += [place(*row) for row in rows[: MOST_PLACES - len(places)]]

    def as_json(self, dropped: Mapping[str, int]) -> dict[str, Any]:
        """The manifest's `losses` of an output; `dropped` counts the rows that could not be written, by reason."""
        kinds = {name: {"count": self.kinds[name], "places": list(map(str, self.places[name]))}
                 for name in sorted(self.kinds)}  # fmt: skip
        return {
            "unchanged": self.written - self.changed,
            "changed": self.changed,
            "lost": kinds,
            "not_written": dict(sorted(dropped.items())),
        }
