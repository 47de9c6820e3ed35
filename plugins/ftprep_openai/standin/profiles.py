"""Three services that speak this API: where their paths are, what they lack, and how their answers differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from .answers import Answer, Refused, no_such_url, walk
from .world import Profile

PROFILES: tuple[Profile, ...] = get_args(Profile)
_DEPLOYED = re.compile(r"/openai/deployments/([^/]+)(/chat/completions|/completions)")
_LACKS = re.compile(r"/uploads|/fine_tuning/jobs/[^/]+/(checkpoints|pause|resume)")
_STATUS = {"validating_files": "pending", "succeeded": "completed", "failed": "error", "cancelled": "user_cancelled"}
"""Words of a compatible server for the states of a job."""


@dataclass(frozen=True)
class Place:
    """Where a request goes."""

    path: str
    """Below OpenAI's `/v1`."""
    deployment: str | None = None


def place(profile: Profile, method: str, path: str, query: Mapping[str, str]) -> Place:
    """What a path of this service is at OpenAI. Raises Refused where it has none."""
    if profile == "azure":
        return _azure(path, query)
    if not path.startswith("/v1/"):
        raise no_such_url(method, path)
    inner = path.removeprefix("/v1")
    if profile == "compat-minimal" and _LACKS.match(inner):
        raise Refused(404, f"Not Found: {path}", code="not_found")
    return Place(inner)


def _azure(path: str, query: Mapping[str, str]) -> Place:
    if path.startswith("/openai/v1/"):
        return Place(path.removeprefix("/openai/v1"))
    if not path.startswith("/openai/") or "api-version" not in query:
        raise Refused(404, "Resource not found", code="404")
    if found := _DEPLOYED.fullmatch(path):
        return Place(found[2], found[1])
    if path.endswith("/completions"):
        raise Refused(404, "Resource not found", code="404")
    return Place(path.removeprefix("/openai"))


def key_in(profile: Profile, headers: Mapping[str, str]) -> str | None:
    """The key of a request: a bearer token, in Azure an `api-key` too."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if profile == "azure" and "api-key" in headers:
        return headers["api-key"]
    return token.strip() if scheme.lower() == "bearer" else None


def dressed(profile: Profile, answer: Answer) -> Answer:
    """The answer as this service gives it."""
    if profile != "compat-minimal" or answer.payload is None or answer.status != 200:
        return answer
    for name in ("has_more", "first_id", "last_id"):
        answer.payload.pop(name, None)
    answer.payload = walk(answer.payload, _reworded)
    return answer


def _reworded(name: str, value: Any) -> Any:
    return _STATUS.get(value, value) if name == "status" and isinstance(value, str) else value
