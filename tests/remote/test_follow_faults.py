"""A job followed at a stand-in that fails in all its ways: no event is lost, none is told twice, and it goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from trainer import Clock

import ftprep
from ftprep import RemoteError, Session
from ftprep.registry import Registry
from ftprep.remote.functions import upload
from ftprep.remote.ledger import Ledger
from ftprep_openai.standin import StandIn

pytestmark = pytest.mark.files

KEY = "sk-test-canary-0123456789"
ASKED = r"GET /v1/fine_tuning/jobs/ftjob-\w+"
PASSING = [
    pytest.param({"do": "rate_limit", "headers": {"Retry-After": "2"}}, id="429 with a short Retry-After"),
    pytest.param({"do": "rate_limit", "headers": {"Retry-After": "300"}}, id="429 with a long Retry-After"),
    pytest.param({"do": "server_error"}, id="500"),
    pytest.param({"do": "unavailable"}, id="503"),
    pytest.param({"do": "html"}, id="a page of HTML"),
    pytest.param({"do": "reset_before"}, id="reset before the answer"),
    pytest.param({"do": "reset_after"}, id="reset after it was carried out"),
    pytest.param({"do": "reset_in_answer"}, id="reset in the answer"),
    pytest.param({"do": "invalid_json"}, id="no JSON"),
    pytest.param({"do": "duplicate_items", "times": None}, id="each event twice"),
    pytest.param({"do": "shuffle_items", "times": None}, id="events out of order"),
    pytest.param({"do": "no_has_more", "times": None}, id="pages that do not say whether there is more"),
    pytest.param({"do": "more_for_ever"}, id="pages without an end"),
    pytest.param({"do": "empty_page"}, id="empty pages that say that there is more"),
    pytest.param({"do": "clock_skew", "seconds": 90_000, "times": None}, id="a clock that is ahead"),
    pytest.param({"do": "clock_skew", "seconds": -90_000, "times": None}, id="a clock that is behind"),
]
STOPPING = [
    pytest.param({"do": "expired_key"}, "refused the key", id="a key that has expired"),
    pytest.param({"do": "bad_key"}, "refused the key", id="a key that was withdrawn"),
    pytest.param({"do": "wrong_project"}, "does not allow this", id="a key of another project"),
    pytest.param({"do": "quota"}, "has no credit", id="no credit"),
]


class Desk:
    """One user with a training file; the clock does not wait."""

    def __init__(self, folder: Path, server: StandIn, registry: Registry):
        self.ledger, self.registry, self.server = Ledger(folder / "ledger.sqlite"), registry, server
        self.clock, self.said = Clock(), []
        chat = [{"role": "user", "content": "2 and 2?"}, {"role": "assistant", "content": "4"}]
        (folder / "train.jsonl").write_bytes(f"{json.dumps({'messages': chat})}\n".encode() * 12)
        self.job = self.call(
            upload, folder / "train.jsonl", model="gpt-4.1-mini", via="openai",
            options={"base_url": server.address, "epochs": 2}, allow=["OA400", "OA401"],
        ).job  # fmt: skip

    def call(self, function, *arguments, **more):
        session = Session(
            environ={"OPENAI_API_KEY": KEY}, now=self.clock.now, sleep=self.clock.sleep, say=self.said.append
        )
        return function(*arguments, registry=self.registry, session=session, ledger=self.ledger, **more)

    def follows(self) -> list[str]:
        return [event.id for event in self.call(ftprep.follow, self.job)]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.installed()


@pytest.fixture
def desk(tmp_path: Path, registry: Registry):
    made: list[Desk] = []

    def make(fault: dict) -> Desk:
        server = StandIn(faults=[{"match": ASKED, "times": 3, "after_skip": 2, **fault}])
        server.__enter__()
        made.append(Desk(tmp_path, server, registry))
        return made[-1]

    yield make
    for one in made:
        one.server.close()
        one.ledger.close()


def all_events(desk: Desk) -> list[str]:
    """As the stand-in has them."""
    return [event["id"] for event in desk.server.world.jobs[desk.job.id].events]


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_by_itself_loses_no_event_and_tells_none_twice(desk: Callable[[dict], Desk], fault: dict) -> None:
    here = desk(fault)
    seen = here.follows()
    assert sorted(seen) == sorted(all_events(here))
    assert here.call(ftprep.wait, here.job).status == "succeeded"
    assert len(here.server.jobs) == 1
    assert KEY not in "".join(here.said)


@pytest.mark.parametrize(("fault", "why"), STOPPING)
def test_what_does_not_pass_stops_it_and_the_next_call_goes_on(
    desk: Callable[[dict], Desk], fault: dict, why: str
) -> None:
    here = desk({**fault, "times": 1})
    seen: list[str] = []
    with pytest.raises(RemoteError) as caught:
        for event in here.call(ftprep.follow, here.job):
            seen.append(event.id)
    text = str(caught.value)
    assert text.startswith(f"job {here.job.id}: ")
    assert text.endswith(f"then go on with: ftprep jobs follow {here.job.id}")
    assert (why in text, KEY in text, caught.value.exit_code) == (True, False, 3)
    assert sorted([*seen, *here.follows()]) == sorted(all_events(here))


def test_a_service_that_is_gone_is_given_up_after_the_patience(desk: Callable[[dict], Desk]) -> None:
    here = desk({"do": "unavailable", "times": None})
    with pytest.raises(RemoteError) as caught:
        here.call(ftprep.wait, here.job, patience=2)
    text = str(caught.value).replace(here.server.address.split("/")[2], "HOST").replace(here.job.id, "JOB")
    assert text.startswith("job JOB: HOST failed (503")
    assert text.endswith(
        ", and there was no other answer for 2 minutes; the job goes on there; follow it with: ftprep jobs follow JOB"
    )
