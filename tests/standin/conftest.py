"""Clients of a stand-in: OpenAI's own, with its strict validation, and held against OpenAI's description of its API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import openai
import pytest

from ftprep_openai.standin import StandIn

from .contract import ABSENT, FILE, Asked, Contract, Told

Client = Callable[..., openai.OpenAI]
_UNTOLD = ("/content", "text/event-stream")
"""What the description says nothing of: the content of files, streams."""


@pytest.fixture(scope="session")
def description() -> Contract | None:
    """OpenAI's description; None where it is not beside the project."""
    return Contract() if FILE.is_file() else None


@pytest.fixture
def contract(description: Contract | None) -> Contract:
    """OpenAI's description; a test that is about nothing else skips where it is not there."""
    if description is None:
        pytest.skip(ABSENT)
    return description


@pytest.fixture(scope="session")
def connections(description: Contract | None) -> Iterator[dict[bool, Any]]:
    """Whether what goes over the wire is checked -> the connections: they are slow to make, so that all share them."""
    hooks = {"response": [held_against(description)]} if description is not None else {}
    made = {
        held: openai.DefaultHttpx2Client(trust_env=False, event_hooks=hooks if held else {}) for held in (True, False)
    }
    yield made
    for one in made.values():
        one.close()


@pytest.fixture
def client(connections: dict[bool, Any]) -> Client:
    """Makes clients of a stand-in; each request and answer is checked."""

    def make(server: StandIn, key: str = "sk-test", *, strict: bool = True, held: bool = True, **more: Any) -> Any:
        settings: dict[str, Any] = {
            "api_key": key, "max_retries": 0, "_strict_response_validation": strict, "http_client": connections[held],
            **more,
        }  # fmt: skip
        if "api_version" in more:
            return openai.AzureOpenAI(azure_endpoint=server.address, **settings)
        return openai.OpenAI(**{"base_url": server.address, **settings})

    return make


def held_against(contract: Contract) -> Callable[[Any], None]:
    """Checks what has gone over the wire, before the client sees it."""

    def check(response: Any) -> None:
        request = response.request
        path = request.url.path.removeprefix("/v1").removeprefix("/openai/v1").removeprefix("/openai")
        if path.endswith(_UNTOLD[0]) or response.headers["content-type"] == _UNTOLD[1]:
            return
        path = re.sub("^/deployments/[^/]+", "", path)
        query = [(k, v) for k, v in parse_qsl(request.url.query.decode()) if k != "api-version"]
        headers = dict(request.headers)
        if "api-key" in headers:  # Azure's; the description only knows bearer tokens
            headers["authorization"] = f"Bearer {headers['api-key']}"
        asked = Asked(request.method, path, query, headers, request.read())
        contract.check(asked, Told(response.status_code, response.read()))

    return check


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in as it is without options."""
    with StandIn() as made:
        yield made


@pytest.fixture
def openai_client(server: StandIn, client: Client) -> openai.OpenAI:
    """Its client."""
    return client(server)
