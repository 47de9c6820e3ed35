"""A service in memory that trains by a script: a state and some more events at each look, and faults when told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ftprep
from ftprep import Checkpoint, JobEvent, Remote, RemoteError, RemoteFile, RemoteJob, Session
from ftprep.registry import Registered, Registry
from ftprep.remote.ledger import JobEntry, Ledger, Service
from ftprep.remote.link import Link

START = 1_790_000_000.0
JOB = "job-1"


@dataclass
class Clock:
    """Goes on when somebody sleeps."""

    at: float = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def event(number: int, message: str = "", **metrics: float) -> JobEvent:
    return JobEvent(id=f"e{number}", at=START + number, message=message or f"event {number}", metrics=metrics)


def job(status: Any = "running", **more: Any) -> RemoteJob:
    given = {"model": "base-1", "tuned_model": "tuned-1" if status == "succeeded" else None, **more}
    return RemoteJob(id=JOB, status=status, **given)


def lost() -> RemoteError:
    return RemoteError("the gym broke the connection off", hint="try again later", kind="lost")


def busy(wait: float | None = None) -> RemoteError:
    return RemoteError("the gym is busy", hint="try again later", kind="busy", wait=wait)


def refused() -> RemoteError:
    return RemoteError("the gym refused the key in GYM_KEY", hint="set GYM_KEY to a key that is valid there")


@dataclass
class Gym:
    """What the service has: the states of its one job, one a look, of which the last one stays; its events, of which
    so many more are there at each look; and faults, taken by any call that asks about the job."""

    states: list[RemoteJob] = field(default_factory=lambda: [job("succeeded")])
    events: list[JobEvent] = field(default_factory=list)
    pace: int = 2
    faults: list[RemoteError | None] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    checkpoints: Sequence[Checkpoint] = ()
    calls: list[str] = field(default_factory=list)
    looks: int = 0

    def called(self, name: str) -> None:
        self.calls.append(name)
        if self.faults and (fault := self.faults.pop(0)) is not None:
            raise fault


class Trainer(Remote):
    """A connection to a Gym."""

    account = "gym:test"
    address = "memory"

    def __init__(self, gym: Gym):
        self.gym = gym

    def job(self, id_: str) -> RemoteJob:
        self.gym.called("job")
        if id_ != JOB:
            raise RemoteError(f"there is no job {id_}", hint="look it up", kind="missing")
        self.gym.looks += 1
        return self.gym.states.pop(0) if len(self.gym.states) > 1 else self.gym.states[0]

    def jobs(self, key=None):
        return [self.gym.states[0]]

    def events(self, id_, known):
        self.gym.called("events")
        ended = self.gym.states[0].status in ("succeeded", "failed", "cancelled")
        there = self.gym.events if ended else self.gym.events[: self.gym.looks * self.gym.pace]
        last = max((n for n, one in enumerate(there, 1) if known(one.id)), default=0)
        return there[last:]

    def file(self, id_):
        return RemoteFile(id=id_, name=f"{id_}.csv")

    def fetch(self, id_):
        self.gym.called("fetch")
        return self.gym.files[id_]

    def checkpoints(self, id_):
        return self.gym.checkpoints

    def cancel(self, id_):
        self.gym.called("cancel")
        self.gym.states = [job("cancelled")]
        return self.gym.states[0]


class Plain(Trainer):
    """A service that tells of jobs, and no more."""

    events = Remote.events
    checkpoints = Remote.checkpoints
    file = Remote.file
    cancel = Remote.cancel


def uploader_for(gym: Gym, kind: type[Trainer] = Trainer) -> type[ftprep.Uploader]:
    class Gymnasium(ftprep.Uploader):
        """Trains in memory."""

        name = "gym"

        suffix: str = ""
        """What the model is to be called."""

        def connect(self, session: Session) -> Remote:
            return kind(gym)

    return Gymnasium


def link_to(gym: Gym, session: Session, kind: type[Trainer] = Trainer) -> Link:
    made = uploader_for(gym, kind)
    origin = Registered(kind="uploader", name="gym", cls=made, plugin="gym", dist="gym", version="1")
    return Link(origin, made(), session)


def registry_with(gym: Gym, kind: type[Trainer] = Trainer) -> Registry:
    """An empty registry, but for the uploader `gym`."""

    class Plugin:
        @staticmethod
        @ftprep.hookimpl
        def ftprep_uploaders():
            return [uploader_for(gym, kind)]

    registry = Registry()
    registry.add(Plugin, plugin="gym", dist="gym", version="1")
    return registry


def entry(id_: str | None = JOB, *, at: float = START, **more: Any) -> JobEntry:
    given = {
        "key": f"key of {id_}", "account": "gym:test", "fingerprint": "f", "state": "there", "status": "running",
        "model": "base-1", "tuned_model": None, "sha256": "0" * 64, "source": "out/pod", "output": "openai_chat",
        "service": Service("gym/gym"), **more,
    }  # fmt: skip
    return JobEntry(id=id_, at=at, **given)


def a_ledger(folder: Path, *entries: JobEntry) -> Ledger:
    ledger = Ledger(folder / "ledger.sqlite")
    for one in entries:
        ledger.keep_job(one)
    return ledger
