"""Before anything is sent: addresses, accounts, warnings, and a key that never shows."""

from __future__ import annotations

import hashlib
import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from reaching import KEY, MODEL, OPEN, Patient, asked_for, reach, refusal, told, upload, uploader

from ftprep import Question, RecipeError, Remote, RemoteError, testing
from ftprep_openai.azure import Azure
from ftprep_openai.standin.server import StandIn
from ftprep_openai.uploader import OpenAI


def connected(environ: dict[str, str] | None = None, **options: Any) -> Remote:
    remote = OpenAI(**options).connect(Patient(environ))
    OPEN.append(remote)
    return remote


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("http://api.example/v1", "'http://api.example/v1' would send the key unencrypted; write https://"),
        (
            "https://me:secret@api.example/v1",
            "the address holds a name or password; take it out, and name the key's variable in api_key_env",
        ),
        (
            "https://api.example/v1?key=secret",
            "'https://api.example/v1' has more than a path; leave out what begins with '?' or '#'",
        ),
        ("api.example", "'api.example' is no address of a service; write it as https://api.openai.com/v1"),
        ("ftp://api.example", "'ftp://api.example' is no address of a service; write it as https://api.openai.com/v1"),
        ("https://api.example:x/v1", "'https://api.example:x/v1' has no port that can be read; correct it"),
        ("http://[::1", "'http://[::1' is no address of a service; write it as https://api.openai.com/v1"),
    ],
    ids=["unencrypted", "password", "query", "no scheme", "other scheme", "port", "brackets"],
)
def test_an_address_that_is_not_safe_is_refused(address: str, line: str) -> None:
    for options in (lambda: OpenAI(base_url=address), lambda: Azure(endpoint=address)):
        with pytest.raises(ValidationError) as caught:
            options()
        assert caught.value.errors()[0]["msg"] == f"Value error, {line}"
    with pytest.raises(RecipeError) as refused:
        OpenAI().connect(Patient({"OPENAI_BASE_URL": address}))
    assert str(refused.value) == f"OPENAI_BASE_URL: {line}; or say 'base_url' in the recipe"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/v1", "http://localhost:1", "http://[::1]:1/v1"])
def test_this_machine_needs_no_encryption(address: str) -> None:
    assert connected(base_url=address + "/").address == address


def test_a_missing_key_is_said_with_its_variable() -> None:
    error = refusal(OpenAI(base_url="https://api.example/v1", api_key_env="MINE").connect, Patient())
    line = "there is no key for api.example: MINE is not set; set it to a key that is valid there"
    assert told(error) == (line, "FT601", "refused")
    error = refusal(OpenAI().connect, Patient({"OPENAI_API_KEY": "sk one\ntwo"}))
    line = "OPENAI_API_KEY holds what can be no key for api.openai.com; set OPENAI_API_KEY to the key alone"
    assert told(error) == (line, "FT601", "refused")


def test_an_account_is_its_project_or_else_its_key() -> None:
    whose = {"OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj-1"}
    fingerprint = hashlib.sha256(KEY.encode()).hexdigest()[:12]
    assert connected().account == f"api.openai.com key {fingerprint}"
    assert connected().account != connected({"OPENAI_API_KEY": "sk-other"}).account
    remote = connected(whose, project="proj-2")
    assert remote.account == "api.openai.com organization org-1 project proj-2"
    assert list(remote.about()) == ["organization: org-1 (from OPENAI_ORG_ID)", "project: proj-2"]
    assert connected(whose).account == connected({**whose, "OPENAI_API_KEY": "sk-other"}).account
    elsewhere = connected(whose, base_url="https://api.example/v1")  # the variables are about OpenAI's own
    assert (list(elsewhere.about()), "org-1" in elsewhere.account) == ([], False)


@pytest.mark.parametrize(
    ("environ", "options", "lines"),
    [
        ({}, {}, []),
        ({"OPENAI_BASE_URL": "https://api.example/v1/"}, {"base_url": "https://api.example/v1"}, []),
        (
            {"OPENAI_BASE_URL": "https://api.example/v1"},
            {},
            ["requests and the key in OPENAI_API_KEY go to https://api.example/v1, which OPENAI_BASE_URL names; "
             "unset it, or say 'base_url' in the recipe"],
        ),
        (
            {"OPENAI_BASE_URL": "https://other.example"},
            {"base_url": "https://api.openai.com/v1"},
            ["OPENAI_BASE_URL names another address than the recipe; requests go to the recipe's "
             "https://api.openai.com/v1; unset it, or correct 'base_url'"],
        ),
        (
            {"OPENAI_API_KEY": "sk-proj-1"},
            {"base_url": "https://api.example/v1"},
            ["the key in OPENAI_API_KEY looks like one of OpenAI's, and would be sent to api.example; "
             "name the variable that holds that service's key in 'api_key_env'"],
        ),
        ({"OPENAI_API_KEY": "sk-proj-1"}, {"base_url": "https://eu.api.openai.com/v1"}, []),
        (
            {"OPENAI_CUSTOM_HEADERS": "X-A: b"},
            {},
            ["OPENAI_CUSTOM_HEADERS is set; its headers are not sent; unset it"],
        ),
    ],
    ids=["nothing", "the same", "environment", "differs", "foreign key", "region", "headers"],
)  # fmt: skip
def test_an_environment_that_has_a_say_is_said(environ: Any, options: dict[str, Any], lines: list[str]) -> None:
    problems = list(connected(environ, **options).warnings())
    assert [str(problem) for problem in problems] == lines
    assert {(problem.code, problem.level) for problem in problems} <= {("FT609", "warning")}


