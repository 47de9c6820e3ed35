"""The jobs that are known: which one is meant, how it stands, and what its end means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

import msgspec

from ..errors import Problem, RecipeError, RemoteError, nearest
from ..registry import Registry
from ..steps import ENDED, RemoteJob, Session
from .ledger import JobEntry, Ledger, Service, ledger_of
from .link import Link, linked, service_for
from .pointed import places

T = TypeVar("T")


class HasId(Protocol):
    """Anything that names a job: a RemoteJob, an entry of the ledger."""

    @property
    def id(self) -> str | None: ...


class Found(msgspec.Struct, frozen=True):
    """A job that is meant."""

    id: str
    entry: JobEntry | None = None
    """What the ledger has of it."""

    @property
    def service(self) -> Service | None:
        """Where it is, as far as the ledger tells."""
        return self.entry.service if self.entry is not None else None

    def account(self, link: Link) -> str:
        """Under which account the ledger has it: a key that is changed later may give another one."""
        return self.entry.account if self.entry is not None else link.account


def find(ledger: Ledger, id_: str | None = None, *, via: str | None = None, under_way: bool = False) -> Found:
    """The job of an id, or the newest of the ledger: with `under_way`, the newest that had not ended when it was seen
    last, if there is one. Raises RecipeError where there is no job, or where nothing tells whose it is."""
    known = [entry for entry in ledger.jobs() if entry.id is not None]
    if id_ is None:
        going = [entry for entry in known if under_way and entry.status not in ENDED]
        newest = next(iter(going or known), None)
        if newest is None or newest.id is None:
            raise RecipeError(
                "the ledger has no job", hint="start one with 'ftprep upload', or name one and its service"
            )
        return Found(newest.id, newest)
    entry = ledger.job(id_)
    if entry is None and via is None:
        near = nearest(id_, [entry.id for entry in known if entry.id])
        hint = f"did you mean '{near}'?" if near else "name its service with --via, where it was started elsewhere"
        raise RecipeError(f"the ledger knows no job '{id_}'", hint=hint)
    return Found(id_, entry)


def looked_up(found: Found, link: Link, ledger: Ledger) -> RemoteJob:
    """How a job stands now; kept in the ledger. Raises RemoteError."""
    try:
        job = link.job(found.id)
    except RemoteError as error:
        raise not_here(error, found, link) from error
    note(ledger, found.account(link), job)
    return job


def optional(link: Link, what: str, ask: Callable[[], Sequence[T]]) -> Sequence[T]:
    """What is asked of a job that is there: nothing, where the service does not offer it or has no address for it, as
    those that only resemble another one."""
    if not link.can(what):
        return ()
    try:
        return ask()
    except RemoteError as error:
        if error.kind != "missing":
            raise
        return ()


def not_here(error: RemoteError, found: Found, link: Link) -> RemoteError:
    """The same error; where a job was looked for in another account than it was started in, with that."""
    if error.kind != "missing" or found.account(link) == link.account:
        return error
    hint = (
        f"it was started in the account '{found.account(link)}', and this is '{link.account}': use that address and key"
    )
    return RemoteError(msgspec.structs.replace(error.problems[0], hint=hint), kind=error.kind)


def note(ledger: Ledger, account: str, job: RemoteJob) -> None:
    """Keeps in the ledger how a job stands, if it is one of its jobs."""
    entry = ledger.job(job.id, account)
    if entry is not None and (entry.status, entry.tuned_model) != (job.status, job.tuned_model):
        ledger.keep_job(msgspec.structs.replace(entry, status=job.status, tuned_model=job.tuned_model))


def ending(job: RemoteJob, entry: JobEntry | None) -> Problem | None:
    """What is to be said of a job that has ended without a model: FT620 of one that failed, FT621 of one that was
    cancelled."""
    if job.status == "cancelled":
        hint = "'ftprep upload --again' starts another one like it"
        return Problem(code="FT621", message=f"job {job.id} was cancelled", hint=hint)
    if job.status != "failed":
        return None
    why = job.error or job.error_code or "the service gives no reason"
    rows = places(job, entry)
    what = "mend the rows, run the recipe again, and upload" if rows else "mend what it names, and upload again"
    return Problem(code="FT620", message=f"job {job.id} failed: {why.rstrip('.;')}", hint="; ".join([*rows, what]))


@contextmanager
def opened(
    job: str | HasId | None,
    *,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
    under_way: bool = False,
) -> Iterator[tuple[Found, Link, Ledger]]:
    """A job with the connection to its service and the ledger: what the functions of `ftprep` begin with."""
    registry, session = registry or Registry.installed(), session or Session()
    id_ = job if isinstance(job, str) or job is None else job.id
    with ledger_of(session, ledger) as known:
        found = find(known, id_, via=via, under_way=under_way)
        service = found.service
        if via is not None or service is None:
            service = service_for(registry, named=via, options=options)
        elif options:
            service = Service(service.name, {**service.options, **options})
        with linked(service, registry, session) as link:
            for problem in link.remote.warnings():
                session.say(str(problem))
            yield found, link, known
