"""A stand-in, as each service it can pretend to be, true to the description and as services are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from reaching import OPEN

from ftprep_openai.standin.server import StandIn

EACH = [(profile, wire) for profile in ("openai", "azure", "compat-minimal") for wire in (False, True)]


@pytest.fixture(params=EACH, ids=[f"{profile}-{'wire' if wire else 'strict'}" for profile, wire in EACH])
def server(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    profile, wire = request.param
    with StandIn(profile=profile, wire=wire) as running:
        yield running


@pytest.fixture
def openai() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()
