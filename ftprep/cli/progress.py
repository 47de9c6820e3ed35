"""How far a run has come, for someone who is watching: one line on stderr that is gone when it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

PATIENCE = 1.0
"""Seconds before anything is shown."""
PACE = 0.2
"""Seconds between two changes of the line."""


class Progress:
    """A context manager; `rows` is told how many rows were read. Silent where nobody watches."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic):
        """`stream` (default: stderr) is written to where it is a terminal."""
        stream = sys.stderr if stream is None else stream
        self._stream = stream if stream is not None and stream.isatty() else None
        self._clock = clock
        self._next = clock() + PATIENCE
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show("")

    def rows(self, count: int) -> None:
        """Shows the count, unless it is too soon."""
        self.tell(f"{count:,} rows read")

    def tell(self, text: str, *, now: bool = False) -> None:
        """Shows a text in place of the one before, unless it is too soon."""
        if self._stream is not None and (now or self._clock() >= self._next):
            self._next = self._clock() + PACE
            self._show(text)

    def _show(self, text: str) -> None:
        if self._stream is None or text == self._shown:
            return
        wipe = " " * max(0, len(self._shown) - len(text))
        self._stream.write(f"\r{text}{wipe}" + ("" if text else "\r"))
        self._stream.flush()
        self._shown = text
