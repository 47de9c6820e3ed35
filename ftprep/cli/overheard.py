"""While a command works, stdout is kept free for its result: what a plugin prints goes to stderr, and is told once."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from ..errors import Problem


class Overheard(io.TextIOBase):
    """Takes the place of stdout. What C code writes to the file itself is not seen here."""

    def __init__(self, instead_of: TextIO):
        self._real = instead_of
        self.who: dict[str, None] = {}
        """The steps that printed, as messages name them."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """As that of the real one: results are made to fit it."""
        return self._real.encoding

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Passes it on, and notes who wrote it."""
        from ..planning.broken import at_work, named

        origin = at_work(sys._getframe(1))
        self.who[named(origin) if origin is not None else "a plugin"] = None
        return sys.stderr.write(text)

    def flush(self) -> None:
        """The same for stderr."""
        sys.stderr.flush()

    def problems(self) -> list[Problem]:
        """A warning for each step that printed."""
        from ..errors import Problem

        text, hint = "prints to stdout, which is kept for results", "its maintainer should make it a Finding or a tally"
        return [Problem(code="FT407", level="warning", message=f"{who} {text}", hint=hint) for who in self.who]


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """Keeps stdout free."""
    heard = Overheard(sys.stdout)
    with redirect_stdout(heard):
        yield heard
