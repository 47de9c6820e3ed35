"""Ctrl-C: the first one ends a command in order, the second one at once, also where a plugin swallows the first."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C as above, where nobody else has taken it over (a program that calls this, `nohup`)."""
    ours = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT) if ours else None
    if before is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _Stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Stop:
    """The handler; it counts."""

    def __init__(self) -> None:
        self.pressed = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.pressed:
            try:
                os.write(2, f"{_line(frame)}\n".encode(errors="backslashreplace"))
                _kill_children()
            finally:
                os._exit(130)
        self.pressed = True
        raise KeyboardInterrupt


def _line(frame: FrameType | None) -> str:
    """What was at work, in the main thread or in another; what is left is tidied up by the next command."""
    from ..planning.broken import at_work, named, row_at_work

    where = ""
    for thread in [frame, *sys._current_frames().values()]:
        if (origin := at_work(thread)) is not None:
            row = row_at_work(thread)
            where = f" in {named(origin)}{' at ' if row else ''}{row}"
            break
    return f"interrupted twice, so ended at once{where}; nothing was published, and the next run tidies up"


def _kill_children() -> None:
    """The process that reads ahead goes with this one."""
    if "multiprocessing" in sys.modules:
        import multiprocessing

        for child in multiprocessing.active_children():
            child.kill()
