"""Jobs: from the request to the results, at each service."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from reaching import MODEL, Patient, asked_for, preferences, reach, refusal, told, upload

from ftprep import Remote
from ftprep.steps import ENDED
from ftprep_openai.standin.server import StandIn

pytestmark = pytest.mark.files


def started(server: StandIn, folder: Path, remote: Remote | None = None, key: str = "run-1") -> str:
    remote = remote or reach(server)
    return remote.start(asked_for(remote.put(upload(folder)).id, key=key)).id


def test_a_job_runs_to_its_end_and_its_model_answers_to_its_name(server: StandIn, tmp_path: Path) -> None:
    remote = reach(server, suffix="shop", epochs=2, seed=7, metadata={"team": "a"})
    file = remote.put(upload(tmp_path))
    job = remote.start(asked_for(file.id))
    assert (job.status, job.model, job.training_file, job.error) == ("queued", MODEL, file.id, "")
    assert server.jobs[0]["metadata"] in ({"team": "a", "ftprep_run": "run-1"}, None)  # some services keep none
    server.finish()
    ended = remote.job(job.id)
    assert (ended.status, ended.error, ended.error_code) == ("succeeded", "", "")
    assert ended.settings["epochs"] == 2
    assert ended.settings["seed"] == 7
    assert [ended.tuned_model] == server.models
    assert [model.name for model in remote.models() if model.tuned] == server.models
    assert len(ended.result_files) == 1
    assert remote.fetch(ended.result_files[0])
    assert {one.id for one in remote.files()} == {file.id, *ended.result_files}


def test_events_come_once_the_oldest_first(server: StandIn, tmp_path: Path) -> None:
    remote = reach(server)
    id_, seen = started(server, tmp_path, remote), []
    while True:
        ids = {event.id for event in seen}
        new = remote.events(id_, ids.__contains__)
        assert not ids & {event.id for event in new}
        seen += new
        if not new and remote.job(id_).status in ENDED:
            break
    assert [event.at for event in seen] == sorted(event.at for event in seen)
    assert len({event.id for event in seen}) == len(seen)
    assert [event.message for event in seen][:2] == [f"Created fine-tuning job: {id_}", seen[1].message]
    metrics = [event.metrics for event in seen if event.metrics]
    assert metrics
    assert {"step", "train_loss", "train_accuracy"} <= set(metrics[0])


@pytest.mark.parametrize("fault", ["shuffle_items", "duplicate_items", "no_has_more", "more_for_ever", "empty_page"])
def test_no_event_is_lost_or_told_twice_where_pages_are_odd(openai: StandIn, tmp_path: Path, fault: str) -> None:
    remote = reach(openai, epochs=2)
    id_ = started(openai, tmp_path, remote)
    openai.finish()
    whole = remote.events(id_, lambda id_: False)
    openai.fail({"match": "/events", "do": fault, "times": None})
    odd = remote.events(id_, lambda id_: False)
    if fault == "empty_page":
        assert odd == []
    else:
        assert sorted(odd, key=lambda event: event.id) == sorted(whole, key=lambda event: event.id)
        assert [event.at for event in odd] == [event.at for event in whole]


def test_only_pages_with_something_new_are_asked_for(openai: StandIn, tmp_path: Path) -> None:
    remote = reach(openai)
    id_ = started(openai, tmp_path, remote)
    openai.finish()
    known = {event.id for event in remote.events(id_, lambda id_: False)}
    before = len(openai.log)
    assert remote.events(id_, known.__contains__) == []
    assert len(openai.log) == before + 1


def test_the_last_epochs_have_checkpoints(openai: StandIn, tmp_path: Path) -> None:
    remote = reach(openai, epochs=4)
    id_ = started(openai, tmp_path, remote)
    openai.finish()
    checkpoints = remote.checkpoints(id_)
    assert len(checkpoints) == 3
    assert [one.step for one in checkpoints] == sorted(one.step for one in checkpoints)
    assert all(one.model.startswith("ft:") and "train_loss" in one.metrics for one in checkpoints)


def test_a_job_is_cancelled(server: StandIn, tmp_path: Path) -> None:
    remote = reach(server)
    id_ = started(server, tmp_path, remote)
    assert remote.cancel(id_).status == "cancelled"
    assert remote.job(id_).status == "cancelled"


@pytest.mark.parametrize("wire", [False, True], ids=["strict", "wire"])
def test_a_job_is_paused_and_goes_on(tmp_path: Path, wire: bool) -> None:
    with StandIn(wire=wire) as server:
        remote = reach(server)
        id_ = started(server, tmp_path, remote)
        while remote.job(id_).status != "running":
            pass
        assert remote.pause(id_).status not in ENDED
        server.tick()
        if wire:
            assert remote.job(id_).status == "paused"
        remote.resume(id_)
        server.finish()
        assert remote.job(id_).status == "succeeded"


def test_a_job_that_fails_says_why(server: StandIn, tmp_path: Path) -> None:
    remote = reach(server)
    file = remote.put(upload(tmp_path, upload(tmp_path).path.read_bytes().splitlines(keepends=True)[0]))
    job = remote.start(asked_for(file.id))
    server.finish()
    failed = remote.job(job.id)
    assert (failed.status, failed.tuned_model, failed.error_code) == ("failed", None, "invalid_n_examples")
    assert failed.error == "Training file has 1 example(s), but must have at least 10 examples"


def test_a_job_is_found_by_its_key(server: StandIn, tmp_path: Path) -> None:
    remote = reach(server)
    first, second = (started(server, tmp_path, remote, key) for key in ("run-1", "run-2"))
    assert [job.id for job in remote.jobs()] == [second, first]
    found = remote.jobs("run-1")
    assert [job.id for job in found if job.key in ("run-1", "")][-1:] == [first]
    if any(job.key for job in found):
        assert [job.id for job in found] == [first]
    assert all(job.key == "" for job in remote.jobs("run-3"))


def test_all_pages_of_jobs_are_read(openai: StandIn, tmp_path: Path) -> None:
    remote = reach(openai)
    file = remote.put(upload(tmp_path)).id
    made = [remote.start(asked_for(file, key=f"run-{n}")).id for n in range(105)]
    assert [job.id for job in remote.jobs()] == made[::-1]
    openai.fail({"match": "GET /v1/fine_tuning/jobs", "do": "more_for_ever", "times": None})
    assert len(remote.jobs()) == 100


def test_a_preference_is_trained_by_dpo(server: StandIn, tmp_path: Path) -> None:
    remote = reach(server, beta=0.2)
    file = remote.put(upload(tmp_path, preferences(12)))
    job = remote.start(asked_for(file.id, format_="openai_preference"))
    assert server.jobs[0]["method"]["type"] == "dpo"
    assert server.jobs[0]["method"]["dpo"]["hyperparameters"]["beta"] == 0.2
    server.finish()
    ended = remote.job(job.id)
    assert (ended.status, ended.settings["beta"], ended.settings["method"]) == ("succeeded", 0.2, "dpo")


def test_training_goes_on_from_a_tuned_model(openai: StandIn, tmp_path: Path) -> None:
    remote = reach(openai)
    file = remote.put(upload(tmp_path)).id
    remote.start(asked_for(file))
    openai.finish()
    job = remote.start(replace(asked_for(file, key="run-2"), model=openai.models[0]))
    openai.finish()
    assert remote.job(job.id).status == "succeeded"


@pytest.mark.parametrize(
    "fault",
    ["reset_before", "reset_in_body", "reset_after", "reset_in_answer", "server_error", "unavailable", "html",
     "invalid_json"],
)  # fmt: skip
def test_a_job_that_got_no_answer_is_not_started_again_by_itself(openai: StandIn, tmp_path: Path, fault: str) -> None:
    session = Patient()
    remote = reach(openai, session)
    file = remote.put(upload(tmp_path)).id
    openai.fail({"match": "POST /v1/fine_tuning/jobs$", "do": fault})
    error = refusal(remote.start, asked_for(file))
    assert (error.kind, error.problems[0].code, session.waited) == ("lost", "FT605", [])
    assert openai.writes.count("POST /v1/fine_tuning/jobs") == 1
    assert (
        len(openai.jobs) == len(remote.jobs("run-1")) == (fault in ("reset_after", "reset_in_answer", "invalid_json"))
    )


def test_a_tuned_model_is_deleted_by_an_owner_alone(openai: StandIn, tmp_path: Path) -> None:
    started(openai, tmp_path)
    openai.finish()
    [model] = openai.models
    member = reach(openai, Patient({"OPENAI_API_KEY": "sk-test-member"}))
    line, code, kind = told(refusal(member.delete_model, model))
    assert line.startswith("HOST does not allow this (403 insufficient_permissions): You have insufficient permissions")
    assert line.endswith(
        "; only somebody with the role Owner in the organisation can delete its models: use an owner's key"
    )
    assert (code, kind) == ("FT602", "refused")
    reach(openai).delete_model(model)
    assert openai.models == []
