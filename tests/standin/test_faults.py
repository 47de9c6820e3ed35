"""What goes wrong on purpose: what the client then sees, what the stand-in has done, and that a fault ends."""

from __future__ import annotations

import base64
import io
import json
import time
from email.utils import parsedate_to_datetime
from typing import Any

import openai
import pytest

from ftprep_openai.standin import KINDS, Fault, StandIn

from .conftest import Client
from .rows import chat, jsonl, put

pytestmark = pytest.mark.files

CREATE = "POST /v1/fine_tuning/jobs$"


def started(client: openai.OpenAI, file: str) -> Any:
    return client.fine_tuning.jobs.create(model="gpt-4.1", training_file=file)


def refusal(kind: str, status: int, code: str | None, message: str) -> Any:
    return pytest.param(Fault(CREATE, kind, status=418), status, code, message, id=kind)


REFUSALS = [
    refusal("rate_limit", 429, "rate_limit_exceeded", "Rate limit reached for requests. Please try again in 1s."),
    refusal("quota", 429, "insufficient_quota",
            "You exceeded your current quota, please check your plan and billing details. For more information on this "
            "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors."),
    refusal("server_error", 500, None,
            "The server had an error while processing your request. Sorry about that!"),
    refusal("unavailable", 503, None, "The engine is currently overloaded, please try again later."),
    refusal("bad_key", 401, "invalid_api_key",
            "Incorrect API key provided: sk-00000*******0000. You can find your API key at "
            "https://platform.openai.com/account/api-keys."),
    refusal("expired_key", 401, "expired_api_key",
            "Your API key has expired: sk-00000*******0000. You can create a new one at "
            "https://platform.openai.com/account/api-keys."),
    refusal("wrong_project", 403, "mismatched_project",
            "Project `proj_other` of this API key does not have access to the resources of `proj_standin`."),
    refusal("not_owner", 403, "insufficient_permissions",
            "You have insufficient permissions for this operation. Missing scopes: api.delete. Check that you have the "
            "correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're "
            "using a restricted API key, that it has the necessary scopes."),
    refusal("training_not_available", 403, "training_not_available",
            "OpenAI is winding down the fine-tuning platform and your organization is no longer able to create new "
            "fine-tuning training jobs. Existing fine-tuned models remain available until their base models are "
            "deprecated."),
    refusal("model_loading", 404, "model_not_found",
            "The model `ft` does not exist or you do not have access to it."),
    refusal("status", 418, None, "The stand-in was asked to answer with status 418."),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "status", "code", "message"), REFUSALS)
def test_a_refusal_does_nothing_and_ends(
    fault: Fault, status: int, code: str | None, message: str, server: StandIn, openai_client: openai.OpenAI
) -> None:
    file = put(openai_client, chat())
    server.fail(fault)
    with pytest.raises(openai.APIStatusError) as error:
        started(openai_client, file)
    assert (error.value.status_code, error.value.code) == (status, code)
    assert error.value.body["message"] == message  # type: ignore[index]
    assert server.jobs == []
    assert started(openai_client, file).id == server.jobs[0]["id"]
    assert [one.status for one in server.log] == [200, status, 200]


def test_a_status_has_its_own_headers_and_body(server: StandIn, client: Client) -> None:
    openai_client = client(server, held=False)
    server.fail({"match": "GET", "do": "status", "status": 429, "headers": {"Retry-After": "300"}, "body": {"x": 1}})
    server.fail({"match": "GET", "do": "status", "status": 500, "body": "plain"})
    server.fail({"match": "GET", "do": "html"})
    with pytest.raises(openai.RateLimitError) as limited:
        openai_client.models.list()
    assert (limited.value.response.headers["retry-after"], limited.value.response.json()) == ("300", {"x": 1})
    with pytest.raises(openai.InternalServerError) as plain:
        openai_client.models.list()
    assert plain.value.response.text == "plain"
    with pytest.raises(openai.InternalServerError) as page:
        openai_client.models.list()
    assert (page.value.status_code, page.value.response.headers["content-type"]) == (502, "text/html")
    assert page.value.response.text.startswith("<html>")


RESETS = [
    pytest.param("reset_before", 0, id="before"),
    pytest.param("reset_in_body", 0, id="in the body"),
    pytest.param("reset_after", 1, id="after"),
    pytest.param("reset_in_answer", 1, id="in the answer"),
]


