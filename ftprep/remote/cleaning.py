"""Deleting one thing: a file or a tuned model, with what stands against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

import msgspec

from ..errors import RecipeError, RemoteError
from ..registry import Registry
from ..steps import Session
from .ledger import Ledger, Service, ledger_of
from .link import Link, linked, service_for
from .things import Stock, Thing, only_service, service_of

Outcome = Literal["deleted", "gone", "planned", "failed"]
"""`gone`: it was not there any more; `planned`: what would be deleted, for a dry run."""


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one thing."""

    thing: Thing
    outcome: Outcome
    error: str = ""
    """Why it is still there."""


def delete(
    id_or_name: str,
    *,
    foreign: bool = False,
    force: bool = False,
    dry_run: bool = False,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
) -> Deleted:
    """Deletes a file, by its id, or a tuned model, by its full name, for good. One that is gone already is no error.

    Without `foreign` only what the ledger knows; without `force` nothing that a job which has not ended uses; with
    `dry_run` nothing is changed. The service is the ledger's, unless `via` and `options` name one.

    Raises RecipeError for what cannot be deleted, RemoteError where the service refuses.
    """
    session = session or Session()
    with ExitStack() as closing:
        ledger = closing.enter_context(ledger_of(session, ledger))
        registry = registry or Registry.installed()
        named = where(id_or_name, ledger, via)
        link = closing.enter_context(_linked(named, via, options or {}, registry, session))
        stock = Stock(link, ledger)
        thing = find(id_or_name, stock, foreign=foreign)
        if thing is None:
            return gone(missing(id_or_name, stock), stock)
        allowed(thing, stock, force=force)
        return remove(thing, stock, dry_run=dry_run)


def where(id_: str, ledger: Ledger, via: str | None) -> Service | None:
    """The service to look at; None: the one that is named. Raises RecipeError where nothing tells."""
    if via is not None:
        return None
    service = service_of(ledger, id_) or only_service(ledger)
    if service is None:
        raise not_ours(id_)
    return service


def find(id_: str, stock: Stock, *, foreign: bool) -> Thing | None:
    """The thing of this id; None where it is not there any more. Raises RecipeError where the ledger does not know it
    and `foreign` is not said."""
    thing = stock.thing(id_, foreign=foreign)
    unknown = service_of(stock.ledger, id_) is None and (thing is None or not thing.ours)
    if unknown and not foreign:
        raise not_ours(id_)
    if thing is not None and thing.kind == "job":
        hint = f"end it with 'ftprep jobs cancel {id_}'; its files and its model can be deleted"
        raise RecipeError(f"'{id_}' is a job, and jobs cannot be deleted", hint=hint)
    return thing


def not_ours(id_: str) -> RecipeError:
    """Nobody has sent or made it from here."""
    hint = "if it is to be deleted all the same, say --foreign (and --via NAME for its service)"
    return RecipeError(f"the ledger does not know '{id_}': it was not sent from here", hint=hint)


def allowed(thing: Thing, stock: Stock, *, force: bool) -> None:
    """Raises RecipeError where a job that has not ended uses it."""
    job = None if force else stock.used_by(thing)
    if job is not None:
        hint = f"wait for it, end it with 'ftprep jobs cancel {job}', or say --force"
        raise RecipeError(f"the {thing.kind} '{thing.id}' is in use by the job {job}, which has not ended", hint=hint)


def remove(thing: Thing, stock: Stock, *, dry_run: bool = False) -> Deleted:
    """Deletes it and notes it in the ledger. Raises RemoteError."""
    link = stock.link
    link.needs(f"delete_{thing.kind}", f"delete {thing.kind}s")
    if dry_run:
        return Deleted(thing=thing, outcome="planned")
    if thing.kind == "file":
        link.delete_file(thing.id)
    else:
        link.delete_model(thing.id)
    _forget(thing, stock.ledger)
    return Deleted(thing=thing, outcome="deleted")


def gone(thing: Thing, stock: Stock) -> Deleted:
    """What is said of a thing that is not there any more, and noted."""
    _forget(thing, stock.ledger)
    return Deleted(thing=thing, outcome="gone")


def missing(id_: str, stock: Stock) -> Thing:
    """A thing that the account has not got, as far as the ledger tells of it."""
    return stock.noted(id_) or Thing(kind="file", id=id_, account=stock.link.account, ours=False)


def tried(thing: Thing, stock: Stock) -> Deleted:
    """As `remove`, for one of many: what the service refuses is told, not raised."""
    try:
        return remove(thing, stock)
    except RemoteError as error:
        return Deleted(thing=thing, outcome="failed", error=str(error))


def _forget(thing: Thing, ledger: Ledger) -> None:
    """Of a model, the job that made it: the same job may be started again."""
    if thing.kind == "file":
        ledger.forget_file(thing.account, thing.id)
        return
    for entry in ledger.jobs(thing.account):
        if entry.tuned_model == thing.id:
            ledger.keep_job(msgspec.structs.replace(entry, state="deleted"))


@contextmanager
def _linked(
    service: Service | None, via: str | None, options: Mapping[str, Any], registry: Registry, session: Session
) -> Iterator[Link]:
    if service is None:
        service = service_for(registry, named=via, options=options)
    elif options:
        service = Service(service.name, {**service.options, **options})
    with linked(service, registry, session) as link:
        yield link
