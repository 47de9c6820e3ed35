"""A connection to a stand-in, and what tests send over it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from ftprep import JobRequest, Remote, RemoteError, Session, Upload, Uploader
from ftprep_openai.azure import Azure
from ftprep_openai.standin.server import StandIn
from ftprep_openai.uploader import OpenAI

KEY = "sk-test-canary-0d1f7c9e"
NOW = 1_767_600_000.0
OPEN: list[Remote] = []
MODEL = "gpt-4.1-mini-2025-04-14"


class Patient(Session):
    """A session whose waiting takes no time; what it waited and said is kept."""

    def __init__(self, environ: dict[str, str] | None = None, **given: Any):
        self.waited: list[float] = []
        self.lines: list[str] = []
        self.counted: list[int] = []
        keys = {"OPENAI_API_KEY": KEY, "AZURE_OPENAI_API_KEY": KEY}
        given = {"say": self.lines.append, "sent": self.counted.append, **given}
        super().__init__(environ={**keys, **(environ or {})}, now=lambda: NOW, sleep=self.waited.append, **given)


def uploader(server: StandIn, **options: Any) -> Uploader:
    """The uploader for what the server pretends to be."""
    if not server.address.endswith("/v1"):
        return Azure(endpoint=server.address, **options)
    return OpenAI(base_url=server.address, **options)


def reach(server: StandIn, session: Session | None = None, **options: Any) -> Remote:
    """A connection to it, which the test's end closes."""
    remote = uploader(server, **options).connect(session or Patient())
    OPEN.append(remote)
    return remote


def upload(folder: Path, content: bytes | None = None, name: str = "train-0123.jsonl") -> Upload:
    """A file that can be sent: twelve chats where nothing else is wanted."""
    data = rows(12) if content is None else content
    path = folder / name
    path.write_bytes(data)
    return Upload(path=path, name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), split="train")


def rows(count: int) -> bytes:
    """Chats, a line each."""
    return b"".join(
        json.dumps(
            {"messages": [{"role": "user", "content": f"{n}?"}, {"role": "assistant", "content": f"{n}!"}]}
        ).encode()
        + b"\n"
        for n in range(count)
    )


def preferences(count: int) -> bytes:
    """Preferences, a line each."""

    def answer(text: str) -> list[dict[str, str]]:
        return [{"role": "assistant", "content": text}]

    lines = [
        {
            "input": {"messages": [{"role": "user", "content": f"{n}?"}]},
            "preferred_output": answer("yes"),
            "non_preferred_output": answer("no"),
        }
        for n in range(count)
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def asked_for(file: str, *, format_: str = "openai_chat", key: str = "run-1", **files: str) -> JobRequest:
    """A job's request."""
    return JobRequest(model=MODEL, files={"train": file, **files}, format=format_, key=key)


def refusal(call: Any, *args: Any) -> RemoteError:
    """The RemoteError that a call raises."""
    try:
        call(*args)
    except RemoteError as error:
        return error
    raise AssertionError("it went well")


def told(error: RemoteError) -> tuple[str, str, str]:
    """The line, the code and the kind; the server's port, which differs, is left out of the line."""
    return re.sub(r"127\.0\.0\.1:\d+", "HOST", str(error)), error.problems[0].code, error.kind
