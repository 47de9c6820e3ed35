"""`ftprep.follow`, `ftprep.wait` and `ftprep.results`: jobs from Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import FindingsError, RemoteError
from ..registry import Registry
from ..steps import JobEvent, RemoteJob, Session
from .follow import Following
from .jobs import Found, HasId, ending, looked_up, opened, optional
from .ledger import Ledger
from .link import Link
from .metrics import plain_text, read_metrics
from .pointed import examples_of
from .results import Results, without_results


def follow(
    job: str | HasId | None = None,
    *,
    every: float = 10.0,
    patience: float = 30.0,
    from_start: bool = False,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Iterator[JobEvent]:
    """What happens to a job, until it has ended; each event once, also across calls, unless `from_start`.

    `job` is an id, or what has one (`ftprep.upload(…).job`); the default is the newest of the ledger that has not
    ended, or the newest. `every` is in seconds, `patience` in minutes: how long it goes on without any answer. `via`
    and `options` name the service of a job that the ledger does not know. `ftprep.wait` then gives what it ended with,
    at once.

    Raises RecipeError where no job is meant, RemoteError where the service refuses, or answers no more.
    """
    with opened(job, registry=registry, session=session, ledger=ledger, via=via, options=options, under_way=True) as (
        found,
        link,
        kept,
    ):
        yield from Following(link, found, kept, every=every, patience=patience, from_start=from_start)


def wait(
    job: str | HasId | None = None,
    *,
    every: float = 10.0,
    patience: float = 30.0,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> RemoteJob:
    """The job when it has succeeded: `tuned_model` is its model. Takes what `follow` takes.

    Raises FindingsError where it fails (FT620) or is cancelled (FT621); otherwise as `follow`.
    """
    with opened(job, registry=registry, session=session, ledger=ledger, via=via, options=options, under_way=True) as (
        found,
        link,
        kept,
    ):
        done = Following(link, found, kept, every=every, patience=patience).end()
        if (problem := ending(done, found.entry)) is not None:
            raise FindingsError(problem)
        return done


def results(
    job: str | HasId | None = None,
    *,
    registry: Registry | None = None,
    session: Session | None = None,
    ledger: Ledger | None = None,
    via: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Results:
    """What came of a job (default: the newest of the ledger): `.to_pandas()`, `.best`, `.plot("curve.svg")`.

    Raises RecipeError where no job is meant, RemoteError where there are no results, or none that can be read.
    """
    with opened(job, registry=registry, session=session, ledger=ledger, via=via, options=options) as (
        found,
        link,
        kept,
    ):
        return fetched(found, link, kept)


def fetched(found: Found, link: Link, ledger: Ledger) -> Results:
    """The results of a job, from its service. Raises RemoteError."""
    job = looked_up(found, link, ledger)
    if not job.result_files:
        raise without_results(job)
    file = job.result_files[0]
    table = plain_text(link.fetch(file))
    checkpoints = optional(link, "checkpoints", lambda: link.checkpoints(job.id))
    examples = examples_of(found.entry) if found.entry is not None else None
    return Results(
        job,
        read_metrics(table),
        checkpoints=checkpoints,
        examples=examples,
        content=table.encode(),
        suffix=_suffix(file, link),
    )


def _suffix(file: str, link: Link) -> str:
    """The ending of the name that the service gives a file, where it is one."""
    try:
        name = link.file(file).name if link.can("file") else file
    except RemoteError:
        name = file
    found = re.search(r"\.[a-z]{1,8}$", name.lower())
    return found[0] if found else ".txt"