@pytest.mark.parametrize(("kind", "made"), RESETS)
def test_a_reset_comes_before_or_after_the_work(
    kind: str, made: int, server: StandIn, openai_client: openai.OpenAI
) -> None:
    content = jsonl(chat(5000))
    server.fail(Fault("POST /v1/files$", kind))
    with pytest.raises(openai.APIConnectionError):
        openai_client.files.create(file=("a.jsonl", io.BytesIO(content)), purpose="fine-tune")
    assert len(server.files) == made
    sent = openai_client.files.create(file=("a.jsonl", io.BytesIO(content)), purpose="fine-tune")
    assert server.content(sent.id) == content
    server.fail(Fault(CREATE, kind))
    with pytest.raises(openai.APIConnectionError):
        started(openai_client, sent.id)
    assert len(server.jobs) == made


def test_the_clients_own_repetition_makes_two_jobs(server: StandIn, client: Client) -> None:
    openai_client = client(server, max_retries=1)
    file = put(openai_client, chat())
    server.fail(Fault(CREATE, "reset_after"))
    started(openai_client, file)
    assert len(server.jobs) == 2
    assert server.writes == ["POST /v1/files", "POST /v1/fine_tuning/jobs", "POST /v1/fine_tuning/jobs"]


@pytest.mark.parametrize("kind", ["delay", "delay_before"])
def test_a_slow_answer_comes_too_late_and_the_job_is_there(kind: str, server: StandIn, client: Client) -> None:
    file = put(client(server), chat())
    server.fail(Fault(CREATE, kind, seconds=0.3))
    with pytest.raises(openai.APITimeoutError):
        started(client(server, timeout=0.1), file)
    deadline = time.monotonic() + 10
    while not server.jobs and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(server.jobs) == 1


def test_a_delay_is_no_longer_than_the_server(client: Client) -> None:
    begin = time.monotonic()
    with StandIn(faults=[Fault("GET", "delay", seconds=600)]) as server, pytest.raises(openai.APITimeoutError):
        client(server, timeout=0.1).models.list()
    assert time.monotonic() - begin < 10


