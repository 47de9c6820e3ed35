"""How the jobs of the ledger stand now."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ..errors import FtprepError, Problem, RemoteError
from ..registry import Registry
from ..steps import ENDED, RemoteJob, Session
from .jobs import note
from .ledger import JobEntry, Ledger
from .link import Link, made


class Refreshed(msgspec.Struct, frozen=True):
    """A job of the ledger."""

    entry: JobEntry
    job: RemoteJob | None = None
    """What its service says; None where it was not asked, or did not answer."""
    problem: Problem | None = None
    """Why there is no answer."""


class Refresh:
    """Asks the services of the ledger's jobs, each over one connection."""

    def __init__(self, ledger: Ledger, registry: Registry, session: Session):
        self.ledger, self.registry, self.session = ledger, registry, session
        self._links: dict[bytes, Link | None] = {}
        """None: it did not answer, and is asked no more."""

    def __iter__(self) -> Iterator[Refreshed]:
        """Each job, the newest first. What has ended is not asked for; a service that does not answer is a problem of
        the first job that it has."""
        try:
            for entry in self.ledger.jobs():
                asks = entry.id is not None and entry.status not in ENDED
                yield self._asked(entry, entry.id or "") if asks else Refreshed(entry)
        finally:
            for link in self._links.values():
                if link is not None:
                    link.remote.close()

    def _asked(self, entry: JobEntry, id_: str) -> Refreshed:
        key = msgspec.json.encode(entry.service, order="sorted")
        try:
            if key not in self._links:
                self._links[key] = None
                self._links[key] = Link(*made(entry.service, self.registry), self.session)
            link = self._links[key]
            job = link.job(id_) if link is not None else None
        except FtprepError as error:
            return Refreshed(entry, problem=self._why(error, key, id_))
        if job is not None:
            note(self.ledger, entry.account, job)
        return Refreshed(entry, job)

    def _why(self, error: FtprepError, key: bytes, id_: str) -> Problem:
        if isinstance(error, RemoteError) and error.kind == "missing":
            text, hint = f"job {id_} is no longer there", "'ftprep remote list' shows what is"
            return Problem(code="FT622", message=text, hint=hint, level="warning")
        if (link := self._links.get(key)) is not None:
            link.remote.close()
        self._links[key] = None
        return msgspec.structs.replace(error.problems[0], level="warning")
