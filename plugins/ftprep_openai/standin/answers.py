"""What the stand-in answers: a JSON object, bytes, a file, or a stream; and refusals with OpenAI's error bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass
class Answer:
    """An answer before it is sent; faults and profiles may change it until then."""

    payload: Json | None = None
    """The JSON object, where it is one."""
    content: bytes | Path | None = None
    """The bytes, or the file that has them, where it is not JSON."""
    stream: Iterable[bytes] | None = None
    """Server-sent events, one a piece."""
    status: int = 200
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    made: str = ""
    """The id of what the request made, changed or deleted."""

    def body(self) -> bytes:
        """The bytes to be sent, of an answer that is no stream."""
        if self.payload is not None:
            return encoded(self.payload)
        return self.content.read_bytes() if isinstance(self.content, Path) else self.content or b""


def encoded(payload: Json) -> bytes:
    """JSON as UTF-8; in ASCII where a text has half a surrogate pair."""
    try:
        return json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(payload).encode()


class Refused(Exception):
    """The request is answered with an error."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        headers: dict[str, str] | None = None,
    ) -> None:
        """`kind` is the `type` of the error's body."""
        super().__init__(message)
        self.status, self.code, self.param, self.kind, self.headers = status, code, param, kind, headers or {}

    def answer(self) -> Answer:
        """The error as it is sent."""
        error = {"message": str(self), "type": self.kind, "param": self.param, "code": self.code}
        return Answer({"error": error}, status=self.status, headers=dict(self.headers))


def absent(what: str, id_: str, param: str | None = "id") -> Refused:
    """404 for something that is not there: `No such File object: file-1`."""
    return Refused(404, f"No such {what}: {id_}", param=param)


def no_such_url(method: str, path: str) -> Refused:
    """404 for a path that the service does not have."""
    return Refused(404, f"Invalid URL ({method} {path})")


def walk(value: Any, change: Callable[[str, Any], Any]) -> Any:
    """The JSON value with each member of each object replaced by what `change(name, value)` makes of it."""
    if isinstance(value, dict):
        return {name: change(name, walk(inner, change)) for name, inner in value.items()}
    return [walk(inner, change) for inner in value] if isinstance(value, list) else value
