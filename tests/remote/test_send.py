"""Sending never twice: whatever is lost or interrupted, there is one file for each content, and one job."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import World, shop_registry

from ftprep import FindingsError, RemoteError, Session
from ftprep.remote.functions import upload
from ftprep.remote.ledger import Ledger
from ftprep.remote.link import linked
from ftprep.remote.plan import Wish, plan_upload, service_of
from ftprep.remote.send import send
from ftprep.remote.training import training_set

pytestmark = pytest.mark.files


def a_file(folder: Path, name: str = "talks.jsonl", rows: int = 12) -> Path:
    path = folder / name
    lines = [
        json.dumps(
            {"messages": [{"role": "user", "content": f"Number {n}?"}, {"role": "assistant", "content": f"{n}."}]}
        )
        for n in range(rows)
    ]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    return path


@pytest.fixture(scope="session")
def talks(tmp_path_factory) -> Path:
    return a_file(tmp_path_factory.mktemp("talks"))


class Shell:
    """One user, whose ledger stays while sessions come and go."""

    def __init__(self, folder: Path, world: World | None = None):
        self.world = world or World()
        self.registry = shop_registry(self.world)
        self.path = folder / "ledger.sqlite"
        self.said: list[str] = []
        self.waited: list[float] = []

    def upload(self, target: Path | str, **options):
        session = Session(environ={}, now=lambda: 1_790_000_000.0, sleep=self.waited.append, say=self.said.append)
        given = {"model": "gpt-4.1-mini", "via": "shop", **options}
        with Ledger(self.path) as ledger:
            return upload(target, registry=self.registry, session=session, ledger=ledger, **given)

    def entries(self):
        with Ledger(self.path) as ledger:
            return ledger.files(), ledger.jobs()


@pytest.fixture
def shell(tmp_path) -> Shell:
    return Shell(tmp_path)


def test_a_file_is_sent_and_a_job_started(shell, talks):
    sent = shell.upload(talks)
    assert (sent.job.id, sent.started, sent.new) == ("job-1", True, ("train",))
    assert shell.world.contents == {"file-1": talks.read_bytes()}
    (file,), (job,) = shell.entries()
    assert (file.id, file.state, file.bytes) == ("file-1", "there", talks.stat().st_size)
    assert (job.id, job.status, job.model, job.source) == ("job-1", "queued", "gpt-4.1-mini", talks.as_posix())


def test_the_same_again_sends_nothing(shell, talks):
    shell.upload(talks)
    sent = shell.upload(talks)
    assert (sent.job.id, sent.started, sent.new) == ("job-1", False, ())
    assert shell.world.writes == ["put", "start"]


def test_another_ledger_finds_what_is_there(shell, talks, tmp_path):
    shell.upload(talks)
    shell.path = tmp_path / "another.sqlite"
    assert shell.upload(talks).job.id == "job-1"
    assert shell.world.writes == ["put", "start"]


def test_other_settings_are_another_job_of_the_same_file(shell, talks):
    shell.upload(talks)
    sent = shell.upload(talks, options={"suffix": "second"})
    assert (sent.job.id, sent.new, len(shell.world.files)) == ("job-2", (), 1)


def test_a_validation_file_of_its_own_makes_another_job(shell, talks, tmp_path):
    shell.upload(talks)
    other = a_file(tmp_path, "other.jsonl", 11)
    sent = shell.upload(talks, validation=other)
    assert (sent.job.id, sent.job.validation_file, sent.new) == ("job-2", "file-2", ("validation",))


def test_again_starts_a_second_job(shell, talks):
    shell.upload(talks)
    assert [shell.upload(talks, again=True).job.id for _ in range(2)] == ["job-2", "job-3"]
    assert shell.upload(talks).started is False


def test_a_job_that_failed_is_started_anew(shell, talks):
    shell.upload(talks)
    failed = msgspec.structs.replace(shell.world.jobs["job-1"], status="failed")
    shell.world.jobs["job-1"] = failed
    assert shell.upload(talks).job.id == "job-2"
    assert shell.upload(talks).job.id == "job-2"


def test_a_file_that_was_deleted_there_is_sent_anew(shell, talks):
    shell.upload(talks, files_only=True)
    shell.world.files.clear()
    assert shell.upload(talks, files_only=True).new == ("train",)


def test_a_job_is_started_of_a_file_that_is_there(shell, talks):
    file = shell.upload(talks, files_only=True).files["train"]
    sent = shell.upload(file.id)
    assert (sent.job.training_file, sent.new, shell.world.writes) == (file.id, (), ["put", "start"])


LOST = RemoteError("no answer", hint="look", kind="lost")
BUSY = RemoteError("too many requests", hint="wait", kind="busy", wait=2)


@pytest.mark.parametrize("keeps_keys", [True, False], ids=["with keys", "without keys"])
@pytest.mark.parametrize("call", ["put", "start"])
def test_what_arrived_without_an_answer_is_found(tmp_path, talks, call, keeps_keys):
    shell = Shell(tmp_path, World(after={call: [LOST]}, keeps_keys=keeps_keys))
    sent = shell.upload(talks)
    assert (sent.job.id, len(shell.world.files), len(shell.world.jobs)) == ("job-1", 1, 1)
    assert shell.said == ["no answer; looking whether it arrived"]


@pytest.mark.parametrize("call", ["put", "start"])
def test_what_did_not_arrive_is_sent_again(tmp_path, talks, call):
    shell = Shell(tmp_path, World(before={call: [LOST, BUSY]}))
    sent = shell.upload(talks)
    assert (sent.job.id, len(shell.world.files), len(shell.world.jobs)) == ("job-1", 1, 1)
    assert shell.said == [
        "no answer; looking whether it arrived",
        "no answer; trying again in 0.5 s",
        "too many requests; trying again in 2 s",
    ]


def test_a_wait_that_is_too_long_ends_it(tmp_path, talks):
    far = RemoteError("too many requests", hint="come back later", kind="busy", wait=300)
    shell = Shell(tmp_path, World(before={"start": [far]}))
    with pytest.raises(RemoteError) as refused:
        shell.upload(talks)
    assert str(refused.value) == (
        "too many requests; come back later\n"
        "no job was started; the service keeps file-1; delete it with 'ftprep remote delete file-1', or give the same "
        "command again later"
    )
    assert shell.upload(talks).job.id == "job-1"
    assert len(shell.world.files) == 1


class Stopped(BaseException):
    """The program was killed."""


@pytest.fixture(scope="module")
def planned(talks, tmp_path_factory):
    """A world, its registry, and the plan of an upload to it."""
    shell = Shell(tmp_path_factory.mktemp("plan"))
    wish = Wish(model="gpt-4.1-mini", via="shop")
    training = training_set(talks)
    service = service_of(training, wish, shell.registry)
    day = datetime.date(2026, 9, 21)
    with Ledger(shell.path) as ledger:
        plan = plan_upload(training, service, wish, registry=shell.registry, ledger=ledger, link=None, today=day)
    return shell.world, shell.registry, plan


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_stopped_at_any_moment_a_second_upload_leaves_one_file_and_one_job(planned, tmp_path_factory, data):
    world, registry, plan = planned
    vars(world).update(vars(World()))
    keeps = data.draw(st.booleans(), "keeps keys")
    moment = data.draw(st.integers(0, 12), "moment")
    faults = st.lists(st.sampled_from([LOST, BUSY]), max_size=3)
    world.keeps_keys = keeps
    for when in (world.before, world.after):
        for call in ("put", "start", "files", "jobs"):
            if when is world.before or call in ("put", "start"):
                when[call] = [fault for fault in data.draw(faults, call) if when is world.before or fault is LOST]
    left = [moment]

    def tick(name: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Stopped

    world.tick = tick
    path = tmp_path_factory.mktemp("state") / "ledger.sqlite"
    for _ in range(6):
        session = Session(environ={}, now=lambda: 1_790_000_000.0, sleep=lambda seconds: None)
        try:
            with Ledger(path) as ledger, linked(plan.service, registry, session) as link:
                sent = send(plan, link, ledger)
            break
        except (Stopped, RemoteError):
            continue
    assert sent.job is not None
    assert (len(world.files), len(world.jobs)) == (1, 1)


def test_an_upload_that_another_one_is_doing_is_refused(shell, talks, tmp_path):
    def tick(name: str) -> None:
        if name == "put":
            with pytest.raises(RemoteError) as refused:
                shell.upload(talks)
            errors.append(str(refused.value))

    errors: list[str] = []
    shell.world.tick = tick
    shell.upload(talks)
    assert errors == [
        "another 'ftprep upload' is sending these files; wait until it is done; then this one finds what is there"
    ]
    assert [path.name for path in tmp_path.glob("*.lock")] == []


def test_findings_at_error_level_stop_it_before_anything_is_sent(shell, tmp_path):
    path = tmp_path / "keys.jsonl"
    row = {"messages": [{"role": "user", "content": "Key?"}, {"role": "assistant", "content": "AKIAQ3EGRZ4WTVX7MPLK"}]}
    path.write_bytes(f"{json.dumps(row)}\n".encode() * 12)
    with pytest.raises(FindingsError) as refused:
        shell.upload(path)
    assert str(refused.value).splitlines()[-1] == (
        f"{path.as_posix()}:1: FT341 the text has a secret (the key or token of a service) (12 rows); withdraw it "
        "where it was issued, and take it out with 'redact'; or allow it with --allow FT341"
    )
    assert shell.world.calls == []
    assert shell.upload(path, allow=["FT341"]).job.id == "job-1"


def test_a_training_that_costs_too_much_is_not_started(shell, talks):
    with pytest.raises(FindingsError) as refused:
        shell.upload(talks, max_cost=0.000001)
    assert str(refused.value) == (
        "the training would cost about 0.01 USD, more than 0.00 (--max-cost); train on less, with fewer epochs, or "
        "allow more"
    )
    assert shell.world.calls == []
