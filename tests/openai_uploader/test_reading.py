"""What services say, read."""

from __future__ import annotations

from typing import Any

import pytest

from ftprep_openai.remote import reading


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        ({"status": "validating_files"}, "queued"),
        ({"status": "pausing"}, "running"),
        ({"status": "paused"}, "paused"),
        ({"status": "Completed"}, "succeeded"),
        ({"status": "error"}, "failed"),
        ({"status": "user_cancelled"}, "cancelled"),
        ({"status": "pending"}, "queued"),
        ({"status": "fermenting"}, "running"),
        ({"status": "ripe", "finished_at": 5, "fine_tuned_model": "ft:a"}, "succeeded"),
        ({"status": "sour", "finished_at": 5}, "failed"),
        ({"status": None}, "running"),
        ({}, "running"),
    ],
    ids=lambda value: str(value.get("status")) if isinstance(value, dict) else None,
)
def test_the_words_of_a_service_become_states(wire: dict[str, Any], status: str) -> None:
    job = reading.job_of({"id": "ftjob-1", **wire})
    assert (job.status, job.said) == (status, wire.get("status") or "")


@pytest.mark.parametrize(
    ("wire", "error", "code"),
    [
        ({"status": "running", "error": {}}, "", ""),
        ({"status": "running", "error": {"message": None, "code": None}}, "", ""),
        ({"status": "failed", "error": {"message": "Bad.", "code": "bad", "param": None}}, "Bad.", "bad"),
        ({"status": "failed", "error": "Bad."}, "Bad.", ""),
        ({"status": "failed", "error": None}, "", ""),
        ({"status": "succeeded", "error": {"message": "odd"}}, "", ""),
    ],
    ids=["empty", "nulls", "failed", "text", "null", "succeeded"],
)
def test_an_error_is_only_told_of_a_job_that_failed(wire: dict[str, Any], error: str, code: str) -> None:
    job = reading.job_of({"id": "ftjob-1", **wire})
    assert (job.error, job.error_code) == (error, code)


def test_settings_are_found_wherever_they_stand() -> None:
    method = {"type": "dpo", "dpo": {"hyperparameters": {"n_epochs": 2, "beta": 0.1, "batch_size": None}}}
    wire = {"id": "1", "hyperparameters": None, "method": method, "seed": 0}
    assert reading.job_of(wire).settings == {"epochs": 2, "beta": 0.1, "method": "dpo", "seed": 0}
    assert reading.job_of({"id": "1", "hyperparameters": {"n_epochs": "auto"}}).settings == {"epochs": "auto"}


def test_result_files_are_ids_or_objects() -> None:
    assert reading.job_of({"id": "1", "result_files": ["a", {"id": "b"}, None, 3]}).result_files == ("a", "b")
    assert reading.job_of({"id": "1", "result_files": None}).result_files == ()


def test_an_event_has_the_names_and_levels_of_the_contract() -> None:
    data = {
        "step": 3,
        "train_mean_token_accuracy": 0.5,
        "valid_loss": float("nan"),
        "note": "x",
        "full_valid_loss": None,
    }
    event = reading.event_of({"id": "e", "created_at": 7, "level": "warn", "message": "m", "data": data})
    assert (event.level, event.at, event.metrics) == ("warning", 7.0, {"step": 3.0, "train_accuracy": 0.5})


def test_events_without_an_id_are_told_apart_by_what_they_say() -> None:
    first, second = (reading.event_of({"created_at": 7, "message": text}).id for text in "ab")
    assert first != second


@pytest.mark.parametrize(
    ("name", "tuned"),
    [
        ("ft:gpt-4.1-mini-2025-04-14:org::8", True),
        ("ada:ft-org-2022-02-15-04-21-04", True),
        ("gpt-4.1-mini-2025-04-14.ft-0123", True),
        ("gpt-4.1-mini", False),
        ("soft-gpt", False),
    ],
)
def test_tuned_models_are_known_by_their_names(name: str, tuned: bool) -> None:
    assert reading.model_of({"id": name}).tuned is tuned


def test_a_file_that_cannot_be_used_says_why() -> None:
    assert reading.file_of({"id": "f", "status": "error", "status_details": "bad"}).error == "bad"
    assert reading.file_of({"id": "f", "status": "error"}).error == "the service could not use it"
    assert reading.file_of({"id": "f", "status": "processed", "status_details": None, "bytes": "7"}).bytes == 7


@pytest.mark.parametrize("value", [None, [], {}, True, "x", float("inf")], ids=repr)
def test_numbers_that_are_none_are_left_out(value: Any) -> None:
    assert reading.job_of({"id": "1", "created_at": value, "trained_tokens": value}).created is None
