"""What a connection to a service may ask of the program: the environment, patience, and a clock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from ..errors import RemoteError

T = TypeVar("T")
Said = Callable[[str], None]


def _nothing(text: str) -> None:
    pass


class Session:
    """Made by the program and handed to `Uploader.connect`; tests make their own, with a clock that does not wait."""

    tries = 6
    """How often something is asked that may be asked again."""
    longest = 120.0
    """Seconds it waits at most where a service says how long; it stops where that is longer."""

    def __init__(
        self,
        *,
        environ: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        say: Said = _nothing,
        sent: Callable[[int], None] | None = None,
    ):
        self.environ: Mapping[str, str] = os.environ if environ is None else environ
        """The only place that secrets are read from."""
        self.now, self.sleep = now, sleep
        """Seconds since 1970; waiting for so many seconds."""
        self.say = say
        """Tells people why nothing seems to happen: a line."""
        self._sent = sent

    def sent(self, count: int) -> None:
        """So many more bytes of a file are on their way: what a progress bar shows."""
        if self._sent is not None:
            self._sent(count)

    def patiently(self, call: Callable[[], T]) -> T:
        """What a call gives, which is repeated where the service is busy or did not answer: only for what may be asked
        twice. Raises the RemoteError of the last try, and at once where asking again would not help."""
        for n in range(self.tries):
            try:
                return call()
            except RemoteError as error:
                wait = self.wait_after(error, n)
                if wait is None or n == self.tries - 1:
                    raise
                self.say(f"{error.problems[0].message}; trying again in {wait:g} s")
                self.sleep(wait)
        raise AssertionError("a session tries at least once")

    def wait_after(self, error: RemoteError, tried: int) -> float | None:
        """Seconds to wait after so many tries (from 0) that failed, None where waiting does not help: twice as long
        each time, from half a second to 30, or as long as the service asks for."""
        if error.kind not in ("busy", "lost"):
            return None
        if error.wait is not None:
            return error.wait if error.wait <= self.longest else None
        return float(min(0.5 * 2**tried, 30))
