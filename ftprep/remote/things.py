"""What there is to clean up: files, jobs and tuned models, as the ledger and the account know them."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

from ..errors import RecipeError, RemoteError
from ..steps import ENDED, RemoteFile, RemoteJob
from .ledger import FileEntry, JobEntry, Ledger, Service
from .link import Link

Kind = Literal["file", "job", "model"]


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A file, a job or a tuned model at a service."""

    kind: Kind
    id: str
    """Of a model: its name."""
    name: str = ""
    """Of a file: what it is called; of a job: the model that it trains; of a model: what it was trained from."""
    bytes: int | None = None
    created: float | None = None
    """Seconds since 1970; of what only the ledger tells, when it was sent."""
    status: str = ""
    """Of a job: as it was seen last."""
    purpose: str = ""
    """Of a file, in the service's word."""
    account: str = ""
    ours: bool = True
    """The ledger knows it: it was sent, or made, from here."""
    source: str = ""
    """The run folder, or the training file, of a job and of its model."""


def known(ledger: Ledger, account: str | None = None) -> list[Thing]:
    """What the ledger knows, the newest of each kind first."""
    jobs = [entry for entry in ledger.jobs(account) if entry.id is not None]
    files = [_file(entry) for entry in ledger.files(account)]
    return [*files, *map(_job, jobs), *(_model(entry) for entry in jobs if entry.tuned_model is not None)]


def services(ledger: Ledger) -> dict[str, Service]:
    """Account -> the service that it was used through last."""
    entries: list[FileEntry | JobEntry] = [*ledger.files(), *ledger.jobs()]
    entries.sort(key=lambda entry: entry.at)
    return {entry.account: entry.service for entry in entries}


def only_service(ledger: Ledger) -> Service | None:
    """The service of the only account that the ledger knows; None where it knows none. Raises RecipeError where it
    knows several."""
    found = services(ledger)
    if len(found) > 1:
        raise RecipeError(f"the ledger knows several accounts: {', '.join(sorted(found))}", hint="name one with --via")
    return next(iter(found.values()), None)


def service_of(ledger: Ledger, id_: str) -> Service | None:
    """The service that a file, job or model of the ledger is, or was, at."""
    file = next((entry for entry in ledger.files() if entry.id == id_), None)
    entry = file or ledger.job(id_) or ledger.model(id_) or ledger.deleted_file(id_)
    return entry.service if entry is not None else None


