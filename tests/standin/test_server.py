"""The server: what it answers scripts, that it ends with its connections, that clients at once are no trouble."""

from __future__ import annotations

import gc
import socket
import threading
import time
from contextlib import suppress
from typing import Any

import openai
import pytest

from ftprep_openai.standin import StandIn

from .conftest import Client
from .contract import Contract
from .rows import chat, put, tuned

pytestmark = pytest.mark.files


def test_the_description_is_beside_the_project_or_said_to_be_missing(contract: Contract) -> None:
    assert contract.description["info"]["version"] == "2.3.0"


def test_what_the_client_can_ask_is_what_the_stand_in_answers(contract: Contract, connections: Any) -> None:
    absent = ("/fine_tuning/alpha/", "/fine_tuning/checkpoints/", "/chat/completions/{")
    with StandIn() as server:
        for path, operations in contract.description["paths"].items():
            for method in operations:
                if path.startswith(absent) or (path, method) == ("/chat/completions", "get"):
                    continue
                url = server.address + path.replace("{", "").replace("}", "")
                answer = connections[False].request(method, url, headers={"Authorization": "Bearer sk-test"})
                text = answer.text
                assert "Invalid URL" not in text and answer.status_code != 405, (method, path, text)


def test_a_script_may_ask_for_the_log(openai_client: openai.OpenAI, server: StandIn, connections: Any) -> None:
    tuned(openai_client, chat())
    control = server.address.removesuffix("/v1") + "/stand-in/"
    log = connections[False].get(control + "log").json()
    assert log["writes"] == server.writes == ["POST /v1/files", "POST /v1/fine_tuning/jobs"]
    assert log["requests"][0] == {"method": "POST", "path": "/v1/files", "status": 200, "made": server.files[0]["id"]}
    assert (log["files"], log["jobs"]) == (server.files, server.jobs)
    openai_client.fine_tuning.jobs.create(model="gpt-4.1", training_file=server.files[0]["id"])
    assert connections[False].post(control + "tick").status_code == 200
    assert server.jobs[1]["status"] == "queued"
    unknown = connections[False].get(control + "tea").json()["error"]["message"]
    assert unknown == "The stand-in knows GET /stand-in/log and POST /stand-in/tick."


def test_questions_to_models_are_no_writes(openai_client: openai.OpenAI, server: StandIn) -> None:
    openai_client.chat.completions.create(model="gpt-4.1", messages=[{"role": "user", "content": "x"}])
    openai_client.completions.create(model="babbage-002", prompt="x")
    openai_client.models.list()
    assert server.writes == []


def test_many_clients_at_once_get_files_of_their_own(client: Client, server: StandIn) -> None:
    shared = client(server, held=False)
    threads = [threading.Thread(target=put, args=(shared, chat(start=i), f"{i}.jsonl")) for i in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(file["filename"] for file in server.files) == sorted(f"{i}.jsonl" for i in range(16))
    for file in server.files:
        number = file["filename"].removesuffix(".jsonl")
        assert f"What is {number}?".encode() in server.content(file["id"])


def test_it_ends_though_a_client_stays_and_leaves_no_files(client: Client) -> None:
    with StandIn() as server:
        put(client(server), chat())
        folder = server.folder
        assert any(folder.iterdir())
        silent = socket.create_connection(("127.0.0.1", server.port))
        begin = time.monotonic()
    assert time.monotonic() - begin < 5
    assert not folder.exists()
    silent.settimeout(5)
    with suppress(ConnectionError):
        assert silent.recv(1) == b""
    silent.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_was_never_started_leaves_no_folder() -> None:
    server = StandIn()
    folder = server.folder
    assert folder.exists()
    del server
    gc.collect()
    assert not folder.exists()


def test_a_port_that_is_taken_is_an_error() -> None:
    with StandIn() as server, pytest.raises(OSError):
        StandIn(port=server.port)


def test_a_port_can_be_chosen() -> None:
    with StandIn() as first:
        port = first.port
    with StandIn(port=port) as again:
        assert again.address == f"http://127.0.0.1:{port}/v1"


def test_a_mistake_of_the_stand_in_itself_is_not_hidden(client: Client) -> None:
    with pytest.raises(AttributeError), StandIn() as server:
        server.world.jobs["ftjob-1"] = None  # type: ignore[assignment]
        with pytest.raises(openai.InternalServerError, match="The stand-in made a mistake: AttributeError"):
            client(server).fine_tuning.jobs.retrieve("ftjob-1")
