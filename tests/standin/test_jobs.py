"""Jobs at the stand-in: their life by polls, events, checkpoints, results; cancelled, paused, resumed, listed."""

from __future__ import annotations

import base64
from typing import Any

import openai
import pytest

from ftprep_openai.standin import StandIn

from .conftest import Client
from .rows import GRADER, chat, finished, pairs, preference, put, reinforcement, tuned

pytestmark = pytest.mark.files


def begun(client: openai.OpenAI, rows: Any = None, **asked: Any) -> str:
    given = {"model": "gpt-4o-mini", "training_file": put(client, rows or chat()), **asked}
    return client.fine_tuning.jobs.create(**given).id


def test_a_job_takes_a_step_at_each_look(openai_client: openai.OpenAI, server: StandIn) -> None:
    id_ = begun(openai_client, hyperparameters={"n_epochs": 2})
    looks = [openai_client.fine_tuning.jobs.retrieve(id_) for _ in range(7)]
    assert [look.status for look in looks] == ["queued", *["running"] * 3, "succeeded", "succeeded", "succeeded"]
    assert looks[-2] == looks[-1]


def test_what_a_job_says_in_order(openai_client: openai.OpenAI) -> None:
    file, valid = put(openai_client, chat()), put(openai_client, chat(3))
    asked = {"model": "gpt-4o-mini", "training_file": file, "validation_file": valid}
    id_ = openai_client.fine_tuning.jobs.create(**asked, hyperparameters={"n_epochs": 1, "batch_size": 6}).id  # type: ignore[arg-type]
    finished(openai_client, id_)
    events = openai_client.fine_tuning.jobs.list_events(id_, limit=100).data[::-1]
    assert [event.message for event in events] == [
        f"Created fine-tuning job: {id_}",
        f"Validating training file: {file} and validation file: {valid}",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
        "Step 1/2: training loss=0.46, validation loss=0.48",
        "Step 2/2: training loss=0.19, validation loss=0.65, full validation loss=0.66",
        "Checkpoint created at step 2",
        "New fine-tuned model created",
        "The job has successfully completed",
    ]
    assert [event.type for event in events] == [*["message"] * 4, "metrics", "metrics", *["message"] * 3]
    assert events[5].data == {
        "step": 2, "total_steps": 2, "train_loss": 0.1939, "train_mean_token_accuracy": 0.92244, "valid_loss": 0.6537,
        "valid_mean_token_accuracy": 0.73852, "full_valid_loss": 0.6637, "full_valid_mean_token_accuracy": 0.73452,
    }  # fmt: skip
    assert [event.created_at for event in events] == sorted(event.created_at for event in events)


def test_events_have_pages_and_only_the_first_is_a_step(openai_client: openai.OpenAI, server: StandIn) -> None:
    id_ = begun(openai_client)
    server.finish()
    everything = openai_client.fine_tuning.jobs.list_events(id_, limit=100)
    by_sevens = [event.id for event in openai_client.fine_tuning.jobs.list_events(id_, limit=7)]
    assert (by_sevens[:100], everything.has_more) == ([event.id for event in everything.data], True)
    assert (len(by_sevens), len(set(by_sevens))) == (110, 110)

    id_ = begun(openai_client)
    first = openai_client.fine_tuning.jobs.list_events(id_, limit=1)
    assert [event.message for event in first] == [
        "Files validated, moving job to queued state",
        f"Validating training file: {server.jobs[1]['training_file']}",
        f"Created fine-tuning job: {id_}",
    ]
    assert server.jobs[1]["status"] == "queued"


def test_a_finished_job_has_a_model_results_and_its_settings(openai_client: openai.OpenAI, server: StandIn) -> None:
    metadata = {"ftprep_run": "abc"}
    id_ = begun(openai_client, chat(20), suffix="demo", seed=7, metadata=metadata, hyperparameters={"batch_size": 4})
    job = finished(openai_client, id_)
    assert job.to_dict() == {
        "object": "fine_tuning.job", "id": id_, "model": "gpt-4o-mini-2024-07-18", "created_at": 1767600002,
        "finished_at": 1767600490, "fine_tuned_model": "ft:gpt-4o-mini-2024-07-18:standin:demo:Wi9y1A2a",
        "organization_id": "org-standin", "result_files": job.result_files, "status": "succeeded",
        "training_file": server.files[0]["id"], "validation_file": None,
        "hyperparameters": {"n_epochs": 5, "batch_size": 4, "learning_rate_multiplier": 2.0}, "seed": 7,
        "trained_tokens": 2850, "error": None, "estimated_finish": None, "integrations": [], "metadata": metadata,
        "method": {"type": "supervised", "supervised": {"hyperparameters": {
            "n_epochs": 5, "batch_size": 4, "learning_rate_multiplier": 2.0}}},
    }  # fmt: skip
    assert server.models == [job.fine_tuned_model]


