"""The stand-in itself: a server on 127.0.0.1 in a thread of its own, and what tests ask it."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import TracebackType

from . import deployments, files, jobs, profiles
from .answers import Json
from .desk import Desk, Logged
from .faults import Fault, Faults
from .http import Server
from .job import show as show_job
from .keys import KEYS, Role
from .models import ALIASES, BASES, full_name
from .routes import is_write
from .wire import deviations
from .world import EPOCH, Profile, Results, Settings, World


class StandIn:
    """Behaves as the service does, for rehearsals and tests: `with StandIn() as server: ... server.address`.

    It is deterministic: ids are counted, its clock is virtual and goes on by a second with each request and by a minute
    with each step of a job, and a job takes a step at each look at it (its object, or the first page of its events).
    """

    def __init__(
        self,
        *,
        profile: str | None = None,
        wire: bool | Collection[str] = False,
        faults: Iterable[Fault | Mapping[str, object]] = (),
        port: int = 0,
        keys: Mapping[str, Role] = KEYS,
        results: Results = "today",
        loading: int = 0,
        shutdown: Mapping[str, str | None] | None = None,
        start: int = EPOCH,
    ) -> None:
        """`wire`: the deviations of `wire.DEVIATIONS`, all or some. `keys`: key -> its role. `results`: the columns of
        result files. `loading`: how many requests find a new model still loading. `shutdown`: base model -> its
        last day. `start`: of the clock, in seconds since 1970. Raises ValueError for what is unknown, OSError where the
        port is taken.
        """
        chosen = _profile(profile)
        settings = Settings(chosen, deviations(wire), results, loading, dict(shutdown or {}))
        struck = Faults(faults)
        self._http = Server(port)
        self._folder = Path(tempfile.mkdtemp(prefix="standin-"))
        self._tidy = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._desk = Desk(World(settings, self._folder, start), struck, keys)
        if chosen == "azure":
            self.world.deployments.update({name: full_name(name) for name in (*BASES, *ALIASES)})
        self._http.desk = self._desk
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self.port: int = self._http.server_address[1]
        """Where it listens."""
        self.address = f"http://127.0.0.1:{self.port}" + ("" if chosen == "azure" else "/v1")
        """What a client takes as its base URL; for Azure the endpoint."""

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
        if error is None and self.crashes:
            raise self.crashes[0]

    def close(self) -> None:
        """Ends it, with all connections, and deletes its files."""
        self._desk.closing.set()
        if self._thread.is_alive():
            self._http.shutdown()
        self._http.server_close()
        with self._desk.lock:  # not while a request is carried out
            self._tidy()

    @property
    def desk(self) -> Desk:
        """What answers its requests, without the network between."""
        return self._desk

    @property
    def world(self) -> World:
        """All that it holds."""
        return self._desk.world

    @property
    def folder(self) -> Path:
        """Where its files lie, while it is there."""
        return self._folder

    @property
    def log(self) -> list[Logged]:
        """All requests, in the order in which they were answered."""
        return list(self._desk.log)

    @property
    def writes(self) -> list[str]:
        """The requests that would change something, refused ones too: `POST /v1/files`."""
        return [f"{one.method} {one.path}" for one in self.log if is_write(one.method, one.path)]

    @property
    def crashes(self) -> list[BaseException]:
        """Mistakes of the stand-in itself; leaving the `with` raises the first."""
        return self._desk.crashes

    @property
    def files(self) -> list[Json]:
        """The files that are there, the oldest first."""
        with self._desk.lock:
            return [files.show(self.world, file) for file in self.world.files.values()]

    @property
    def jobs(self) -> list[Json]:
        """All jobs, the oldest first; no step is taken."""
        with self._desk.lock:
            return [show_job(self.world, job) for job in self.world.jobs.values()]

    @property
    def models(self) -> list[str]:
        """The tuned models that are there, without checkpoints."""
        with self._desk.lock:
            return [name for name, model in self.world.models.items() if not model.checkpoint]

    @property
    def uploads(self) -> dict[str, str]:
        """Upload in parts -> its status."""
        with self._desk.lock:
            return {id_: upload.status for id_, upload in self.world.uploads.items()}

    def content(self, id_: str) -> bytes:
        """What a file has. Raises KeyError."""
        return self.world.files[id_].path.read_bytes()

    def tick(self, steps: int = 1) -> None:
        """All jobs take so many steps."""
        with self._desk.lock:
            for job in [job for job in self.world.jobs.values() for _ in range(steps)]:
                jobs.step(self.world, job)

    def finish(self) -> None:
        """All jobs go on to their end; paused ones stay."""
        self.tick(60)

    def advance(self, seconds: int) -> None:
        """The clock goes on."""
        with self._desk.lock:
            self.world.now += seconds

    def deploy(self, name: str, model: str) -> None:
        """Azure: lets a model be asked by this name, as its portal does."""
        with self._desk.lock:
            deployments.deploy(self.world, name, model)

    def fail(self, fault: Fault | Mapping[str, object]) -> None:
        """One more fault, after those that are left."""
        with self._desk.lock:
            self._desk.faults.add(fault)


def _profile(name: str | None) -> Profile:
    for profile in profiles.PROFILES:
        if profile == (name or profiles.PROFILES[0]):
            return profile
    raise ValueError(f"no profile '{name}'; known: {', '.join(profiles.PROFILES)}")
