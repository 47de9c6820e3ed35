"""Following a job to its end: each event once, whatever happens to the connection on the way."""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import count
from typing import TypeVar

import msgspec

from ..errors import RemoteError
from ..steps import ENDED, JobEvent, RemoteJob
from .jobs import Found, not_here, note, optional
from .ledger import Ledger
from .link import Link

T = TypeVar("T")
_LONGEST = 60.0
"""Seconds between two tries where the service does not say how long to wait."""


class Following:
    """The events of a job, as they come: iterate over it. It asks until the job has ended, and survives what may pass
    by itself. Raises RemoteError, with how to go on, for what does not, and where no answer came for too long."""

    def __init__(
        self,
        link: Link,
        found: Found,
        ledger: Ledger,
        *,
        every: float = 10.0,
        patience: float = 30.0,
        from_start: bool = False,
        again: str | None = None,
    ):
        """`every`: seconds between two looks. `patience`: minutes without an answer after which it gives up.
        `from_start`: events that were shown earlier too. `again`: the command that goes on."""
        self.id, self.ledger, self.every, self.patience = found.id, ledger, every, patience
        self.again = again or f"ftprep jobs follow {found.id}"
        self.job: RemoteJob | None = None
        """As it was seen last."""
        self._found, self._account = found, found.account(link)
        self._session = link.session
        self._link = copy.copy(link)
        self._link.session = copy.copy(link.session)
        self._link.session.tries = 1  # patience is kept here
        self._seen = set() if from_start else ledger.shown(self._account, found.id)

    def __iter__(self) -> Generator[JobEvent]:
        """The events that nobody has seen, the oldest first."""
        for job in self.states():
            yield from self._news(job)  # asked after the job: when it has ended, these are all

    def end(self) -> RemoteJob:
        """Waits for the end, without a look at events."""
        for job in self.states():
            if job.status in ENDED:
                return job
        raise AssertionError("states end with the job")

    def states(self) -> Iterator[RemoteJob]:
        """The job, again and again, until it has ended."""
        paused = False
        while True:
            job = self._patiently(lambda: self._link.job(self.id))
            self.job = job
            note(self.ledger, self._account, job)
            if job.status == "paused" and not paused:
                self._session.say(f"job {self.id} is paused; it goes on after: ftprep jobs resume {self.id}")
            paused = job.status == "paused"
            yield job
            if job.status in ENDED:
                return
            self._session.sleep(self.every)

    def _news(self, job: RemoteJob) -> Iterator[JobEvent]:
        """Events that were not seen yet. At the end all are gone through again: some come late, among older ones."""
        ended = job.status in ENDED
        seen = frozenset() if ended else frozenset(self._seen)
        shown: list[str] = []
        try:
            for event in optional(self._link, "events", lambda: self._events(seen)):
                if event.id not in self._seen:
                    self._seen.add(event.id)
                    yield event
                    shown.append(event.id)
        finally:
            self.ledger.keep_shown(self._account, self.id, shown)

    def _events(self, seen: frozenset[str]) -> Sequence[JobEvent]:
        return self._patiently(lambda: self._link.events(self.id, seen.__contains__))

    def _patiently(self, call: Callable[[], T]) -> T:
        since: float | None = None
        for tried in count():
            try:
                return call()
            except RemoteError as error:
                if error.kind not in ("busy", "lost"):
                    raise self._stopped(error) from error
                now = self._session.now()
                if since is None:
                    since = now
                    self._session.say(f"{error.problems[0].message}; asking on, for up to {self.patience:g} minutes")
                wait = error.wait if error.wait is not None else min(2.0 ** min(tried, 10), _LONGEST)
                if now - since + wait > self.patience * 60:
                    raise self._given_up(error) from error
                self._session.sleep(wait)
        raise AssertionError("numbers have no end")

    def _stopped(self, error: RemoteError) -> RemoteError:
        """The same error, with the job that it is about and how to go on."""
        first = not_here(error, self._found, self._link).problems[0]
        hint = f"{first.hint}, then go on with: {self.again}" if first.hint else f"go on with: {self.again}"
        told = msgspec.structs.replace(first, message=f"job {self.id}: {first.message}", hint=hint)
        return RemoteError(told, *error.problems[1:], kind=error.kind, wait=error.wait)

    def _given_up(self, error: RemoteError) -> RemoteError:
        first, minutes = error.problems[0], f"{self.patience:g} minutes"
        asked = error.wait is not None and error.wait > self.patience * 60
        why = f"it asks to wait {error.wait:.0f} s" if asked else f"there was no other answer for {minutes}"
        hint = f"the job goes on there; follow it with: {self.again}"
        told = msgspec.structs.replace(first, message=f"job {self.id}: {first.message}, and {why}", hint=hint)
        return RemoteError(told, kind=error.kind, wait=error.wait)
