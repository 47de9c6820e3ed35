"""The three services that the stand-in can be, and the deviations from the description."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from ftprep_openai.standin import StandIn
from ftprep_openai.standin.wire import DEVIATIONS

from .conftest import Client
from .rows import GRADER, chat, finished, preference, put, reinforcement, tuned

pytestmark = pytest.mark.files

ASK: Any = [{"role": "user", "content": "What is 3?"}]


def test_an_unknown_profile_or_deviation_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no profile 'azur'; known: openai, azure, compat-minimal$"):
        StandIn(profile="azur")
    with pytest.raises(ValueError, match=r"^no deviation 'tea'; known: empty-error, null-hyperparameters"):
        StandIn(wire={"tea"})


@pytest.fixture(params=["older addresses", "v1", "v1 with api-key"])
def azure(request: pytest.FixtureRequest, client: Client) -> Any:
    """Azure's service, and its clients by the three ways to reach it."""
    with StandIn(profile="azure") as server:
        if request.param == "older addresses":
            yield server, client(server, api_version="2024-10-21")
        elif request.param == "v1":
            yield server, client(server, base_url=f"{server.address}/openai/v1")
        else:
            headers = {"api-key": "sk-test"}
            yield server, client(server, "x", base_url=f"{server.address}/openai/v1", default_headers=headers)


def test_azure_trains_and_answers_by_deployments(azure: tuple[StandIn, openai.OpenAI]) -> None:
    server, openai_client = azure
    assert server.address == f"http://127.0.0.1:{server.port}"
    model = tuned(openai_client, chat(), suffix="demo", metadata={"run": "a"})
    assert model == "gpt-4o-mini-2024-07-18.ft-wi9y1a2a-demo"
    assert openai_client.models.retrieve(model).id == model
    with pytest.raises(openai.NotFoundError) as error:
        openai_client.chat.completions.create(model=model, messages=ASK)
    assert error.value.body == {
        "message": "The API deployment for this resource does not exist. If you created the deployment within the last "
        "5 minutes, please wait a moment and try again.",
        "type": "invalid_request_error", "param": None, "code": "DeploymentNotFound",
    }  # fmt: skip
    for name in ("demo", "mine"):
        answer = openai_client.chat.completions.create(model=name, messages=ASK)
        assert (answer.model, answer.choices[0].message.content) == (model, "It is number 3.")
        server.deploy("mine", model)
    assert server.writes == ["POST /v1/files", "POST /v1/fine_tuning/jobs"]


def test_azure_makes_deployments_when_it_is_asked(client: Client, connections: dict[bool, Any]) -> None:
    with StandIn(profile="azure") as server:
        model = tuned(client(server, api_version="2024-10-21"), chat())
        url, headers = f"{server.address}/openai/deployments?api-version=2022-12-01", {"api-key": "sk-test"}
        made = connections[False].post(url, headers=headers, json={"model": model, "name": "mine"})
        assert made.json() == {"object": "deployment", "id": "mine", "model": model, "status": "succeeded"}
        wrong = connections[False].post(url, headers=headers, json={"model": "no"})
        assert wrong.json()["error"]["code"] == "model_not_found"
        base = client(server, api_version="2024-10-21").chat.completions.create(model="gpt-4.1", messages=ASK)
        assert base.choices[0].message.content.startswith("This is gpt-4.1-2025-04-14, which nobody has tuned")


def test_azure_has_its_own_words_for_a_bad_key_and_a_bad_path(client: Client, connections: dict[bool, Any]) -> None:
    with StandIn(profile="azure") as server:
        with pytest.raises(openai.AuthenticationError) as error:
            client(server, "bad-key-1", api_version="2024-10-21").models.list()
        assert error.value.body == {
            "message": "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
            "valid key for an active subscription and use a correct regional API endpoint for your resource.",
            "type": "invalid_request_error", "param": None, "code": "401",
        }  # fmt: skip
        for path in ("/openai/files", "/v1/files", "/openai/chat/completions?api-version=1"):
            answer = connections[False].get(server.address + path, headers={"api-key": "sk-test"})
            assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Resource not found")


