"""A service in memory: what it has, what it was asked, and where it is told to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ftprep
from ftprep import JobRequest, Remote, RemoteError, RemoteFile, RemoteJob
from ftprep.registry import Registry


@dataclass
class World:
    """What the service has; `faults` are taken one by one by the calls they name."""

    files: dict[str, RemoteFile] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    jobs: dict[str, RemoteJob] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: dict[str, list[BaseException]] = field(default_factory=dict)
    """Raised before anything is done, by the name of the call."""
    after: dict[str, list[BaseException]] = field(default_factory=dict)
    """Raised when it is done."""
    keeps_keys: bool = True
    tick: Callable[[str], None] = lambda name: None

    def called(self, name: str) -> None:
        self.calls.append(name)
        self.tick(name)
        if self.before.get(name):
            raise self.before[name].pop(0)

    def done(self, name: str) -> None:
        self.tick(f"{name} is done")
        if self.after.get(name):
            raise self.after[name].pop(0)

    @property
    def writes(self) -> list[str]:
        return [name for name in self.calls if name in ("put", "start", "cancel", "delete_file", "delete_model")]


class Shop(Remote):
    """A connection to a World."""

    account = "shop:test"
    address = "memory"

    def __init__(self, world: World, session: ftprep.Session):
        self.world, self.session = world, session

    def put(self, file):
        self.world.called("put")
        content = file.path.read_bytes()
        made = RemoteFile(id=f"file-{len(self.world.files) + 1}", name=file.name, bytes=len(content))
        self.session.sent(len(content))
        self.world.files[made.id] = made
        self.world.contents[made.id] = content
        self.world.done("put")
        return made

    def file(self, id_):
        self.world.called("file")
        if id_ not in self.world.files:
            raise RemoteError(f"there is no file {id_}", hint="look it up", kind="missing")
        return self.world.files[id_]

    def files(self) -> Iterable[RemoteFile]:
        self.world.called("files")
        return list(reversed(self.world.files.values()))

    def start(self, job: JobRequest) -> RemoteJob:
        self.world.called("start")
        made = RemoteJob(
            id=f"job-{len(self.world.jobs) + 1}", status="queued", model=job.model, training_file=job.files["train"],
            validation_file=job.files.get("validation"), key=job.key if self.world.keeps_keys else "",
        )  # fmt: skip
        self.world.jobs[made.id] = made
        self.world.done("start")
        return made

    def job(self, id_):
        self.world.called("job")
        if id_ not in self.world.jobs:
            raise RemoteError(f"there is no job {id_}", hint="look it up", kind="missing")
        return self.world.jobs[id_]

    def jobs(self, key=None):
        self.world.called("jobs")
        return [job for job in reversed(self.world.jobs.values()) if not job.key or key in (None, job.key)]


def shop_registry(world: World) -> Registry:
    """The bundled plugins, and the uploader `shop`."""

    class ShopUploader(ftprep.Uploader):
        """Sends to a World."""

        name = "shop"
        formats = ("openai_chat",)

        suffix: str = ""
        """What the model is to be called."""
        epochs: int | None = None
        """How often the examples are trained."""

        def connect(self, session: ftprep.Session) -> Remote:
            return Shop(world, session)

        def job(self) -> Mapping[str, Any]:
            return {key: value for key, value in self.model_dump().items() if value}

    class Plugin:
        @staticmethod
        @ftprep.hookimpl
        def ftprep_uploaders():
            return [ShopUploader]

    registry = Registry.installed()
    registry.add(Plugin, plugin="shop", dist="shop", version="1")
    return registry
