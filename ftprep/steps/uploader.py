"""Services that train: what an uploader is, and what a connection to its service may be able to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Protocol

from ..errors import Problem
from .base import Step
from .remote import Answer, Checkpoint, JobEvent, JobRequest, Question, RemoteFile, RemoteJob, RemoteModel, Upload
from .session import Session


class Remote:
    """A connection to a service. A subclass overrides what its service can do, and no more: what is not overridden is
    not offered. Methods raise RemoteError, whose `kind` says whether it may help to ask again; they ask once, and are
    repeated by the program (but for `put` and `start`, which are never repeated blindly)."""

    account: str = ""
    """Whose files these are: the same for each connection of the same account, and without any secret."""
    address: str = ""
    """Where requests go, for people."""

    def about(self) -> Iterable[str]:
        """What else people should know before anything is sent, a line each: organisation, project, region."""
        return ()

    def warnings(self) -> Iterable[Problem]:
        """What is to be said before the secret is sent: an environment that leads elsewhere. It asks nothing."""
        return ()

    def about_model(self, model: str) -> Iterable[Problem]:
        """What stands against training this model, as far as the service tells before the files are sent; at level
        error, nothing is sent."""
        return ()

    def put(self, file: Upload) -> RemoteFile:
        """Sends a file. Raises RemoteError of the kind `lost` where nobody knows whether it arrived."""
        raise NotImplementedError

    def file(self, id_: str) -> RemoteFile:
        """A file that is there."""
        raise NotImplementedError

    def files(self) -> Iterable[RemoteFile]:
        """All files of the account that training made or uses, the newest first."""
        raise NotImplementedError

    def fetch(self, id_: str) -> bytes:
        """The content of a (small) file: results."""
        raise NotImplementedError

    def start(self, job: JobRequest) -> RemoteJob:
        """Starts a job. Raises RemoteError of the kind `lost` where nobody knows whether it was started."""
        raise NotImplementedError

    def job(self, id_: str) -> RemoteJob:
        """A job."""
        raise NotImplementedError

    def jobs(self, key: str | None = None) -> Iterable[RemoteJob]:
        """The account's jobs, the newest first; with a key only those that have it, where the service can tell."""
        raise NotImplementedError

    def events(self, id_: str, known: Callable[[str], bool]) -> Sequence[JobEvent]:
        """What happened to a job, the oldest first: from the first event after all that are known (by id)."""
        raise NotImplementedError

    def checkpoints(self, id_: str) -> Sequence[Checkpoint]:
        """What is left of a job's models, the oldest first."""
        raise NotImplementedError

    def cancel(self, id_: str) -> RemoteJob:
        """Ends a job for good."""
        raise NotImplementedError

    def pause(self, id_: str) -> RemoteJob:
        """Stops a job until it is resumed."""
        raise NotImplementedError

    def resume(self, id_: str) -> RemoteJob:
        """Lets a paused job go on."""
        raise NotImplementedError

    def ask(self, question: Question) -> Answer:
        """What a model answers. A model that is still loading is `busy`."""
        raise NotImplementedError

    def models(self) -> Iterable[RemoteModel]:
        """The models of the account."""
        raise NotImplementedError

    def delete_file(self, id_: str) -> None:
        """Deletes a file."""
        raise NotImplementedError

    def delete_model(self, name: str) -> None:
        """Deletes a tuned model, for good."""
        raise NotImplementedError

    def close(self) -> None:
        """Lets connections go."""

    @classmethod
    def can(cls, what: str) -> bool:
        """Whether it has a method of its own for this, e.g. `pause`."""
        return getattr(cls, what) is not getattr(Remote, what)


class StandIn(Protocol):
    """A server on this machine that behaves as a service does: for rehearsals and tests."""

    address: str
    """What an uploader's option for the address takes."""


class Uploader(Step):
    """A service that takes training files: its options are those of a job. `run` never calls it.

    Options name what holds a secret, never the secret itself: `api_key_env: MY_KEY`.
    """

    formats: ClassVar[tuple[str, ...]] = ()
    """Names of the writers whose files it takes; none: any."""
    stand_in_profiles: ClassVar[tuple[str, ...]] = ()
    """What its stand-in can pretend to be; the first one is the default."""

    def connect(self, session: Session) -> Remote:
        """A connection, without any request yet. Raises RemoteError where a secret is missing in the environment."""
        raise NotImplementedError

    def job(self) -> Mapping[str, Any]:
        """What of the options decides what is trained: two jobs that differ in it are two jobs. JSON values."""
        return {}

    def suits(self, format_: str) -> Iterable[Problem]:
        """What of the options is not for files of this format (a writer's name): nothing is sent then."""
        return ()

    @classmethod
    def variables(cls) -> Sequence[str]:
        """For `ftprep doctor`: the names of the variables of the environment that it reads where its options name no
        others. The default: those that its options `…_env` name by default."""
        fields = cls.model_fields.items()
        return [field.default for name, field in fields if name.endswith("_env") and isinstance(field.default, str)]

    @classmethod
    def stand_in(
        cls, *, port: int = 0, profile: str | None = None, wire: bool = False, faults: Sequence[Mapping[str, Any]] = ()
    ) -> AbstractContextManager[StandIn]:
        """A stand-in for the service, on 127.0.0.1; port 0 takes a free one. `wire`: with the known deviations of the
        service from its own description. `faults`: what goes wrong, in the form that its documentation says."""
        raise NotImplementedError

    @classmethod
    def has_stand_in(cls) -> bool:
        """Whether there is one."""
        return cls.stand_in.__func__ is not Uploader.stand_in.__func__  # type: ignore[attr-defined]
