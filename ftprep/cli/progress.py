"""How far a command has come, for someone who is watching: one line on stderr that is gone when it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from .terminal import can_show, is_terminal, width_of

if TYPE_CHECKING:
    from ..watching import Reached

PATIENCE = 1.0
"""Seconds before anything is shown."""
PACE = 0.2
"""Seconds between two changes of the line."""
_SURE = 0.5
"""Seconds of work from which a rate is told."""
_BAR = (6, 24)
"""Characters of a bar: at least, at most."""


class Progress:
    """A context manager; `reached` is told how far a run has come. Silent where nobody watches."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic):
        """`stream` (default: stderr) is written to where it is a terminal."""
        stream = sys.stderr if stream is None else stream
        self._stream = stream if is_terminal(stream) else None
        self._clock = clock
        self._next = clock() + PATIENCE
        self._begun: tuple[float, int, float] = (0.0, 0, 0.0)
        """When counting began, the count and the share then."""
        self._last: int | None = None
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show("")

    def reached(self, reached: Reached) -> None:
        """Rows that were read, their share of all, how many a second, and the time that is left; then what is done."""
        if reached.doing:
            self.tell(f"{_rows(reached.rows)} read, {reached.doing}", now=bool(self._shown))
        else:
            self._count(reached.rows, "rows", reached.share)

    def counted(self, done: int, total: int, what: str) -> None:
        """So many of so many, such as answers or bytes."""
        self._count(done, what, done / total if total else None, total)

    def tell(self, text: str, *, now: bool = False) -> None:
        """Shows a text in place of the one before, unless it is too soon."""
        if self._stream is not None and (now or self._clock() >= self._next):
            self._next = self._clock() + PACE
            self._show(_cut(text, width_of(self._stream) - 1))

    def _count(self, count: int, what: str, share: float | None, total: int | None = None) -> None:
        if self._stream is None:
            return
        now = self._clock()
        if self._last is None or count < self._last:  # the next file
            self._begun = (now, count, share or 0.0)
        self._last = count
        if now >= self._next:
            of = f" of {total:,}" if total is not None else ""
            facts = [f"{count:,}{of} {what if count != 1 or total else what.removesuffix('s')}"]
            facts += self._speed(now, count, share)
            self.tell(_line(share, facts, width_of(self._stream) - 1, can_show(self._stream, _BLOCKS)), now=True)

    def _speed(self, now: float, count: int, share: float | None) -> Iterator[str]:
        """The rate, and the time that is left, as soon as they can be told."""
        begun, first, start = self._begun
        seconds = now - begun
        if seconds < _SURE:
            return
        rate = (count - first) / seconds
        yield f"{rate:,.0f}/s" if rate >= 10 or not rate else f"{rate:.1f}/s"
        if share is not None and share > start:
            yield f"{clock_time((1 - share) * seconds / (share - start))} left"

    def _show(self, text: str) -> None:
        if self._stream is None or text == self._shown:
            return
        wipe = " " * max(0, len(self._shown) - len(text))
        self._stream.write(f"\r{text}{wipe}" + ("" if text else "\r"))
        self._stream.flush()
        self._shown = text


_BLOCKS = "█░"


def _line(share: float | None, facts: Sequence[str], width: int, blocks: bool) -> str:
    """The share, a bar, and facts as far as there is room: the rate goes first, then the time that is left, then the
    bar."""
    percent = f"{int(share * 100):>3}%" if share is not None else ""
    for kept in (facts, [facts[0], *facts[2:]], facts[:1]):
        told = "  ".join(filter(None, (percent, *kept)))
        bar = min(_BAR[1], width - len(told) - 2)
        if share is None and len(told) <= width:
            return told
        if share is not None and bar >= _BAR[0]:
            return f"{percent}  {_bar(share, bar, blocks)}  {'  '.join(kept)}"
    return _cut(f"{percent}  {facts[0]}".strip(), width)


def _bar(share: float, width: int, blocks: bool) -> str:
    full = int(share * width)
    return (_BLOCKS[0] if blocks else "#") * full + (_BLOCKS[1] if blocks else "-") * (width - full)


def clock_time(seconds: float) -> str:
    """Seconds as 0:42, or 1:02:03."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "~"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
