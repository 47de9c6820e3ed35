"""What is said when a request fails: the whole line, its code, and whether asking again may help."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import openai as client
import pytest
from reaching import KEY, NOW, Patient, asked_for, reach, refusal, told, upload

from ftprep_openai.remote.refused import Who
from ftprep_openai.remote.refused import refusal as read
from ftprep_openai.standin.server import StandIn

LIST = "GET /v1/fine_tuning/jobs$"
ASKED = "The stand-in was asked to answer with status"


def failing(server: StandIn, fault: dict[str, Any] | str) -> Any:
    """The error of a list of jobs."""
    given = {"do": fault} if isinstance(fault, str) else {"do": "status", **fault}
    server.fail({"match": LIST, "times": None, **given})
    return refusal(reach(server).jobs)


@pytest.mark.parametrize(
    ("fault", "line", "code", "kind"),
    [
        pytest.param(
            "rate_limit",
            "HOST takes no more requests at the moment (429 rate_limit_exceeded): Rate limit reached for requests. "
            "Please try again in 1s; try again in 1 s",
            "FT604", "busy", id="rate limit",
        ),
        pytest.param(
            {"status": 429},
            f"HOST takes no more requests at the moment (429): {ASKED} 429; try again later",
            "FT604", "busy", id="rate limit without a time",
        ),
        pytest.param(
            "quota",
            "HOST has no credit or budget left for this account (429 insufficient_quota): You exceeded your current "
            "quota, please check your plan and billing details. For more information on this error, read the docs: "
            "https://platform.openai.com/docs/guides/error-codes/api-errors; "
            "add credit or raise the limit in its billing settings; waiting does not help",
            "FT603", "refused", id="quota",
        ),
        pytest.param(
            {"status": 402},
            f"HOST has no credit or budget left for this account (402): {ASKED} 402; "
            "add credit or raise the limit in its billing settings; waiting does not help",
            "FT603", "refused", id="payment required",
        ),
        pytest.param(
            "server_error",
            "HOST failed (500): The server had an error while processing your request. Sorry about that!; "
            "try again later",
            "FT605", "lost", id="500",
        ),
        pytest.param(
            "unavailable",
            "HOST failed (503): The engine is currently overloaded, please try again later; try again later",
            "FT605", "lost", id="503",
        ),
        pytest.param(
            {"status": 503, "headers": {"Retry-After": "20"}},
            f"HOST failed (503): {ASKED} 503; try again in 20 s",
            "FT605", "lost", id="503 with a time",
        ),
        pytest.param("html", "HOST failed (502) with a web page; try again later", "FT605", "lost", id="html"),
        pytest.param(
            {"status": 200, "body": "<!DOCTYPE html><title>Welcome</title>"},
            "HOST sent a web page in place of an answer; try again later",
            "FT605", "lost", id="html that says it is fine",
        ),
        pytest.param(
            "invalid_json", "HOST sent an answer that is no JSON; try again later", "FT605", "lost", id="invalid json"
        ),
        pytest.param(
            {"status": 200, "body": "[1, 2]"},
            "HOST sent an answer that is no object; try again later",
            "FT605", "lost", id="no object",
        ),
        pytest.param(
            {"status": 200, "body": {"object": "list"}},
            "HOST sent an answer that is no list; try again later",
            "FT605", "lost", id="no list",
        ),
        pytest.param(
            "reset_before", "HOST broke the connection off; try again later", "FT605", "lost", id="reset before"
        ),
        pytest.param(
            "reset_after", "HOST broke the connection off; try again later", "FT605", "lost", id="reset after"
        ),
        pytest.param(
            "reset_in_answer", "HOST broke the connection off; try again later", "FT605", "lost", id="reset in answer"
        ),
        pytest.param(
            "bad_key",
            "HOST refused the key in OPENAI_API_KEY (401 invalid_api_key): Incorrect API key provided: sk-…. "
            "You can find your API key at https://platform.openai.com/account/api-keys; "
            "set OPENAI_API_KEY to a key that is valid there",
            "FT601", "refused", id="wrong key",
        ),
        pytest.param(
            "expired_key",
            "HOST refused the key in OPENAI_API_KEY (401 expired_api_key): Your API key has expired: sk-…. "
            "You can create a new one at https://platform.openai.com/account/api-keys; "
            "set OPENAI_API_KEY to a key that is valid there",
            "FT601", "refused", id="expired key",
        ),
        pytest.param(
            "wrong_project",
            "HOST does not allow this (403 mismatched_project): Project `proj_other` of this API key does not have "
            "access to the resources of `proj_standin`; "
            "ask an owner of the organisation for the permission, or use another key",
            "FT602", "refused", id="wrong project",
        ),
        pytest.param(
            "training_not_available",
            "HOST takes no new training from this account (403 training_not_available): OpenAI is winding down the "
            "fine-tuning platform and your organization is no longer able to create new fine-tuning training jobs. "
            "Existing fine-tuned models remain available until their base models are deprecated; the files still "
            "train elsewhere: 'ftprep convert' writes them for other services and local trainers",
            "FT608", "refused", id="training not available",
        ),
        pytest.param(
            {"status": 404},
            f"HOST has no such thing (404): {ASKED} 404; check the name, and that the key belongs to the right project",
            "FT606", "missing", id="404",
        ),
        pytest.param(
            {"status": 413},
            f"HOST refused the request (413): {ASKED} 413; correct what it says",
            "FT607", "refused", id="413",
        ),
        pytest.param(
            {"status": 422, "body": {"detail": "x"}},
            "HOST refused the request (422); correct what it says",
            "FT607", "refused", id="error of another form",
        ),
        pytest.param(
            {"status": 400, "body": "not so"},
            "HOST refused the request (400): not so; correct what it says",
            "FT607", "refused", id="error as text",
        ),
        pytest.param(
            {"status": 302, "headers": {"Location": "https://user:pw@elsewhere.example/v1"}},
            "HOST sends requests on to https://…@elsewhere.example/v1, where the key is not taken (302); "
            "correct the address",
            "FT607", "refused", id="redirect",
        ),
    ],
)  # fmt: skip
def test_a_failure_is_one_line_that_says_what_to_do(
    openai: StandIn, fault: Any, line: str, code: str, kind: str
) -> None:
    assert told(failing(openai, fault)) == (line, code, kind)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "300"}, 300.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"retry-after-ms": "2500", "Retry-After": "9"}, 2.5),
        ({"Retry-After": "Mon, 05 Jan 2026 08:01:30 GMT"}, 90.0),
        ({"Retry-After": "Mon, 05 Jan 2015 08:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
    ids=["long", "fraction", "milliseconds", "date", "date that has passed", "no time", "none"],
)
def test_the_time_to_wait_is_that_of_the_service(openai: StandIn, headers: dict[str, str], wait: float | None) -> None:
    error = failing(openai, {"status": 429, "headers": headers})
    assert error.kind == "busy"
    assert error.wait == pytest.approx(wait, abs=2) if wait is not None else error.wait is None


def test_a_long_wait_stops_at_once_and_a_short_one_is_waited(openai: StandIn) -> None:
    session = Patient()
    remote = reach(openai, session)
    openai.fail({"match": LIST, "do": "rate_limit"})
    assert session.patiently(remote.jobs) == []
    openai.fail({"match": LIST, "do": "rate_limit", "headers": {"Retry-After": "300"}})
    error = refusal(session.patiently, remote.jobs)
    assert (session.waited, error.wait) == ([1.0], 300.0)
    assert error.problems[0].hint == "try again in 300 s"


def test_an_answer_that_takes_too_long_is_lost(openai: StandIn) -> None:
    openai.fail({"match": LIST, "do": "delay_before", "seconds": 5})
    error = refusal(reach(openai, timeout=0.1).jobs)
    assert told(error) == ("HOST did not answer in time; try again later", "FT605", "lost")


def test_a_service_that_is_not_there_is_said(openai: StandIn) -> None:
    remote = reach(openai)
    openai.close()
    line, code, kind = told(refusal(remote.jobs))
    assert line == "HOST could not be reached (Connection refused); try again later"
    assert (code, kind) == ("FT605", "busy"), "nothing was done: it may be asked again"


def test_a_certificate_that_is_not_trusted_is_said_and_not_asked_again() -> None:
    request = httpx2.Request("GET", "https://api.example")
    error = client.APIConnectionError(request=request)
    error.__cause__ = httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed")
    assert told(read(error, Who("api.example", "KEY", KEY, lambda: NOW))) == (
        "api.example cannot show that it is what it says ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        "self-signed); check the address; 'trust_env: true' takes the certificates that SSL_CERT_FILE names",
        "FT605",
        "refused",
    )


def test_at_openai_itself_the_day_on_which_training_ends_is_named() -> None:
    response = httpx2.Response(403, request=httpx2.Request("POST", "https://api.openai.com"))
    body = {"code": "training_not_available", "message": "It ends."}
    error = client.PermissionDeniedError("It ends.", response=response, body=body)
    assert told(read(error, Who("api.openai.com", "KEY", KEY, lambda: NOW)))[0] == (
        "api.openai.com takes no new training from this account (403 training_not_available): It ends; OpenAI takes "
        "no new jobs from anybody after 2027-01-06, and since 2026 fewer and fewer accounts may start one; the files "
        "still train elsewhere: 'ftprep convert' writes them for other services and local trainers"
    )


@pytest.mark.files
def test_an_account_that_may_not_train_is_told_when_the_job_starts(openai: StandIn, tmp_path: Path) -> None:
    remote = reach(openai)
    file = remote.put(upload(tmp_path)).id
    openai.fail({"match": "POST /v1/fine_tuning/jobs$", "do": "training_not_available"})
    assert refusal(remote.start, asked_for(file)).problems[0].code == "FT608"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("key sk-proj-abc_123-x is wrong", "key sk-… is wrong"),
        ("sent Bearer eyJhb.gci to us", "sent Bearer … to us"),
        ("api-key: 0123abcd was used", "api-key: … was used"),
        ("your key 8a7b****9f01", "your key …"),
        (f"you sent {KEY}!", "you sent …!"),
        ("you sent 0123456789abcdef", "you sent …"),
        ("a\x1b[31mred\x07\r\n\u202etext\u2028end", "a [31mred text end"),
        ("w" * 400, "w" * 299 + "…"),
    ],
    ids=["sk", "bearer", "header", "masked", "the key", "a key of any form", "control characters", "long"],
)
def test_what_a_service_says_is_shown_without_keys_on_one_line(said: str, shown: str) -> None:
    secret = "0123456789abcdef" if "0123456789abcdef" in said else KEY
    assert Who("host", "KEY", secret, lambda: NOW).clean(said) == shown