def test_the_recipe_comes_before_the_environment() -> None:
    there = {"OPENAI_BASE_URL": "https://other.example/v1"}
    assert connected(there).address == "https://other.example/v1"
    assert connected(there, base_url="https://api.example/v1").address == "https://api.example/v1"
    assert connected().address == "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            OpenAI(compute_classification_metrics=True),
            "OpenAI has no classification metrics any more; leave 'compute_classification_metrics' out: "
            "'ftprep compare' works them out",
        ),
        (
            Azure(endpoint="https://a.openai.azure.com", compute_classification_metrics=True),
            "Azure has no classification metrics; leave 'compute_classification_metrics' out",
        ),
    ],
    ids=["openai", "azure"],
)
def test_what_a_service_has_not_got_is_refused_at_once(options: OpenAI | Azure, line: str) -> None:
    with pytest.raises(RecipeError) as caught:
        options.connect(Patient())
    assert str(caught.value) == line


@pytest.mark.parametrize(
    "given", ["https://a.openai.azure.com", "https://a.openai.azure.com/openai/v1/", "https://a.openai.azure.com/"]
)
def test_an_endpoint_of_azure_is_taken_with_and_without_its_path(given: str) -> None:
    remote = Azure(endpoint=given).connect(Patient())
    OPEN.append(remote)
    assert (remote.address, remote.account) == ("https://a.openai.azure.com", "a.openai.azure.com")
    assert list(remote.about()) == ["API version: v1"]


class Listener:
    """Takes one connection after another, keeps what it is sent, and answers with an empty list."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.heard: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65536).decode("latin-1"))
                body = b'{"object": "list", "data": [], "has_more": false}'
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.socket.shutdown(socket.SHUT_RDWR)
    listener.socket.close()


SILENT = {
    "OPENAI_API_KEY": "sk-wrong-one",
    "OPENAI_ADMIN_KEY": "sk-wrong-admin",
    "OPENAI_ORG_ID": "org-wrong",
    "OPENAI_PROJECT_ID": "proj-wrong",
    "OPENAI_CUSTOM_HEADERS": "X-Wrong: wrong\nAuthorization: Bearer sk-wrong-header",
    "OPENAI_BASE_URL": "https://wrong.example",
    "AZURE_OPENAI_AD_TOKEN": "wrong-token",
    "OPENAI_API_VERSION": "wrong-version",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "http://127.0.0.1:9",
}


@pytest.mark.parametrize("service", ["openai", "azure", "azure of old"])
@pytest.mark.parametrize("trust_env", [False, True], ids=["", "trusting"])
def test_nothing_of_the_process_is_read_or_sent(
    listener: Listener, service: str, trust_env: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SILENT.items():
        monkeypatch.setenv(name, value)
    made: OpenAI | Azure = OpenAI(base_url=listener.address, organization="org-mine", trust_env=trust_env)
    if service != "openai":
        version = "2024-10-21" if service == "azure of old" else None
        made = Azure(endpoint=listener.address, api_version=version, trust_env=trust_env)
    remote = made.connect(Patient())
    OPEN.append(remote)
    assert list(remote.models()) == []
    [heard] = listener.heard
    assert "wrong" not in heard.lower()
    assert KEY in heard
    assert ("openai-organization: org-mine" in heard.lower()) == (service == "openai")


@pytest.mark.files
@pytest.mark.parametrize("do", ["bad_key", "server_error", "reset_after", "html", "invalid_json", "delay"])
def test_the_key_shows_nowhere(openai: StandIn, tmp_path: Path, do: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    session = Patient({"OPENAI_BASE_URL": "https://api.example"})
    made = uploader(openai, timeout=0.5)
    remote = made.connect(session)
    OPEN.append(remote)
    file = remote.put(upload(tmp_path))
    shown = [repr(made), repr(remote), repr(vars(remote)), remote.account, remote.address, *remote.about()]
    shown += [str(problem) for problem in remote.warnings()]
    openai.fail({"match": ".", "do": do, "times": None, "seconds": 2})
    calls: list[Any] = [
        lambda: remote.put(upload(tmp_path)), lambda: remote.start(asked_for(file.id)), remote.jobs, remote.files,
        remote.models, lambda: remote.ask(Question(model=MODEL, arguments={"messages": []})),
        lambda: remote.fetch("x"), lambda: session.patiently(remote.models),
    ]  # fmt: skip
    for call in calls[: 2 if do == "delay" else None]:
        try:
            call()
        except RemoteError as error:
            trace = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
            shown += [str(error), repr(error), repr(error.problems), trace]
    shown += [*session.lines, caplog.text]
    assert [text for text in shown if KEY in text or "canary" in text] == []
    assert len(shown) > 10


def test_a_key_that_the_service_repeats_is_not_shown(openai: StandIn) -> None:
    body = {"error": {"message": f"The key {KEY} (Bearer {KEY}) is bad", "code": KEY}}
    openai.fail({"match": "GET", "do": "status", "status": 400, "body": body})
    error = refusal(reach(openai).jobs)
    assert told(error)[0] == "HOST refused the request (400 …): The key … (Bearer …) is bad; correct what it says"


def test_a_stand_in_comes_with_the_uploader() -> None:
    for cls in (OpenAI, Azure):
        assert cls.has_stand_in()
        for profile in cls.stand_in_profiles:
            with cls.stand_in(profile=profile) as server:
                assert server.address.startswith("http://127.0.0.1:")


def test_uploaders_keep_the_contract_against_each_service(server: StandIn) -> None:
    testing.check_uploader(uploader(server), Patient())
