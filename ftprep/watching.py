"""How far the work on a run has come, for whoever watches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from .files import Input


class Reached(msgspec.Struct, frozen=True):
    """How far it has come."""

    rows: int
    """Source rows read so far."""
    share: float | None = None
    """Of the bytes of all inputs, 0 to 1; None where it cannot be told."""
    doing: str = ""
    """What is done, once all rows are read."""


Watch = Callable[[Reached], None]
"""Is told how far the work has come, some times a second."""


def unwatched(reached: Reached) -> None:
    """Where nobody watches."""


class Gauge:
    """The share of the bytes of some inputs that was read, while they are read one after the other.

    It is told only where it says something: not of inputs whose size is not known, that are read here and there (as
    zip-based formats are), or that a reader takes in whole before it gives the first row.
    """

    def __init__(self, inputs: Sequence[Input | None]):
        self._sizes = [input_.size if input_ is not None else None for input_ in inputs]
        self._known = all(size is not None for size in self._sizes) and any(self._sizes)
        self._total = sum(size or 0 for size in self._sizes)
        self._last = -1

    def share(self, number: int, input_: Input | None) -> float | None:
        """The share as it is now, while the input of this number is read."""
        before, size = sum(size or 0 for size in self._sizes[:number]), self._sizes[number] or 0
        at = input_.at if input_ is not None else None
        if at is None or (number != self._last and at >= size > _SEVERAL):
            self._known = False
        self._last = number
        return min(1.0, (before + (at or 0)) / self._total) if self._known else None


_SEVERAL = 8 << 20
"""Bytes above which a file is not read in one go by a reader that gives rows as it reads."""
