"""Jobs that are cancelled, paused, or resumed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..errors import RemoteError
from ..steps import ENDED, RemoteJob
from ..steps.remote import JobStatus
from .jobs import Found, looked_up, note
from .ledger import Ledger
from .link import Link

Change = Literal["cancel", "pause", "resume"]
_DONE: Mapping[Change, tuple[JobStatus, ...]] = {
    "cancel": ("cancelled",),
    "pause": ("paused",),
    "resume": ("running", "queued"),
}
"""The states that a job has when it is done."""


def changeable(what: Change, found: Found, link: Link, ledger: Ledger) -> RemoteJob:
    """The job, where this can be done with it. Raises RemoteError: the service cannot do it, or the job has ended."""
    link.needs(what, f"{what} a job")
    job = looked_up(found, link, ledger)
    if job.status in ENDED and job.status not in _DONE[what]:
        text = f"job {found.id} has ended: {job.status}"
        hint = f"see what came of it with: ftprep jobs show {found.id}"
        raise RemoteError(text, hint=hint)
    return job


def change(what: Change, found: Found, link: Link, ledger: Ledger, job: RemoteJob) -> RemoteJob:
    """Does it, unless it is done already; returns the job as it then is. Raises RemoteError."""
    if job.status not in _DONE[what]:
        try:
            job = {"cancel": link.cancel, "pause": link.pause, "resume": link.resume}[what](job.id)
        except RemoteError:
            job = link.job(job.id)  # the answer of an earlier try may have been lost
            if job.status not in _DONE[what]:
                raise
    note(ledger, found.account(link), job)
    return job
