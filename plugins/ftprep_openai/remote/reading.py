"""What a service's objects say, in the words of the contract. Real answers do not keep to their own description:
`error` is `{}` on healthy jobs, `hyperparameters` may be null, and other services have other words for states."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ftprep import Checkpoint, JobEvent, RemoteFile, RemoteJob, RemoteModel

from ..tuning import RUN_KEY

Wire = Mapping[str, Any]
_STATES: Mapping[str, tuple[str, ...]] = {
    "queued": ("validating_files", "queued", "pending", "created", "submitted", "not_started", "notrunning",
               "resuming"),
    "running": ("running", "pausing", "in_progress", "training", "processing", "compressing", "uploading",
                "cancelling", "cancel_requested"),
    "paused": ("paused",),
    "succeeded": ("succeeded", "success", "completed", "complete", "done", "finished"),
    "failed": ("failed", "error", "user_error", "expired"),
    "cancelled": ("cancelled", "canceled", "user_cancelled"),
}  # fmt: skip
_STATUS = {word: status for status, words in _STATES.items() for word in words}
_LEVELS = {"info": "info", "warn": "warning", "warning": "warning", "error": "error"}
_METRICS = {"train_mean_token_accuracy": "train_accuracy", "valid_mean_token_accuracy": "valid_accuracy"}
_TUNED = re.compile(r"^ft:|[:.]ft-")
"""`ft:gpt-4.1-mini-…:org::id`; `ada:ft-org-2022-…` of old; `gpt-4.1-mini-….ft-id` at Azure."""


def is_tuned(model: str) -> bool:
    """Whether the name is that of a model that somebody has trained."""
    return bool(_TUNED.search(model))


def file_of(wire: Wire) -> RemoteFile:
    """A file."""
    failed = str(wire.get("status") or "").lower() in ("error", "failed")
    return RemoteFile(
        id=_text(wire, "id"),
        name=_text(wire, "filename"),
        bytes=_whole(wire.get("bytes")),
        created=_number(wire.get("created_at")),
        purpose=_text(wire, "purpose"),
        error=(_text(wire, "status_details") or "the service could not use it") if failed else "",
    )


def job_of(wire: Wire) -> RemoteJob:
    """A job. A state that is not known is told by whether there is a model, or an end."""
    said, tuned = _text(wire, "status"), _text(wire, "fine_tuned_model") or None
    finished = _number(wire.get("finished_at")) or None
    status: Any = _STATUS.get(said.lower()) or (
        "succeeded" if finished and tuned else "failed" if finished else "running"
    )
    error = wire.get("error")
    error = (
        error if isinstance(error, Mapping) and status == "failed" else {"message": error if status == "failed" else ""}
    )
    return RemoteJob(
        id=_text(wire, "id"),
        status=status,
        said=said,
        model=_text(wire, "model"),
        tuned_model=tuned,
        training_file=_text(wire, "training_file") or None,
        validation_file=_text(wire, "validation_file") or None,
        created=_number(wire.get("created_at")),
        finished=finished,
        error=_text(error, "message"),
        error_code=_text(error, "code"),
        result_files=tuple(_id(item) for item in wire.get("result_files") or () if _id(item)),
        trained_tokens=_whole(wire.get("trained_tokens")),
        key=_text(_inner(wire, "metadata"), RUN_KEY),
        settings=_settings(wire),
    )


def event_of(wire: Wire) -> JobEvent:
    """An event; what has numbers in its data has metrics."""
    level: Any = _LEVELS.get(_text(wire, "level").lower(), "info")
    at = _number(wire.get("created_at")) or 0.0
    message = _text(wire, "message")
    id_ = _text(wire, "id") or f"{at:.0f} {message}"
    return JobEvent(id=id_, at=at, message=message, level=level, metrics=_numbers(_inner(wire, "data")))


def checkpoint_of(wire: Wire) -> Checkpoint:
    """A checkpoint."""
    metrics = _numbers(_inner(wire, "metrics"))
    return Checkpoint(
        id=_text(wire, "id"),
        model=_text(wire, "fine_tuned_model_checkpoint"),
        step=_whole(wire.get("step_number")) or int(metrics.get("step", 0)),
        created=_number(wire.get("created_at")),
        metrics=metrics,
    )


def model_of(wire: Wire) -> RemoteModel:
    """A model."""
    return RemoteModel(
        name=_text(wire, "id"),
        created=_number(wire.get("created", wire.get("created_at"))),
        owner=_text(wire, "owned_by"),
        retires=retirement(wire),
        tuned=is_tuned(_text(wire, "id")),
    )


def retirement(wire: Wire) -> str | None:
    """The day on which a model ends: `shutdown_date`, or Azure's `deprecation`."""
    return _text(wire, "shutdown_date") or day(_inner(wire, "deprecation").get("inference"))


def day(seconds: Any) -> str | None:
    """The day of a time, as ISO date."""
    number = _number(seconds)
    return datetime.fromtimestamp(number, UTC).date().isoformat() if number and 0 < number < 1e11 else None


def _settings(wire: Wire) -> dict[str, Any]:
    """Method, seed, and the settings, wherever they stand."""
    method = _inner(wire, "method")
    of_method = _inner(_inner(method, _text(method, "type")), "hyperparameters")
    found = {**_inner(wire, "hyperparameters"), **of_method, "method": method.get("type"), "seed": wire.get("seed")}
    if "n_epochs" in found:
        found["epochs"] = found.pop("n_epochs")
    return {name: value for name, value in found.items() if value is not None}


def _inner(wire: Any, name: str) -> Wire:
    value = wire.get(name) if name else None
    return value if isinstance(value, Mapping) else {}


def _text(wire: Wire, name: str) -> str:
    value = wire.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)


def _id(value: Any) -> str:
    """The id of a file that is told as such, or as an object."""
    return _text(value, "id") if isinstance(value, Mapping) else value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    """A finite number; also one that is written as a text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _numbers(wire: Wire) -> dict[str, float]:
    found = {_METRICS.get(name, name): _number(value) for name, value in wire.items() if not isinstance(value, str)}
    return {name: value for name, value in found.items() if value is not None}
