"""The official client, made so that it reads nothing from the environment and repeats nothing by itself."""

from __future__ import annotations

from typing import Any, TypeVar

import httpx2
import openai

from .address import stays_here

_Client = TypeVar("_Client", bound=openai.OpenAI)


def http(address: str, timeout: float, *, trust_env: bool) -> httpx2.Client:
    """Connections that follow no redirect: another host would be given what this one is meant to have. This machine is
    never asked through a proxy."""
    return httpx2.Client(
        timeout=httpx2.Timeout(timeout, connect=min(timeout, 10.0)),
        follow_redirects=False,
        trust_env=trust_env and not stays_here(address),
    )


def settings(address: str, key: str, timeout: float, *, trust_env: bool) -> dict[str, Any]:
    """What every client is made with."""
    client = http(address, timeout, trust_env=trust_env)
    return {"api_key": key, "max_retries": 0, "http_client": client, "timeout": client.timeout, "webhook_secret": ""}


def quiet(client: _Client, *, organization: str | None = None, project: str | None = None) -> _Client:
    """The client with these names in its headers and no others: when it was made, it looked for more of them, and for
    a second key, in OPENAI_ORG_ID, OPENAI_PROJECT_ID, OPENAI_CUSTOM_HEADERS and OPENAI_ADMIN_KEY."""
    client.organization, client.project, client.admin_api_key = organization, project, None
    client._custom_headers = {}
    client._ambient_authorizations = frozenset()
    return client
