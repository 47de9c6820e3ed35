"""What is said of the files, jobs and models that a service has: the same words for every service."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from .base import Split

JobStatus = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled"]
ENDED: frozenset[JobStatus] = frozenset({"succeeded", "failed", "cancelled"})
"""The states that a job does not leave."""


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file to be sent."""

    path: Path
    name: str
    """What it is to be called there: it has the beginning of the hash, so that it is known again."""
    bytes: int
    sha256: str
    split: Split


class RemoteFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a service has."""

    id: str
    name: str = ""
    bytes: int | None = None
    created: float | None = None
    """Seconds since 1970."""
    purpose: str = ""
    """What it is for, in the service's word."""
    error: str = ""
    """Why the service cannot use it."""


class JobRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A job to be started. What else decides it are the uploader's options."""

    model: str
    files: Mapping[Split, str]
    """The files' ids there; `train` is one of them."""
    format: str
    """The writer whose format the files have: what is trained, answers or preferences, goes by it."""
    key: str
    """Names this job, and no other: to be kept with it, if the service can, and given back as `RemoteJob.key`."""
    sha256: str = ""
    """Of the training file."""


class RemoteJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that a service has."""

    id: str
    status: JobStatus
    said: str = ""
    """The service's own word for its state."""
    model: str = ""
    tuned_model: str | None = None
    training_file: str | None = None
    validation_file: str | None = None
    created: float | None = None
    """Seconds since 1970, as `finished`."""
    finished: float | None = None
    error: str = ""
    """Why it failed."""
    error_code: str = ""
    result_files: tuple[str, ...] = ()
    trained_tokens: int | None = None
    key: str = ""
    """The `key` of its request, where the service keeps it."""
    settings: Mapping[str, Any] = {}
    """Epochs and the like, as the service has chosen them."""

    def _repr_html_(self) -> str:
        from ..fragments import Mood, facts, fragment, head

        moods: dict[JobStatus, Mood] = {"succeeded": "good", "failed": "bad", "cancelled": "bad"}
        shown = {"model": self.model, "tuned model": self.tuned_model, "trained tokens": self.trained_tokens,
                 "error": self.error, **{str(name): value for name, value in self.settings.items()}}  # fmt: skip
        return fragment(head(f"job {self.id}", self.status, mood=moods.get(self.status, "")), facts(shown))


class JobEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a job."""

    id: str
    at: float
    """Seconds since 1970."""
    message: str
    level: Literal["info", "warning", "error"] = "info"
    metrics: Mapping[str, float] = {}
    """`step`, `train_loss`, `valid_loss`, `train_accuracy`, `valid_accuracy`, and others by the service's names."""


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A model as it was after a part of the training."""

    id: str
    model: str
    step: int
    created: float | None = None
    metrics: Mapping[str, float] = {}


class RemoteModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that an account may use."""

    name: str
    created: float | None = None
    owner: str = ""
    retires: str | None = None
    """ISO date of its end, where it is announced."""
    tuned: bool = False
    """Somebody has trained it: it can be deleted."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A request to a model, as a contract makes it."""

    model: str
    arguments: Mapping[str, Any]
    """What the contract's writer gives, and what the user adds (`temperature`)."""
    shape: Literal["chat", "completion"] = "chat"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a model said."""

    text: str
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    logprobs: Mapping[str, float] = {}
    """Of the first token: what it might have been -> natural logarithm of its probability."""
    finish: str = ""
    """Why it ended, in the service's word: `stop`, `length`."""
    tokens: tuple[int, int] | None = None
    """Of the question and of the answer."""