class Stock:
    """What an account has now, and whose it is. Each list is asked for once."""

    def __init__(self, link: Link, ledger: Ledger):
        self.link, self.ledger = link, ledger

    def things(self, kind: Kind) -> list[Thing]:
        """All of a kind, the newest first as the service tells it; of models those that were tuned."""
        if kind == "job":
            return [self._job(job) for job in self.jobs]
        if kind == "file":
            return [self._file(file) for file in self.link.files()]
        return [self._model(name, created) for name, created in self.models.items()]

    def thing(self, id_: str, *, foreign: bool = False) -> Thing | None:
        """The file, job or tuned model of this id or name; None where the account has none. Raises RecipeError where
        the ledger knows it for another account's, unless `foreign`: a new key may look like another account."""
        noted = self.noted(id_)
        if noted is not None and noted.account != self.link.account:
            if not foreign:
                text = f"'{id_}' belongs to the account {noted.account}, and this is {self.link.account}"
                raise RecipeError(
                    text, hint="use a key of that account, or say --foreign where this is another key of it"
                )
            noted = None
        if noted is None or noted.kind == "model":
            if id_ in self.models:
                return self._model(id_, self.models[id_])
            if noted is not None and self.link.can("models"):
                return None
        if noted is None and (job := next((job for job in self.jobs if job.id == id_), None)) is not None:
            return self._job(job)
        return self._there(id_) if noted is None or noted.kind == "file" else noted

    def used_by(self, thing: Thing) -> str | None:
        """The job that has not ended and reads the file, or trains the model further."""
        for job in self.jobs:
            if job.status not in ENDED and thing.id in (job.training_file, job.validation_file, job.model):
                return job.id
        return None

    def is_result(self, thing: Thing) -> bool:
        """Whether a file is what a job left: its figures, which nobody can make again."""
        return thing.id in self._results or "result" in thing.purpose.lower()

    def of_job(self, id_: str) -> set[str]:
        """The files and the model of a job. Raises RecipeError where the account has no such job."""
        job = next((job for job in self.jobs if job.id == id_), None)
        if job is None:
            raise RecipeError(f"the account has no job '{id_}'", hint="see 'ftprep remote list jobs'")
        named = (job.training_file, job.validation_file, job.tuned_model, *job.result_files)
        return {name for name in named if name is not None}

    @cached_property
    def jobs(self) -> list[RemoteJob]:
        """The account's jobs; none where the service lists none. What became of ours is noted in the ledger."""
        found = self.link.jobs() if self.link.can("jobs") else []
        for job in found:
            entry = self.ledger.job(job.id, self.link.account)
            if entry is not None and (entry.status, entry.tuned_model) != (job.status, job.tuned_model):
                tuned = job.tuned_model or entry.tuned_model
                self.ledger.keep_job(msgspec.structs.replace(entry, status=job.status, tuned_model=tuned))
        return found

    @cached_property
    def models(self) -> dict[str, float | None]:
        """Name of a tuned model -> when it was made; those that jobs name, where the service lists none."""
        if self.link.can("models"):
            return {model.name: model.created for model in self.link.models() if model.tuned}
        return {job.tuned_model: job.finished for job in self.jobs if job.tuned_model is not None}

    @cached_property
    def _ours(self) -> dict[str, JobEntry | None]:
        """Ids and names that are ours -> the entry that tells more."""
        jobs, account = self.jobs, self.link.account
        entries = {entry.id: entry for entry in self.ledger.jobs(account) if entry.id is not None}
        entries.update({job.id: entry for job in jobs if (entry := self.ledger.job(job.id, account)) is not None})
        found: dict[str, JobEntry | None] = {
            file.id: None for file in self.ledger.files(self.link.account) if file.id is not None
        }
        found.update(entries)
        found.update({entry.tuned_model: entry for entry in entries.values() if entry.tuned_model is not None})
        for job in jobs:
            if job.id in entries:
                found.update(dict.fromkeys(job.result_files, entries[job.id]))
        return found

    @cached_property
    def _results(self) -> set[str]:
        return {id_ for job in self.jobs for id_ in job.result_files}

    def noted(self, id_: str) -> Thing | None:
        """What the ledger knows of it, in whatever account."""
        return next((thing for thing in known(self.ledger) if thing.id == id_), None)

    def _there(self, id_: str) -> Thing | None:
        if not self.link.can("file"):
            return self.noted(id_)
        try:
            return self._file(self.link.file(id_))
        except RemoteError as error:
            if error.kind != "missing":
                raise
            return None

    def _file(self, file: RemoteFile) -> Thing:
        return Thing(
            kind="file", id=file.id, name=file.name, bytes=file.bytes, created=file.created, purpose=file.purpose,
            account=self.link.account, ours=file.id in self._ours,
        )  # fmt: skip

    def _job(self, job: RemoteJob) -> Thing:
        entry = self._ours.get(job.id)
        return Thing(
            kind="job", id=job.id, name=job.model, created=job.created, status=job.status, account=self.link.account,
            ours=job.id in self._ours, source=entry.source if entry is not None else "",
        )  # fmt: skip

    def _model(self, name: str, created: float | None) -> Thing:
        entry = self._ours.get(name)
        return Thing(
            kind="model", id=name, name=entry.model if entry is not None else "", created=created,
            account=self.link.account, ours=name in self._ours, source=entry.source if entry is not None else "",
        )  # fmt: skip


def _file(entry: FileEntry) -> Thing:
    return Thing(
        kind="file", id=entry.id or "", name=entry.name, bytes=entry.bytes, created=entry.at, account=entry.account
    )


def _job(entry: JobEntry) -> Thing:
    return Thing(
        kind="job", id=entry.id or "", name=entry.model, created=entry.at, status=entry.status,
        account=entry.account, source=entry.source,
    )  # fmt: skip


def _model(entry: JobEntry) -> Thing:
    return Thing(
        kind="model", id=entry.tuned_model or "", name=entry.model, created=entry.at, account=entry.account,
        source=entry.source,
    )  # fmt: skip
