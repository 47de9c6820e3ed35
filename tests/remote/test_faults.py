"""What goes wrong at a real server: one file for each content, one job, and a line that says what to do."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any

import pytest

from ftprep import FtprepError, RemoteError, Session
from ftprep.registry import Registry
from ftprep.remote.functions import upload
from ftprep.remote.ledger import Ledger
from ftprep.remote.link import linked
from ftprep.remote.plan import UploadPlan, Wish, plan_upload, service_of
from ftprep.remote.send import send
from ftprep.remote.training import training_set
from ftprep_openai.standin import StandIn
from ftprep_openai.standin.faults import KINDS

pytestmark = pytest.mark.files

FILES, JOBS = "POST /v1/files$", "POST /v1/fine_tuning/jobs$"
RETRY = {"Retry-After": "1"}


def fault(match: str, do: str, **more: Any) -> dict[str, Any]:
    return {"match": match, "do": do, **more}


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.installed()


@pytest.fixture(scope="session")
def talks(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("talks") / "talks.jsonl"
    rows = [[{"role": "user", "content": f"{n}?"}, {"role": "assistant", "content": f"{n}."}] for n in range(12)]
    path.write_bytes(b"".join(json.dumps({"messages": row}).encode() + b"\n" for row in rows))
    return path


class Shell:
    """A user at a server, with a ledger of their own, who never really waits."""

    def __init__(self, server: StandIn, folder: Path, registry: Registry, key: str = "sk-test"):
        self.server, self.registry, self.path = server, registry, folder / "ledger.sqlite"
        self.environ = {"OPENAI_API_KEY": key, "OPENAI_BASE_URL": server.address}
        self.said: list[str] = []
        self.waited: list[float] = []

    @property
    def session(self) -> Session:
        return Session(
            environ=self.environ, now=lambda: 1_790_000_000.0, sleep=self.waited.append, say=self.said.append
        )

    def upload(self, target: Path, **options: Any):
        with Ledger(self.path) as ledger:
            return upload(
                target, model="gpt-4.1-mini", registry=self.registry, session=self.session, ledger=ledger, **options
            )

    def told(self, text: str) -> str:
        """Without what differs from time to time."""
        return text.replace(self.server.address.split("/")[2], "HOST")


SURVIVED: dict[str, list[dict[str, Any]]] = {
    "429, wait a second": [fault(FILES, "rate_limit"), fault(JOBS, "rate_limit")],
    "500": [fault(FILES, "server_error"), fault(JOBS, "server_error")],
    "503": [fault(FILES, "unavailable"), fault(JOBS, "unavailable")],
    "a page of HTML": [fault(FILES, "html"), fault(JOBS, "html")],
    "reset before": [fault(FILES, "reset_before"), fault(JOBS, "reset_before")],
    "reset in the request": [fault(FILES, "reset_in_body"), fault(JOBS, "reset_in_body")],
    "reset in the answer": [fault(FILES, "reset_in_answer"), fault(JOBS, "reset_in_answer")],
    "reset after": [fault(FILES, "reset_after"), fault(JOBS, "reset_after")],
    "no JSON": [fault(FILES, "invalid_json"), fault(JOBS, "invalid_json")],
    "lists fail too": [
        fault(FILES, "reset_after"), fault(JOBS, "reset_after"), fault("GET /v1/files", "server_error", times=2),
        fault("GET /v1/fine_tuning/jobs", "reset_in_answer", times=2),
    ],
    "lists come twice": [
        fault(FILES, "reset_after"), fault("GET ", "duplicate_items", times=None), fault(JOBS, "reset_after"),
    ],
    "pages without has_more": [
        fault(FILES, "reset_after"), fault("GET ", "no_has_more", times=None), fault(JOBS, "reset_after"),
    ],
    "the clock is wrong": [fault(".", "clock_skew", times=None, seconds=-86_400.0)],
    "all times out of order": [fault("GET ", "shuffle_items", times=None), fault(JOBS, "reset_after")],
}  # fmt: skip


@pytest.mark.parametrize("faults", SURVIVED.values(), ids=SURVIVED)
def test_what_passes_leaves_one_file_and_one_job(faults, registry, talks, tmp_path):
    with StandIn(faults=faults) as server:
        shell = Shell(server, tmp_path, registry)
        sent = shell.upload(talks)
        assert [job["id"] for job in server.jobs] == [sent.job.id]
        assert [file["id"] for file in server.files] == [sent.files["train"].id]
        assert server.content(sent.files["train"].id) == talks.read_bytes()


KEPT = (
    "\nno job was started; the service keeps FILE; delete it with 'ftprep remote delete FILE', or give the same "
    "command again later"
)
ENDED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "429, wait five minutes": (
        [fault(JOBS, "rate_limit", headers={"Retry-After": "300"})],
        "HOST takes no more requests at the moment (429 rate_limit_exceeded): Rate limit reached for requests. Please "
        f"try again in 1s; try again in 300 s{KEPT}",
    ),
    "no credit": (
        [fault(JOBS, "quota")],
        "HOST has no credit or budget left for this account (429 insufficient_quota): You exceeded your current quota, "
        "please check your plan and billing details. For more information on this error, read the docs: "
        "https://platform.openai.com/docs/guides/error-codes/api-errors; add credit or raise the limit in its billing "
        f"settings; waiting does not help{KEPT}",
    ),
    "training is over": (
        [fault(JOBS, "training_not_available")],
        "HOST takes no new training from this account (403 training_not_available): OpenAI is winding down the "
        "fine-tuning platform and your organization is no longer able to create new fine-tuning training jobs. "
        "Existing fine-tuned models remain available until their base models are deprecated; the files still train "
        f"elsewhere: 'ftprep convert' writes them for other services and local trainers{KEPT}",
    ),
    "the key has ended": (
        [fault(FILES, "expired_key")],
        "HOST refused the key in OPENAI_API_KEY (401 expired_api_key): Your API key has expired: sk-…. You can create "
        "a new one at https://platform.openai.com/account/api-keys; set OPENAI_API_KEY to a key that is valid there",
    ),
    "the key is of another project": (
        [fault(FILES, "wrong_project")],
        "HOST does not allow this (403 mismatched_project): Project `proj_other` of this API key does not have access "
        "to the resources of `proj_standin`; ask an owner of the organisation for the permission, or use another key",
    ),
    "the key is wrong": (
        [fault(FILES, "bad_key")],
        "HOST refused the key in OPENAI_API_KEY (401 invalid_api_key): Incorrect API key provided: sk-…. You can find "
        "your API key at https://platform.openai.com/account/api-keys; set OPENAI_API_KEY to a key that is valid there",
    ),
    "500 for ever": (
        [fault(JOBS, "server_error", times=4)],
        "HOST failed (500): The server had an error while processing your request. Sorry about that!; try again later"
        f"{KEPT}",
    ),
    "nobody there": ([fault(".", "reset_before", times=6)], "HOST broke the connection off; try again later"),
}


@pytest.mark.parametrize(("faults", "text"), ENDED.values(), ids=ENDED)
def test_what_ends_it_says_what_to_do_and_goes_on_later(faults, text, registry, talks, tmp_path):
    with StandIn(faults=faults) as server:
        shell = Shell(server, tmp_path, registry)
        with pytest.raises(RemoteError) as ended:
            shell.upload(talks)
        kept = [file["id"] for file in server.files]
        assert shell.told(str(ended.value)) == text.replace("FILE", kept[0] if kept else "")
        assert server.jobs == []
        assert shell.upload(talks).job.id == server.jobs[0]["id"]
        assert (len(server.files), len(server.jobs)) == (1, 1)


@pytest.fixture(scope="module")
def planned(talks, registry, tmp_path_factory) -> UploadPlan:
    """The plan of an upload, made once."""
    wish = Wish(model="gpt-4.1-mini")
    training = training_set(talks)
    service = service_of(training, wish, registry)
    with Ledger(tmp_path_factory.mktemp("plan") / "ledger.sqlite") as ledger:
        day = datetime.date(2026, 9, 21)
        return plan_upload(training, service, wish, registry=registry, ledger=ledger, link=None, today=day)


DOABLE = sorted(set(KINDS) - {"delay", "delay_before", "clock_skew", "truncate_content", "status", "more_for_ever"})
"""Those that take no time and need no more words."""


def sequence(seed: int) -> list[dict[str, Any]]:
    """Faults of a seed."""
    drawn = random.Random(seed)
    matches = [FILES, JOBS, "GET /v1/files$", "GET /v1/fine_tuning/jobs$", "GET /v1/models/", "."]
    return [
        fault(drawn.choice(matches), drawn.choice(DOABLE), times=drawn.randint(1, 3), after_skip=drawn.randint(0, 2))
        for _ in range(drawn.randint(1, 6))
    ]


@pytest.mark.parametrize("tens", range(20))
def test_after_any_faults_there_is_one_file_and_at_most_one_job(tens, registry, planned, tmp_path):
    """Two hundred sequences of a seed each: send until it is done, and never is there a second file or job."""
    for seed in range(tens * 10, tens * 10 + 10):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with StandIn(faults=sequence(seed), profile=("openai", "compat-minimal")[seed % 2]) as server:
            shell = Shell(server, folder, registry)
            for _ in range(20):
                try:
                    with Ledger(shell.path) as ledger, linked(planned.service, registry, shell.session) as link:
                        sent = send(planned, link, ledger)
                    break
                except FtprepError as error:
                    assert isinstance(error, RemoteError), error
                finally:
                    assert len(server.files) <= 1 and len(server.jobs) <= 1, (seed, sequence(seed))
            assert [job["id"] for job in server.jobs] == [sent.job.id], (seed, sequence(seed))
            assert len(server.files) == 1
