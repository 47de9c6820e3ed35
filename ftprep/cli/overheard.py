"""While a command works, stdout is kept free for its result: what a plugin prints goes to stderr, and is told once."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from types import FrameType
from typing import TYPE_CHECKING, Any

from .saying import shown

if TYPE_CHECKING:
    from ..errors import Problem


class Overheard(io.TextIOBase):
    """Takes the place of stdout. What C code, or another program, writes to the file itself is not seen here."""

    def __init__(self, instead_of: Any):
        self._real, self._process = instead_of, os.getpid()
        self._midline = False
        self.who: dict[str, None] = {}
        """The steps that printed, as messages name them."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """As that of the real one: results are made to fit it."""
        return getattr(self._real, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """As the real one: results are broken to its width."""
        return bool(self._real is not None and self._real.isatty())

    @property
    def buffer(self) -> Any:
        """For those who print bytes."""
        self._note(sys._getframe(1), else_="")
        return getattr(sys.stderr, "buffer", None) or io.BytesIO()

    def fileno(self) -> int:
        """For those who start a program that prints."""
        self._note(sys._getframe(1), else_="")
        return sys.stderr.fileno() if sys.stderr is not None else super().fileno()

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Passes it on, and notes who wrote it."""
        self._note(sys._getframe(1))
        self._midline = not text.endswith("\n") if text else self._midline
        return sys.stderr.write(text) if sys.stderr is not None else len(text)

    def flush(self) -> None:
        """The same for stderr."""
        if sys.stderr is not None:
            sys.stderr.flush()

    def end(self) -> None:
        """Ends the line that was printed last: what is said next has one of its own."""
        if self._midline and sys.stderr is not None:
            sys.stderr.write("\n")

    def problems(self) -> list[Problem]:
        """A warning for each step that printed."""
        return list(map(_warning, self.who))

    def _note(self, frame: FrameType, else_: str = "a plugin") -> None:
        from ..planning.broken import at_work, named

        origin = at_work(frame)
        who = named(origin) if origin is not None else else_
        if who and who not in self.who:
            self.who[who] = None
            if os.getpid() != self._process:  # in the process that reads ahead: the reply is made in the other one
                sys.stderr.write(f"{shown(_warning(who))}\n")


def _warning(who: str) -> Problem:
    from ..errors import Problem

    text, hint = "prints to stdout, which is kept for results", "its maintainer should make it a Finding or a tally"
    return Problem(code="FT407", level="warning", message=f"{who} {text}", hint=hint)


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """Keeps stdout free."""
    heard = Overheard(sys.stdout)
    try:
        with redirect_stdout(heard):
            yield heard
    finally:
        heard.end()
