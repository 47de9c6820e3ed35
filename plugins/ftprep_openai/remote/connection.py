"""A connection to a service that speaks OpenAI's API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from ftprep import (
    Answer,
    Checkpoint,
    JobEvent,
    JobRequest,
    Problem,
    Question,
    Remote,
    RemoteError,
    RemoteFile,
    RemoteJob,
    RemoteModel,
    Upload,
)

from ..tuning import RUN_KEY, Tuning
from . import asking
from .link import Link
from .reading import Wire, checkpoint_of, day, event_of, file_of, job_of, model_of, retirement
from .refused import Declined, owner_needed, refused
from .sending import Sending

_PURPOSES = ("fine-tune", "fine-tune-results")
_NEAR = 90
"""Days before the end of a model from which it is said."""


class Connection(Remote):
    """Files, jobs and models over a link. Lists are read to their end before they are given, so that a call can be
    repeated as a whole."""

    def __init__(
        self,
        link: Link,
        options: Tuning,
        sending: Sending,
        *,
        address: str,
        account: str,
        about: Sequence[str] = (),
        warnings: Sequence[Problem] = (),
    ):
        self.link, self.options, self.sending = link, options, sending
        self.address, self.account = address, account
        self._about, self._warnings = about, warnings
        raw = link.client
        self._files, self._models = raw.files.with_raw_response, raw.models.with_raw_response
        self._jobs = raw.fine_tuning.jobs.with_raw_response

    def about(self) -> Iterable[str]:
        """Organisation, project, and where the key comes from."""
        return self._about

    def warnings(self) -> Iterable[Problem]:
        """What the environment has to do with where requests and the key go."""
        return self._warnings

    def about_model(self, model: str) -> Iterable[Problem]:
        """Whether it is there, can be trained, and for how long it stays."""
        try:
            wire = self.link.ask(self._models.retrieve, model)
        except RemoteError as error:
            if error.kind != "missing":
                raise
            # without this word it is the service that has no list of models
            return error.problems if isinstance(error, Declined) and error.word == "model_not_found" else ()
        today = datetime.fromtimestamp(self.sending.session.now(), UTC).date()
        return [*_untrainable(model, wire, today), *_ending(model, wire, today)]

    def put(self, file: Upload) -> RemoteFile:
        """Sends a file, in parts where it is large."""
        return self.sending.put(file)

    def file(self, id_: str) -> RemoteFile:
        """A file that is there."""
        return file_of(self.link.made(self._files.retrieve, id_))

    def files(self) -> list[RemoteFile]:
        """Training files and results."""
        found: dict[str, RemoteFile] = {}
        for purpose in _PURPOSES:
            for wire in self.link.all(self._files.list, purpose=purpose, limit=1000):
                file = file_of(wire)
                if file.purpose in (*_PURPOSES, ""):
                    found.setdefault(file.id, file)
        return sorted(found.values(), key=lambda file: -(file.created or 0))

    def fetch(self, id_: str) -> bytes:
        """The content of a file, as it comes: results may be a table, or base64 of it."""
        return self.link.raw(self._files.content, id_)

    def start(self, job: JobRequest) -> RemoteJob:
        """Starts a job, whose key becomes a part of its metadata."""
        return job_of(self.link.made(self._jobs.create, **self.options.request(job)))

    def job(self, id_: str) -> RemoteJob:
        """A job."""
        return self._job(self._jobs.retrieve, id_)

    def jobs(self, key: str | None = None) -> list[RemoteJob]:
        """The account's jobs. With a key: those that have it, and those of which the service keeps no metadata."""
        asked: dict[str, Any] = {"limit": 100} if key is None else {"limit": 100, "metadata": {RUN_KEY: key}}
        wires = self.link.all(self._jobs.list, **asked)
        if key is not None:
            wires = [wire for wire in wires if not wire.get("metadata") or wire["metadata"].get(RUN_KEY) == key]
        return sorted(map(job_of, wires), key=lambda job: -(job.created or 0))

    def events(self, id_: str, known: Callable[[str], bool]) -> Sequence[JobEvent]:
        """New events. They come the newest first; the page with a known one is the last that is asked for, and what is
        new in it is taken wherever it stands."""
        found: list[JobEvent] = []
        for page in self.link.pages(self._jobs.list_events, id_, limit=100):
            events = [event_of(wire) for wire in page]
            new = [event for event in events if not known(event.id)]
            found += new
            if len(new) < len(events):
                break
        found.reverse()  # of one second, the older ones first
        return sorted(found, key=lambda event: event.at)

    def checkpoints(self, id_: str) -> Sequence[Checkpoint]:
        """A model for each of the last epochs."""
        calls = self.link.client.fine_tuning.jobs.checkpoints.with_raw_response
        return sorted(map(checkpoint_of, self.link.all(calls.list, id_, limit=100)), key=lambda one: one.step)

    def cancel(self, id_: str) -> RemoteJob:
        """Ends a job for good."""
        return self._job(self._jobs.cancel, id_)

    def pause(self, id_: str) -> RemoteJob:
        """Stops a job until it is resumed."""
        return self._job(self._jobs.pause, id_)

    def resume(self, id_: str) -> RemoteJob:
        """Lets a paused job go on."""
        return self._job(self._jobs.resume, id_)

    def ask(self, question: Question) -> Answer:
        """What a model answers."""
        return asking.ask(self.link, question)

    def models(self) -> list[RemoteModel]:
        """The models of the account, those it has trained among them."""
        return [model_of(wire) for wire in self.link.items(self.link.ask(self._models.list))]

    def delete_file(self, id_: str) -> None:
        """Deletes a file."""
        self._deleted(id_, self.link.ask(self._files.delete, id_))

    def delete_model(self, name: str) -> None:
        """Deletes a tuned model, for good."""
        try:
            wire = self.link.ask(self._models.delete, name)
        except RemoteError as error:
            raise owner_needed(error) from None
        self._deleted(name, wire)

    def close(self) -> None:
        """Lets connections go."""
        self.link.client.close()

    def _job(self, call: Callable[..., Any], id_: str) -> RemoteJob:
        return job_of(self.link.made(call, id_))

    def _deleted(self, what: str, wire: Wire) -> None:
        if wire.get("deleted") is False:
            raise refused("FT607", f"{self.link.who.host} did not delete {what}", "see whether it is in use")


def _untrainable(model: str, wire: Wire, today: date) -> Iterable[Problem]:
    """Azure tells whether, and until when, a model is trained."""
    able, ends = wire.get("capabilities"), wire.get("deprecation")
    last = day(ends.get("fine_tune")) if isinstance(ends, dict) else None
    if last is not None and last < today.isoformat():
        message = f"{model} is trained no longer since {last}"
    elif isinstance(able, dict) and able.get("fine_tune") is False:
        message = f"{model} is none that is trained there"
    else:
        return ()
    return [Problem(code="FT608", message=message, hint="name another model, or convert the files for another service")]


def _ending(model: str, wire: Wire, today: date) -> Iterable[Problem]:
    """Whether a model has ended, or will soon."""
    last = retirement(wire)
    try:
        left = (date.fromisoformat(last or "") - today).days
    except ValueError:
        return ()
    if left < 0:
        hint = "name another model, or convert the files for another service"
        return [Problem(code="FT608", message=f"{model} was shut down on {last}", hint=hint)]
    if left <= _NEAR:
        hint = "what is trained of it ends then too: name a model that stays, if it is to be used for longer"
        message = f"{model} is shut down on {last}, in {left} days"
        return [Problem(code="FT610", message=message, hint=hint, level="warning")]
    return ()
