"""Asking models, and asking about them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from reaching import MODEL, NOW, Patient, asked_for, reach, refusal, told, upload

from ftprep import Question, RecipeError
from ftprep_openai.azure import Azure
from ftprep_openai.standin.server import StandIn

CHAT = {"messages": [{"role": "user", "content": "3?"}], "temperature": 0}


def trained(server: StandIn, folder: Path, content: bytes | None = None, **options: Any) -> str:
    """The name of a model that has learned what `upload` sends."""
    remote = reach(server, **options)
    job = remote.start(asked_for(remote.put(upload(folder, content)).id))
    server.finish()
    return str(remote.job(job.id).tuned_model)


@pytest.mark.files
def test_a_tuned_model_says_what_it_learned(server: StandIn, tmp_path: Path) -> None:
    model = trained(server, tmp_path, suffix="shop")
    options = {} if server.address.endswith("/v1") else {"deployment": {model: "shop"}}
    answer = reach(server, **options).ask(
        Question(model=model, arguments={**CHAT, "logprobs": True, "top_logprobs": 5})
    )
    assert (answer.text, answer.finish, answer.tool_calls) == ("3!", "stop", ())
    assert answer.tokens is not None
    assert max(answer.logprobs, key=lambda token: answer.logprobs[token]) == "3"
    assert sum(math.exp(value) for value in answer.logprobs.values()) <= 1.001


@pytest.mark.files
def test_the_older_addresses_of_azure_are_reached_too(tmp_path: Path) -> None:
    with StandIn(profile="azure") as server:
        model = trained(server, tmp_path, suffix="shop", api_version="2024-10-21")
        remote = reach(server, api_version="2024-10-21", deployment="shop")
        assert remote.ask(Question(model=model, arguments=CHAT)).text == "3!"
        assert list(remote.about()) == ["API version: 2024-10-21"]


def test_a_tuned_model_at_azure_needs_a_deployment() -> None:
    options = Azure(endpoint="https://shop.openai.azure.com", deployment={"a": "b"})
    assert (options.deployed("a"), options.deployed("gpt-4o")) == ("b", "gpt-4o")
    with pytest.raises(RecipeError) as caught:
        options.deployed("gpt-4o.ft-1")
    assert str(caught.value) == (
        "Azure answers for deployments, and none is named for gpt-4o.ft-1; "
        "deploy it in Azure, and name that: 'deployment: {\"gpt-4o.ft-1\": NAME}'"
    )


@pytest.mark.files
def test_a_completion_is_asked_for_by_its_prompt(openai: StandIn, tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"prompt": f"{n} ->", "completion": f" {n}!"}).encode() + b"\n" for n in range(12))
    remote = reach(openai)
    request = asked_for(remote.put(upload(tmp_path, lines)).id, format_="openai_completion")
    job = remote.start(replace(request, model="babbage-002"))
    openai.finish()
    model = str(remote.job(job.id).tuned_model)
    arguments = {"prompt": "7 ->", "max_tokens": 3, "logprobs": 5, "temperature": 0}
    answer = remote.ask(Question(model=model, arguments=arguments, shape="completion"))
    assert answer.text == " 7!"
    assert max(answer.logprobs, key=lambda token: answer.logprobs[token]) == " 7"


@pytest.mark.files
def test_a_tuned_model_that_is_still_loading_is_waited_for(tmp_path: Path) -> None:
    with StandIn(loading=2) as server:
        model, session = trained(server, tmp_path), Patient()
        remote = reach(server, session)
        error = refusal(remote.ask, Question(model=model, arguments=CHAT))
        assert told(error) == (
            f"HOST has no such thing (404 model_not_found): The model `{model}` does not exist or you do not have "
            "access to it; a tuned model can take some minutes until it answers; try again later",
            "FT604",
            "busy",
        )
        assert session.patiently(lambda: remote.ask(Question(model=model, arguments=CHAT))).text == "3!"
        assert session.waited == [0.5]


def test_another_model_that_is_not_there_is_missing(openai: StandIn) -> None:
    error = refusal(reach(openai).ask, Question(model="gpt-9", arguments=CHAT))
    assert told(error) == (
        "HOST has no such thing (404 model_not_found): The model `gpt-9` does not exist or you do not have access to "
        "it; check the name, and that the key belongs to the right project",
        "FT606",
        "missing",
    )


def test_a_service_that_loads_is_busy(openai: StandIn) -> None:
    openai.fail({"match": "/chat/completions$", "do": "unavailable"})
    error = refusal(reach(openai).ask, Question(model=MODEL, arguments=CHAT))
    assert (error.kind, error.problems[0].code) == ("busy", "FT604")


def test_a_chat_with_a_model_for_completions_is_no_loading(openai: StandIn) -> None:
    error = refusal(reach(openai).ask, Question(model="babbage-002", arguments=CHAT))
    assert error.kind == "missing"


@pytest.mark.parametrize(
    ("choice", "text", "calls"),
    [
        ({"message": {"content": None, "tool_calls": [{"id": "1", "function": {"name": "f"}}, None]}}, "", 1),
        ({"message": {"content": None, "refusal": "No."}, "logprobs": {"content": []}}, "No.", 0),
        ({"message": None, "text": "so", "logprobs": {"top_logprobs": None}}, "so", 0),
    ],
    ids=["tool call", "refusal", "no message"],
)
def test_odd_answers_are_read_all_the_same(openai: StandIn, choice: Any, text: str, calls: int) -> None:
    openai.fail({"match": "completions", "do": "status", "status": 200, "body": {"choices": [choice]}})
    answer = reach(openai).ask(Question(model=MODEL, arguments=CHAT))
    assert (answer.text, len(answer.tool_calls), answer.logprobs, answer.tokens) == (text, calls, {}, None)


@pytest.mark.parametrize("choices", [[], None, ["x"]], ids=["none", "null", "text"])
def test_an_answer_without_a_choice_is_no_answer(openai: StandIn, choices: Any) -> None:
    openai.fail({"match": "completions", "do": "status", "status": 200, "body": {"choices": choices}})
    error = refusal(reach(openai).ask, Question(model=MODEL, arguments=CHAT))
    assert told(error) == ("HOST sent an answer without a choice; try again later", "FT605", "lost")


def test_arguments_that_the_client_does_not_know_are_sent_all_the_same(openai: StandIn) -> None:
    assert reach(openai).ask(Question(model=MODEL, arguments={**CHAT, "top_k": 5})).text
    error = refusal(reach(openai).ask, Question(model=MODEL, arguments={**CHAT, "temperature": 9}))
    assert (error.kind, error.problems[0].code) == ("refused", "FT607")


@pytest.fixture
def ending(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with StandIn(shutdown={MODEL: request.param}) as running:
        yield running


@pytest.mark.parametrize(
    ("ending", "line", "code", "level"),
    [
        ("2026-01-04", f"{MODEL} was shut down on 2026-01-04; name another model, or convert the files for another "
         "service", "FT608", "error"),
        ("2026-01-30", f"{MODEL} is shut down on 2026-01-30, in 25 days; what is trained of it ends then too: name a "
         "model that stays, if it is to be used for longer", "FT610", "warning"),
    ],
    ids=["past", "soon"],
    indirect=["ending"],
)  # fmt: skip
def test_a_model_that_ends_is_said_before_anything_is_sent(ending: StandIn, line: str, code: str, level: str) -> None:
    [problem] = reach(ending).about_model(MODEL)
    assert (str(problem), problem.code, problem.level) == (line, code, level)
    [shown] = [model for model in reach(ending).models() if model.name == MODEL]
    assert shown.retires == str(problem).partition(" on ")[2][:10]


def test_a_model_that_stays_is_no_problem_and_one_that_is_not_there_is(server: StandIn) -> None:
    remote = reach(server)
    assert list(remote.about_model(MODEL)) == []
    [problem] = remote.about_model("gpt-9")
    assert (problem.code, problem.level) == ("FT606", "error")


def test_a_service_without_a_list_of_models_is_no_problem(openai: StandIn) -> None:
    openai.fail({"match": "GET /v1/models/", "do": "status", "status": 404, "body": {"detail": "Not Found"}})
    assert list(reach(openai).about_model(MODEL)) == []


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ({"capabilities": {"fine_tune": False}}, [f"{MODEL} is none that is trained there; name another model, or "
                                                  "convert the files for another service"]),
        ({"deprecation": {"fine_tune": NOW - 5 * 86400}}, [f"{MODEL} is trained no longer since 2025-12-31; name "
                                                           "another model, or convert the files for another service"]),
        ({"deprecation": {"inference": NOW + 5 * 86400}}, [f"{MODEL} is shut down on 2026-01-10, in 5 days; what is "
                                                           "trained of it ends then too: name a model that stays, if "
                                                           "it is to be used for longer"]),
        ({"capabilities": {"fine_tune": True}, "deprecation": {"fine_tune": NOW + 1e8, "inference": NOW + 2e8}}, []),
        ({"shutdown_date": "some day"}, []),
    ],
    ids=["not able", "no longer", "ends", "fine", "odd date"],
)  # fmt: skip
def test_what_azure_tells_of_a_model_is_read(openai: StandIn, body: dict[str, Any], lines: list[str]) -> None:
    openai.fail({"match": "GET /v1/models/", "do": "status", "status": 200, "body": {"id": MODEL, **body}})
    assert [str(problem) for problem in reach(openai).about_model(MODEL)] == lines
