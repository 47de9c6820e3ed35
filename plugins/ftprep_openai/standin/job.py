"""A job: what it was asked, what has happened to it, and how it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .answers import Json
from .world import ORGANIZATION, World

PAUSABLE = ("validating_files", "queued", "running")
ENDED = ("succeeded", "failed", "cancelled")


@dataclass
class Job:
    """A job. Its `life` goes on by one step at each poll."""

    id: str
    model: str
    base: str
    """The base model, where `model` is a tuned one."""
    training_file: str
    validation_file: str | None
    seed: int
    created_at: int
    suffix: str | None
    method: Json
    metadata: dict[str, str] | None
    integrations: list[Json] | None
    status: str = "validating_files"
    hyperparameters: dict[str, Any] = field(default_factory=dict)
    error: Json | None = None
    fine_tuned_model: str | None = None
    finished_at: int | None = None
    estimated_finish: int | None = None
    trained_tokens: int | None = None
    result_files: list[str] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    """The oldest first."""
    checkpoints: list[Json] = field(default_factory=list)
    """The oldest first; the last three are kept."""
    life: Iterator[None] = field(default_factory=lambda: iter(()))
    pausing: bool = False
    paused: bool = False

    @property
    def kind(self) -> str:
        """`supervised`, `dpo` or `reinforcement`."""
        return str(self.method["type"])

    def say(self, world: World, message: str, data: Json | None = None, *, level: str = "info", kind: str = "") -> None:
        """Adds an event; one with data is about metrics."""
        event: Json = {
            "object": "fine_tuning.job.event", "id": world.id("ftevent-"), "created_at": world.now, "level": level,
            "message": message, "type": kind or ("message" if data is None else "metrics"), "data": data or {},
        }  # fmt: skip
        self.events.append(event)

    def end(self, world: World, status: str) -> None:
        """Into a state that it does not leave."""
        self.status, self.finished_at, self.estimated_finish = status, world.now, None
        self.paused = self.pausing = False


def show(world: World, job: Job) -> Json:
    """The object as it is sent, with the deviations that are wanted."""
    shown: Json = {
        "object": "fine_tuning.job", "id": job.id, "model": job.model, "created_at": job.created_at,
        "finished_at": job.finished_at, "fine_tuned_model": job.fine_tuned_model, "organization_id": ORGANIZATION,
        "result_files": job.result_files, "status": status(world, job), "training_file": job.training_file,
        "validation_file": job.validation_file, "hyperparameters": dict(job.hyperparameters), "seed": job.seed,
        "trained_tokens": job.trained_tokens, "error": job.error, "estimated_finish": job.estimated_finish,
        "integrations": job.integrations or [], "metadata": job.metadata, "method": _method(job),
    }  # fmt: skip
    if world.wired("empty-error") and job.error is None:
        shown["error"] = {}
    if world.wired("null-hyperparameters") and job.kind != "supervised":
        shown["hyperparameters"] = None
    if world.wired("unfinished-failure") and job.status == "failed":
        shown["finished_at"] = None
    if world.wired("extra-job-fields"):
        shown |= {
            "user_provided_suffix": job.suffix,
            "usage_metrics": None,
            "shared_with_openai": False,
            "eval_id": None,
        }
    return shown


def status(world: World, job: Job) -> str:
    """The word for its state. The description of the API has none for a paused job: it is `queued` again."""
    if job.pausing or job.paused:
        return ("pausing" if job.pausing else "paused") if world.wired("unknown-status") else "queued"
    return job.status


def _method(job: Job) -> Json:
    inner = {**job.method.get(job.kind, {}), "hyperparameters": dict(job.hyperparameters)}
    return {"type": job.kind, job.kind: inner}
