"""A connection as the program uses it: it asks patiently, and says what a service cannot do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from pydantic import ValidationError

from ..errors import Problem, RecipeError, RemoteError
from ..offers import Registered
from ..planning.broken import guarded
from ..planning.items import faults_of
from ..registry import Registry
from ..steps import (
    Answer,
    Checkpoint,
    JobEvent,
    JobRequest,
    Question,
    Remote,
    RemoteFile,
    RemoteJob,
    RemoteModel,
    Session,
    Upload,
    Uploader,
)
from ..tokens import find_model
from .ledger import Service

T = TypeVar("T")


class Link:
    """A connection to one account: what may be asked twice is repeated where that may help; `put` and `start` are
    not. All methods raise RemoteError."""

    def __init__(self, origin: Registered, uploader: Uploader, session: Session):
        self.origin, self.uploader, self.session = origin, uploader, session
        self.service = Service(f"{origin.plugin}/{origin.name}", uploader.model_dump(mode="json", exclude_unset=True))
        with guarded(origin, "failed to connect"):
            self.remote: Remote = uploader.connect(session)

    @property
    def account(self) -> str:
        """Whose files these are."""
        return self.remote.account

    def can(self, what: str) -> bool:
        """Whether the service can do it: the name of a method of Remote."""
        return type(self.remote).can(what)

    def needs(self, what: str, words: str) -> None:
        """Raises RemoteError where the service cannot do it; `words` say what."""
        if not self.can(what):
            hint = "use what the service itself offers for it"
            raise RemoteError(f"'{self.origin.name}' has no way to {words}", hint=hint)

    def about_model(self, model: str) -> list[Problem]:
        """What stands against training a model."""
        with guarded(self.origin, "failed in about_model"):
            return self.session.patiently(lambda: list(self.remote.about_model(model)))

    def put(self, file: Upload) -> RemoteFile:
        """Sends a file, once."""
        return self._once("put", lambda: self.remote.put(file))

    def start(self, job: JobRequest) -> RemoteJob:
        """Starts a job, once."""
        return self._once("start", lambda: self.remote.start(job))

    def file(self, id_: str) -> RemoteFile:
        """A file that is there."""
        return self._again("file", lambda: self.remote.file(id_))

    def files(self) -> list[RemoteFile]:
        """All files, the newest first."""
        return self._again("files", lambda: list(self.remote.files()))

    def fetch(self, id_: str) -> bytes:
        """The content of a file."""
        return self._again("fetch", lambda: self.remote.fetch(id_))

    def job(self, id_: str) -> RemoteJob:
        """A job."""
        return self._again("job", lambda: self.remote.job(id_))

    def jobs(self, key: str | None = None) -> list[RemoteJob]:
        """All jobs, or those with a key."""
        return self._again("jobs", lambda: list(self.remote.jobs(key)))

    def events(self, id_: str, known: Callable[[str], bool] = lambda id_: False) -> Sequence[JobEvent]:
        """What happened to a job since the events that are known, the oldest first."""
        return self._again("events", lambda: list(self.remote.events(id_, known)))

    def checkpoints(self, id_: str) -> Sequence[Checkpoint]:
        """What is left of a job's models."""
        return self._again("checkpoints", lambda: list(self.remote.checkpoints(id_)))

    def cancel(self, id_: str) -> RemoteJob:
        """Ends a job."""
        return self._again("cancel", lambda: self.remote.cancel(id_))

    def pause(self, id_: str) -> RemoteJob:
        """Stops a job for a while."""
        return self._again("pause", lambda: self.remote.pause(id_))

    def resume(self, id_: str) -> RemoteJob:
        """Lets a job go on."""
        return self._again("resume", lambda: self.remote.resume(id_))

    def ask(self, question: Question) -> Answer:
        """What a model answers."""
        return self._again("ask", lambda: self.remote.ask(question))

    def models(self) -> list[RemoteModel]:
        """The models of the account."""
        return self._again("models", lambda: list(self.remote.models()))

    def delete_file(self, id_: str) -> None:
        """Deletes a file; one that is gone is no error."""
        there(lambda: self._again("delete_file", lambda: self.remote.delete_file(id_)))

    def delete_model(self, name: str) -> None:
        """Deletes a model; one that is gone is no error."""
        there(lambda: self._again("delete_model", lambda: self.remote.delete_model(name)))

    def _again(self, what: str, call: Callable[[], T]) -> T:
        self.needs(what, _WORDS[what])
        with guarded(self.origin, f"failed in {what}"):
            return self.session.patiently(call)

    def _once(self, what: str, call: Callable[[], T]) -> T:
        self.needs(what, _WORDS[what])
        with guarded(self.origin, f"failed in {what}"):
            return call()


_WORDS = {
    "put": "take files", "start": "start jobs", "file": "tell of a file", "files": "list files",
    "fetch": "give files back", "job": "tell of a job", "jobs": "list jobs", "events": "tell what happens to a job",
    "checkpoints": "list checkpoints", "cancel": "cancel a job", "pause": "pause a job", "resume": "resume a job",
    "ask": "ask a model", "models": "list models", "delete_file": "delete files", "delete_model": "delete models",
}  # fmt: skip


def there(call: Callable[[], T]) -> T | None:
    """What a call gives; None where the service has no such thing. Raises every other RemoteError."""
    try:
        return call()
    except RemoteError as error:
        if error.kind != "missing":
            raise
        return None


@contextmanager
def linked(service: Service, registry: Registry, session: Session) -> Iterator[Link]:
    """A connection to a service, closed at the end. Raises RecipeError where its plugin is not installed, or does not
    take the options."""
    origin, uploader = made(service, registry)
    link = Link(origin, uploader, session)
    try:
        yield link
    finally:
        link.remote.close()


def made(service: Service, registry: Registry) -> tuple[Registered, Uploader]:
    """The uploader of a service, with its options."""
    origin = registry.get("uploader", service.name)
    try:
        return origin, origin.cls.model_validate_json(msgspec.json.encode(service.options), strict=True)
    except ValidationError as error:
        faults = faults_of(error, origin.cls, f"uploader '{origin.name}'")
        problems = [Problem(code="FT111", message=fault.message, hint=fault.hint) for fault in faults]
        raise RecipeError(*problems) from error


def service_for(
    registry: Registry, *, named: str | None = None, model: str | None = None, options: Mapping[str, Any] | None = None
) -> Service:
    """The uploader that is named, or the first one of the plugin that knows the model. Raises RecipeError where that
    does not tell."""
    uploaders = registry.all("uploader")
    if named is None and model is not None:
        plugins = [item.plugin for item in registry.all("model") if find_model(model, [item.cls]) is not None]
        able = [item for item in uploaders if item.plugin in plugins]
        able.sort(key=lambda item: item.name != item.plugin)  # a plugin's own name is its usual service
        named = able[0].name if able else None
    if named is None:
        names = ", ".join(item.name for item in uploaders)
        raise RecipeError("which service is meant is not known", hint=f"name it with --via: {names or 'none is here'}")
    origin = registry.get("uploader", named)
    return Service(f"{origin.plugin}/{origin.name}", dict(options or {}))