def test_a_compatible_server_has_less(client: Client) -> None:
    with StandIn(profile="compat-minimal") as server:
        openai_client = client(server, strict=False, held=False)
        file = put(openai_client, chat())
        asked: Any = {"model": "open-7b", "training_file": file, "metadata": {"run": "a"}}
        made = openai_client.fine_tuning.jobs.create(**asked)
        assert (made.status, made.metadata) == ("pending", None)
        assert [job.id for job in openai_client.fine_tuning.jobs.list(metadata={"run": "other"})] == [made.id]
        job = finished(openai_client, made.id)
        assert (job.status, job.fine_tuned_model) == ("completed", "ft:open-7b:standin::Wi9y1A2a")
        raw = openai_client.fine_tuning.jobs.with_raw_response.list_events(made.id, limit=1)
        assert sorted(raw.http_response.json()) == ["data", "object"]
        assert len({event.id for event in openai_client.fine_tuning.jobs.list_events(made.id, limit=5)}) > 5
        answer = openai_client.chat.completions.create(model=str(job.fine_tuned_model), messages=ASK)
        assert answer.choices[0].message.content == "It is number 3."
        assert (
            openai_client.completions.create(model="open-7b", prompt="x").choices[0].text.startswith("This is open-7b")
        )
        assert "shutdown_date" not in openai_client.models.retrieve("gpt-4.1").to_dict()
        failing = openai_client.fine_tuning.jobs.create(model="open-7b", training_file=put(openai_client, chat(2)))
        assert finished(openai_client, failing.id).status == "error"
        cancelled = openai_client.fine_tuning.jobs.create(**asked).id
        assert openai_client.fine_tuning.jobs.cancel(cancelled).status == "user_cancelled"


LACKS = [
    pytest.param("/uploads", id="uploads"),
    pytest.param("/fine_tuning/jobs/ftjob-1/checkpoints", id="checkpoints"),
    pytest.param("/fine_tuning/jobs/ftjob-1/pause", id="pause"),
    pytest.param("/fine_tuning/jobs/ftjob-1/resume", id="resume"),
]


@pytest.mark.parametrize("path", LACKS)
def test_a_compatible_server_lacks_some_paths(path: str, connections: dict[bool, Any]) -> None:
    with StandIn(profile="compat-minimal") as server:
        headers = {"Authorization": "Bearer sk-test"}
        answer = connections[False].post(server.address + path, headers=headers, json={})
        assert (answer.status_code, answer.json()["error"]["message"]) == (404, f"Not Found: /v1{path}")


METHODS: list[tuple[Any, Any]] = [
    (preference(), {"type": "dpo"}),
    (reinforcement(), {"type": "reinforcement", "reinforcement": {"grader": GRADER}}),
    (chat(), {"type": "supervised"}),
]


def test_on_the_wire_the_service_departs_from_its_description(client: Client) -> None:
    with StandIn(wire=True) as server:
        openai_client = client(server, strict=False, held=False)
        jobs = []
        for rows, method in METHODS:
            made = openai_client.fine_tuning.jobs.create(
                model="o4-mini", training_file=put(openai_client, rows), method=method
            )
            assert made.error is not None and made.error.to_dict() == {}
            jobs.append(finished(openai_client, made.id))
        assert [job.hyperparameters is None for job in jobs] == [True, True, False]
        assert {"user_provided_suffix", "usage_metrics", "shared_with_openai", "eval_id"} <= set(jobs[0].to_dict())
        failed = openai_client.fine_tuning.jobs.create(model="gpt-4.1", training_file=put(openai_client, chat(3)))
        assert finished(openai_client, failed.id).finished_at is None
        file = openai_client.files.retrieve(jobs[0].training_file).to_dict()
        assert (file["expires_at"], file["status_details"]) == (None, None)
        events = openai_client.fine_tuning.jobs.list_events(jobs[0].id, limit=3).data
        assert [event.type for event in events] == ["message", "message", "moderation_checks"]
        content = openai_client.files.with_raw_response.content(jobs[0].result_files[0])
        assert content.headers["content-type"] == "application/octet-stream"
        assert content.content.startswith(b"c3RlcCx0")


STRICT = sorted(
    set(DEVIATIONS)
    - {"base64-results", "octet-stream-content", "extra-job-fields", "null-file-fields", "unfinished-failure"}
)


@pytest.mark.parametrize("deviation", STRICT)
def test_a_strict_client_minds_these_deviations(deviation: str, client: Client) -> None:
    with StandIn(wire={deviation}) as server:
        openai_client = client(server, held=False)
        file, method = put(openai_client, preference()), {"type": "dpo"}
        with pytest.raises(openai.APIResponseValidationError):
            asked: Any = {"model": "gpt-4.1", "training_file": file, "method": method}
            id_ = openai_client.fine_tuning.jobs.create(**asked).id
            server.tick(3)
            openai_client.fine_tuning.jobs.pause(id_)
            openai_client.fine_tuning.jobs.resume(id_)
            server.finish()
            openai_client.fine_tuning.jobs.list_events(id_)


@pytest.mark.parametrize("deviation", sorted(set(DEVIATIONS) - set(STRICT)))
def test_a_strict_client_does_not_mind_these(deviation: str, client: Client) -> None:
    with StandIn(wire={deviation}) as server:
        openai_client = client(server, held=False)
        tuned(openai_client, chat())
        assert openai_client.files.content(server.jobs[0]["result_files"][0]).read()
