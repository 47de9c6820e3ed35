"""Starting the job of a plan, or finding the one that is there."""

from __future__ import annotations

from functools import partial
from itertools import count

from ..errors import RemoteError
from ..steps import JobRequest, RemoteFile, RemoteJob, Split
from .ledger import JobEntry, Ledger
from .link import Link, there
from .once import found_late, sent_once
from .plan import UploadPlan, fingerprint_of

_NEVER = ("failed", "cancelled")


class Starter:
    """Starts the job of a plan, or finds the one that is there."""

    def __init__(self, plan: UploadPlan, link: Link, ledger: Ledger, files: dict[Split, RemoteFile]):
        self.plan, self.link, self.ledger, self.files = plan, link, ledger, files
        self.fingerprint = fingerprint_of(plan)

    def job(self, *, again: bool) -> tuple[RemoteJob, bool]:
        """The job, and whether it was started now. `again`: although there is one of just this kind."""
        known = {entry.key: entry for entry in self.ledger.jobs(self.link.account, self.fingerprint)}
        for n in count(1):
            key = f"{self.fingerprint[:24]}.{n}"
            entry = known.get(key)
            known_id = entry.id if entry is not None else None
            if known_id is not None:
                found = None if again else there(partial(self.link.job, known_id))
            elif (found := self._search(key, entry)) is None:
                return self._start(key)
            elif entry is not None:
                again = False  # it was this one whose answer was lost
            if found is not None:
                self._keep(key, found)
                if not again and found.status not in _NEVER:
                    return found, False
        raise AssertionError("numbers do not end")

    def _search(self, key: str, entry: JobEntry | None) -> RemoteJob | None:
        """The job with this key. A service that keeps no keys: one of these files that the ledger does not know, where
        the ledger says that one was about to be started."""
        if not self.link.can("jobs"):
            return None
        jobs = self.link.jobs(key)
        named = next((job for job in jobs if job.key == key), None)
        if named is not None or entry is None:
            return named
        known = {job.id for job in self.ledger.jobs(self.link.account) if job.id is not None}
        mine = (job for job in jobs if not job.key and job.id not in known)
        return next((job for job in mine if job.training_file == self.files["train"].id), None)

    def _start(self, key: str) -> tuple[RemoteJob, bool]:
        self._keep(key, None)
        train = self.plan.training.file("train")
        assert self.plan.model is not None and train is not None
        request = JobRequest(
            model=self.plan.model, files={split: file.id for split, file in self.files.items()},
            format=self.plan.format, key=key, sha256=train.sha256,
        )  # fmt: skip
        entry = next(entry for entry in self.ledger.jobs(self.link.account, self.fingerprint) if entry.key == key)
        look = lambda: found_late(self.link, lambda: self._search(key, entry))  # noqa: E731
        try:
            job = sent_once(lambda: self.link.start(request), look, self.link)
        except RemoteError as error:
            if error.kind in ("refused", "missing", "busy"):
                self.ledger.forget_job(self.link.account, key)
            raise
        self._keep(key, job)
        return job, True

    def _keep(self, key: str, job: RemoteJob | None) -> None:
        plan, train = self.plan, self.plan.training.file("train")
        assert plan.model is not None and train is not None
        entry = JobEntry(
            key=key, account=self.link.account, fingerprint=self.fingerprint, id=job.id if job is not None else None,
            state="there" if job is not None else "starting", status=job.status if job is not None else "",
            model=plan.model, tuned_model=job.tuned_model if job is not None else None, sha256=train.sha256,
            source=plan.training.source, output=plan.training.output, service=self.link.service,
            at=self.link.session.now(),
        )  # fmt: skip
        self.ledger.keep_job(entry)