def test_checkpoints_are_the_last_three_epochs(openai_client: openai.OpenAI, server: StandIn) -> None:
    id_ = begun(openai_client, chat(10), hyperparameters={"n_epochs": 5, "batch_size": 10})
    assert openai_client.fine_tuning.jobs.checkpoints.list(id_).data == []
    server.finish()
    page = openai_client.fine_tuning.jobs.checkpoints.list(id_, limit=2)
    assert ([one.step_number for one in page.data], page.has_more) == ([5, 4], True)
    every = list(openai_client.fine_tuning.jobs.checkpoints.list(id_, limit=2))
    model = server.models[0]
    assert [one.fine_tuned_model_checkpoint for one in every] == [f"{model}:ckpt-step-{step}" for step in (5, 4, 3)]
    answer = openai_client.chat.completions.create(
        model=every[1].fine_tuned_model_checkpoint, messages=[{"role": "user", "content": "What is 3?"}]
    )
    assert answer.choices[0].message.content == "It is number 3."


def test_results_are_a_csv_by_step(openai_client: openai.OpenAI) -> None:
    valid = put(openai_client, chat(3))
    id_ = begun(openai_client, chat(40), validation_file=valid, hyperparameters={"n_epochs": 1, "batch_size": 1})
    text = openai_client.files.content(finished(openai_client, id_).result_files[0]).text
    head, *lines = text.splitlines()
    assert head == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert [line.split(",")[0] for line in lines] == [str(step) for step in range(1, 41)]
    assert [line for line in lines if not line.endswith(",,")] == lines[3::4]


LEGACY = "step,elapsed_tokens,elapsed_examples,training_loss,training_sequence_accuracy,training_token_accuracy"
VALID = ",validation_loss,validation_sequence_accuracy,validation_token_accuracy"
CLASSES = ",classification/accuracy,classification/weighted_f1_score"
COLUMNS = [
    pytest.param("legacy", False, LEGACY, id="legacy"),
    pytest.param("legacy", True, LEGACY + VALID, id="legacy, validated"),
    pytest.param("classification", True, LEGACY + VALID + CLASSES, id="classification"),
]


@pytest.mark.parametrize(("results", "validated", "head"), COLUMNS)
def test_results_can_have_the_columns_of_former_years(results: Any, validated: bool, head: str, client: Client) -> None:
    with StandIn(results=results) as server:
        openai_client = client(server)
        more = {"validation_file": put(openai_client, pairs())} if validated else {}
        id_ = begun(openai_client, pairs(), model="babbage-002", **more)
        lines = openai_client.files.content(finished(openai_client, id_).result_files[0]).text.splitlines()
        assert lines[0] == head
        assert {line.count(",") for line in lines} == {head.count(",")}


def test_results_can_be_base64(client: Client) -> None:
    with StandIn(wire={"base64-results"}) as server:
        openai_client = client(server)
        id_ = begun(openai_client)
        content = openai_client.files.content(finished(openai_client, id_).result_files[0]).read()
        assert base64.b64decode(content, validate=True).startswith(b"step,train_loss,")


METHODS = [
    pytest.param(preference(), {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}}, "gpt-4o-mini", id="dpo"),
    pytest.param(
        reinforcement(), {"type": "reinforcement", "reinforcement": {"grader": GRADER}}, "o4-mini", id="reinforcement"
    ),
    pytest.param(chat(), {"type": "supervised"}, "gpt-4.1", id="supervised"),
    pytest.param(pairs(), {"type": "supervised"}, "babbage-002", id="completion"),
]


@pytest.mark.parametrize(("rows", "method", "model"), METHODS)
def test_every_method_trains(rows: Any, method: Any, model: str, openai_client: openai.OpenAI) -> None:
    job = finished(openai_client, begun(openai_client, rows, method=method, model=model))
    assert (job.status, job.method.type) == ("succeeded", method["type"])