def test_json_may_be_broken_and_content_cut_off(server: StandIn, client: Client) -> None:
    openai_client = client(server, held=False)
    file = put(openai_client, chat())
    server.fail(Fault("GET /v1/files/[^/]+$", "invalid_json"))
    with pytest.raises(json.JSONDecodeError):  # the client lets it through
        openai_client.files.retrieve(file)
    server.fail(Fault("/content$", "truncate_content"))
    whole = jsonl(chat())
    assert openai_client.files.content(file).read() == whole[: len(whole) // 2]
    assert openai_client.files.content(file).read() == whole
    server.fail(Fault("/content$", "reset_in_answer"))
    with pytest.raises(openai.APIConnectionError):
        openai_client.files.content(file)


def events(client: openai.OpenAI, id_: str) -> tuple[list[str], Any]:
    page = client.fine_tuning.jobs.list_events(id_, limit=4)
    return [event.id for event in page.data], page.to_dict().get("has_more")


def test_lists_may_be_odd(server: StandIn, client: Client) -> None:
    openai_client = client(server, strict=False, held=False)
    id_ = started(openai_client, put(openai_client, chat())).id
    server.finish()
    (a, b, c, d), more = events(openai_client, id_)
    assert more
    for kind, expected in {
        "duplicate_items": ([a, a, b, b, c, c, d, d], True),
        "shuffle_items": ([b, d, a, c], True),
        "no_has_more": ([a, b, c, d], None),
        "empty_page": ([], True),
    }.items():
        server.fail(Fault("/events", kind))
        assert events(openai_client, id_) == expected
    assert events(openai_client, id_) == ([a, b, c, d], True)
    server.fail(Fault("/fine_tuning/jobs$", "more_for_ever", times=3))
    pages = openai_client.fine_tuning.jobs.list().iter_pages()
    assert [[job.id for job in next(pages).data] for _ in range(3)] == [[id_]] * 3
    assert list(next(pages).data) == []


def test_a_clock_may_be_wrong(server: StandIn, client: Client) -> None:
    openai_client = client(server)
    file = put(openai_client, chat())
    right = openai_client.files.with_raw_response.retrieve(file)
    server.fail(Fault("/files/", "clock_skew", seconds=-86400))
    wrong = openai_client.files.with_raw_response.retrieve(file)
    assert right.parse().created_at - wrong.parse().created_at == 86400
    apart = parsedate_to_datetime(right.headers["date"]) - parsedate_to_datetime(wrong.headers["date"])
    assert apart.total_seconds() == 86399


def test_a_fault_waits_strikes_so_often_and_the_first_of_two_strikes(client: Client) -> None:
    faults = [Fault("GET /v1/models", "server_error", times=2, after_skip=1), Fault("models", "unavailable", times=1)]
    with StandIn(faults=faults) as server:
        found = []
        for _ in range(5):
            try:
                client(server).models.list()
                found.append(200)
            except openai.APIStatusError as error:
                found.append(error.status_code)
        assert found == [503, 500, 500, 200, 200]


def test_a_fault_may_last(client: Client) -> None:
    with StandIn(faults=[{"match": CREATE, "do": "training_not_available", "times": None}]) as server:
        openai_client = client(server)
        file = put(openai_client, chat())
        for _ in range(3):
            with pytest.raises(openai.PermissionDeniedError):
                started(openai_client, file)
        assert server.jobs == []


def test_a_fault_is_written_for_all_profiles(client: Client) -> None:
    with StandIn(profile="azure", faults=[Fault("GET /v1/models$", "server_error", times=2)]) as server:
        for more in ({"api_version": "1"}, {"base_url": f"{server.address}/openai/v1"}):
            with pytest.raises(openai.InternalServerError):
                client(server, **more).models.list()


def test_a_stream_may_break_off(server: StandIn, openai_client: openai.OpenAI) -> None:
    server.fail(Fault("/chat/completions", "reset_in_answer"))
    stream = openai_client.chat.completions.create(
        model="gpt-4.1", messages=[{"role": "user", "content": "x"}], stream=True
    )
    with pytest.raises((openai.APIConnectionError, openai.APIError, OSError, Exception)) as error:
        list(stream)
    assert type(error.value).__name__ in ("RemoteProtocolError", "ReadError", "APIConnectionError")


WRONG = [
    pytest.param({"match": "x", "do": "explode"}, "fault 1: no fault 'explode'; known: " + ", ".join(KINDS), id="kind"),
    pytest.param({"match": "(", "do": "html"},
                 "fault 1: '(' is no regular expression: missing ), unterminated subpattern at position 0", id="match"),
    pytest.param({"do": "html"}, "fault 1: a fault needs the member 'match', a text", id="without match"),
    pytest.param({"match": "x"}, "fault 1: a fault needs the member 'do', a text", id="without do"),
    pytest.param({"match": "x", "do": "html", "time": 1}, "fault 1: a fault has no member 'time'; known: match, do, "
                 "times, after_skip, status, headers, body, seconds", id="member"),
    pytest.param({"match": "x", "do": "html", "times": "2"}, "fault 1: 'times' must be a whole number, or null",
                 id="times"),
    pytest.param({"match": "x", "do": "html", "after_skip": None}, "fault 1: 'after_skip' must be a whole number",
                 id="after_skip"),
    pytest.param({"match": "x", "do": "delay", "seconds": "1"}, "fault 1: 'seconds' must be a number", id="seconds"),
    pytest.param({"match": "x", "do": "status", "status": 42}, "fault 1: 'status' must be from 200 to 599",
                 id="status"),
    pytest.param({"match": "x", "do": "status", "headers": {"a": 1}}, "fault 1: 'headers' must be an object of texts",
                 id="headers"),
    pytest.param({"match": "x", "do": "status", "body": [1]}, "fault 1: 'body' must be an object, a text, or null",
                 id="body"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_a_fault_that_cannot_be_is_named(given: Any, message: str) -> None:
    with pytest.raises(ValueError) as error:
        StandIn(faults=[given])
    assert str(error.value) == message


def test_results_may_be_cut_off_in_base64_too(client: Client) -> None:
    with StandIn(wire={"base64-results"}, faults=[Fault("/content$", "truncate_content")]) as server:
        openai_client = client(server)
        started(openai_client, put(openai_client, chat()))
        server.finish()
        half, whole = (openai_client.files.content(server.jobs[0]["result_files"][0]).read() for _ in range(2))
        assert whole.startswith(half) and len(half) == len(whole) // 2
        assert base64.b64decode(whole, validate=True).startswith(b"step,")
