"""Takes requests one at a time: whose key, which path, which fault; and keeps the log."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from . import files, job, jobs, profiles, routes
from .answers import Answer, Json, Refused
from .faults import Fault, Faults
from .keys import Role, check_headers, role_of
from .multipart import Form
from .requests import Request
from .spoil import spoiled
from .world import ORGANIZATION, World

CONTROL = "/stand-in/"
"""Paths below which a script asks the stand-in itself: `GET log`, `POST tick`. They need no key, and are in no log."""


@dataclass(frozen=True)
class Logged:
    """A request as it came in, without its key and its body."""

    method: str
    path: str
    """As OpenAI has it: `/v1/files`."""
    status: int
    """Of the answer; 0 where the connection was reset before the request was read."""
    made: str
    """The id of what it made, changed or deleted; empty where it changed nothing."""


@dataclass(frozen=True)
class Asked:
    """A request as it was read."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    json: Json
    form: Form


class Desk:
    """Answers requests. Everything it has is changed under its lock."""

    def __init__(self, world: World, faults: Faults, keys: Mapping[str, Role]) -> None:
        """`keys`: key -> its role."""
        self.world, self.faults, self.keys = world, faults, keys
        self.lock, self.closing = threading.RLock(), threading.Event()
        self.log: list[Logged] = []
        self.crashes: list[BaseException] = []
        self._spooled = 0

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request."""
        with self.lock:
            return None if path.startswith(CONTROL) else self.faults.strike(method, (path, self.usual(path)))

    def usual(self, path: str) -> str:
        """The path as OpenAI has it."""
        for start in ("/openai/v1/", "/openai/"):
            if path.startswith(start):
                return f"/v1/{path.removeprefix(start)}"
        return path

    def spool_name(self) -> str:
        """A name for files that arrive."""
        with self.lock:
            self._spooled += 1
            return f"arriving-{self._spooled}"

    def note(self, method: str, path: str, status: int, made: str = "") -> None:
        """Puts a request into the log."""
        with self.lock:
            self.log.append(Logged(method, self.usual(path), status, made))

    def answer(self, asked: Asked, fault: Fault | None) -> Answer:
        """Carries a request out."""
        with self.lock:
            if asked.path.startswith(CONTROL):
                return self._control(asked)
            self.world.now += 1
            profile = self.world.settings.profile
            try:
                answer = profiles.dressed(profile, self._carried_out(asked, fault))
            except Refused as refused:
                answer = refused.answer()
            except Exception as error:
                self.crashes.append(error)
                answer = Refused(500, f"The stand-in made a mistake: {error!r}", kind="server_error").answer()
            self.note(asked.method, asked.path, answer.status, answer.made)
            return spoiled(fault, answer) if fault else answer

    def _carried_out(self, asked: Asked, fault: Fault | None) -> Answer:
        profile = self.world.settings.profile
        role = role_of(profiles.key_in(profile, asked.headers), self.keys, azure=profile == "azure")
        check_headers(asked.headers.get("openai-organization"), asked.headers.get("openai-project"), ORGANIZATION)
        place = profiles.place(profile, asked.method, asked.path, asked.query)
        handler, parts = routes.find(asked.method, place.path)
        query = dict(asked.query)
        if fault and fault.do == "more_for_ever":
            query.pop("after", None)
        request = Request(
            asked.method, place.path, query, asked.json, asked.form, parts, role == "owner", place.deployment
        )
        return handler(self.world, request)

    def _control(self, asked: Asked) -> Answer:
        world, what = self.world, asked.path.removeprefix(CONTROL)
        if (asked.method, what) == ("GET", "log"):
            return Answer({
                "requests": [asdict(one) for one in self.log],
                "writes": [f"{one.method} {one.path}" for one in self.log if routes.is_write(one.method, one.path)],
                "files": [files.show(world, file) for file in world.files.values()],
                "jobs": [job.show(world, one) for one in world.jobs.values()],
            })  # fmt: skip
        if (asked.method, what) == ("POST", "tick"):
            for one in world.jobs.values():
                jobs.step(world, one)
            return Answer({"now": world.now})
        return Refused(404, f"The stand-in knows GET {CONTROL}log and POST {CONTROL}tick.").answer()