def test_a_tuned_model_can_be_trained_again(openai_client: openai.OpenAI) -> None:
    first = tuned(openai_client, chat(), suffix="one")
    job = finished(openai_client, begun(openai_client, model=first, suffix="two"))
    assert job.model == first
    assert job.fine_tuned_model.startswith("ft:gpt-4o-mini-2024-07-18:standin:two:")


def test_without_a_suffix_its_place_in_the_name_is_empty(openai_client: openai.OpenAI) -> None:
    assert tuned(openai_client, chat()) == "ft:gpt-4o-mini-2024-07-18:standin::Wi9y1A2a"


def test_a_cancelled_job_goes_no_further(openai_client: openai.OpenAI, server: StandIn) -> None:
    id_ = begun(openai_client)
    cancelled = openai_client.fine_tuning.jobs.cancel(id_)
    assert (cancelled.status, cancelled.finished_at) == ("cancelled", server.jobs[0]["finished_at"])
    server.finish()
    assert openai_client.fine_tuning.jobs.retrieve(id_) == cancelled
    assert openai_client.fine_tuning.jobs.list_events(id_, limit=1).data[0].message == "The job was cancelled"
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.fine_tuning.jobs.cancel(id_)
    message = f"Job has already completed and cannot be cancelled: {id_} is cancelled."
    assert error.value.body["message"] == message  # type: ignore[index]
    assert server.models == []


@pytest.mark.parametrize(("wire", "words"), [(False, ["queued"] * 3), (True, ["pausing", "paused", "paused"])])
def test_a_paused_job_stands_still_until_it_is_resumed(wire: bool, words: list[str], client: Client) -> None:
    with StandIn(wire={"unknown-status"} if wire else False) as server:
        openai_client = client(server, strict=not wire, held=not wire)
        jobs = openai_client.fine_tuning.jobs
        id_ = begun(openai_client)
        with pytest.raises(openai.BadRequestError, match=f"Job {id_} is not running, and cannot be paused."):
            jobs.pause(id_)
        server.tick(3)
        assert [jobs.pause(id_).status, *(jobs.retrieve(id_).status for _ in range(2))] == words
        assert jobs.resume(id_).status == "running"
        with pytest.raises(openai.BadRequestError, match=f"Job {id_} is not paused, and cannot be resumed."):
            jobs.resume(id_)
        assert finished(openai_client, id_).status == "succeeded"


def test_jobs_are_listed_by_metadata_and_by_pages(openai_client: openai.OpenAI) -> None:
    file = put(openai_client, chat())
    metadata: list[Any] = [{"run": "a"}, {"run": "b"}, None, {"run": "a", "x": "y"}]
    ids = [
        openai_client.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, metadata=one).id for one in metadata
    ]
    jobs = openai_client.fine_tuning.jobs
    assert [job.id for job in jobs.list(limit=3)] == ids[::-1]
    assert [job.id for job in jobs.list(metadata={"run": "a"})] == [ids[3], ids[0]]
    assert [job.id for job in jobs.list(metadata={"run": "a", "x": "y"})] == [ids[3]]
    assert [job.id for job in jobs.list(metadata={"run": "c"})] == []
    assert [job.id for job in jobs.list(extra_query={"metadata": "null"})] == [ids[2]]
    assert {job.status for job in jobs.list()} == {"validating_files"}  # a list is no look at a job


def test_an_unknown_job_is_not_found(openai_client: openai.OpenAI) -> None:
    jobs = openai_client.fine_tuning.jobs
    for ask in (jobs.retrieve, jobs.cancel, jobs.pause, jobs.resume, jobs.list_events, jobs.checkpoints.list):
        with pytest.raises(openai.NotFoundError) as error:
            ask("ftjob-no")
        assert error.value.body == {
            "message": "Could not find fine tune: ftjob-no", "type": "invalid_request_error", "param": "fine_tune_id",
            "code": "fine_tune_not_found",
        }  # fmt: skip


PAGES = [
    pytest.param({"limit": 0}, "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 "
                 "instead.", id="none"),
    pytest.param({"limit": 101}, "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 "
                 "instead.", id="too many"),
    pytest.param({"after": "ftjob-no"}, "Invalid 'after': no item has the id 'ftjob-no'.", id="after nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "message"), PAGES)
def test_a_page_that_cannot_be_is_refused(asked: Any, message: str, openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        openai_client.fine_tuning.jobs.list(**asked)
    assert error.value.body["message"] == message  # type: ignore[index]
