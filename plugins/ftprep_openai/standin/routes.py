"""Which function answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from . import chat, completions, deployments, files, jobs, models, uploads
from .answers import Answer, Refused, no_such_url
from .requests import Request
from .world import World

Handler = Callable[[World, Request], Answer]

_JOB = "/fine_tuning/jobs/([^/]+)"
_ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/files", files.create),
    ("GET", "/files", files.list_),
    ("GET", "/files/([^/]+)", files.retrieve),
    ("DELETE", "/files/([^/]+)", files.delete),
    ("GET", "/files/([^/]+)/content", files.content),
    ("POST", "/uploads", uploads.create),
    ("POST", "/uploads/([^/]+)/parts", uploads.add_part),
    ("POST", "/uploads/([^/]+)/complete", uploads.complete),
    ("POST", "/uploads/([^/]+)/cancel", uploads.cancel),
    ("POST", "/fine_tuning/jobs", jobs.create),
    ("GET", "/fine_tuning/jobs", jobs.list_),
    ("GET", _JOB, jobs.retrieve),
    ("GET", f"{_JOB}/events", jobs.events),
    ("GET", f"{_JOB}/checkpoints", jobs.checkpoints),
    ("POST", f"{_JOB}/cancel", jobs.cancel),
    ("POST", f"{_JOB}/pause", jobs.pause),
    ("POST", f"{_JOB}/resume", jobs.resume),
    ("GET", "/models", models.list_),
    ("GET", "/models/(.+)", models.retrieve),
    ("DELETE", "/models/(.+)", models.delete),
    ("POST", "/chat/completions", chat.create),
    ("POST", "/completions", completions.create),
    ("POST", "/deployments", deployments.create),
]
_COMPILED = [(method, re.compile(path), handler) for method, path, handler in _ROUTES]


def is_write(method: str, path: str) -> bool:
    """Whether a request changes something: neither a look nor a question to a model."""
    return method not in ("GET", "HEAD") and not path.endswith("/completions")


def find(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    """The function for a path below `/v1`, and the parts of the path that vary. Raises Refused."""
    known = False
    for wanted, pattern, handler in _COMPILED:
        if found := pattern.fullmatch(path):
            known = True
            if wanted == method:
                return handler, tuple(map(unquote, found.groups()))
    if known:
        raise Refused(405, f"Not allowed to {method} on {path}.", code="method_not_supported")
    raise no_such_url(method, f"/v1{path}")
