"""Following a job: each event once, in order, whatever happens on the way; and how to go on where it stops."""

from __future__ import annotations

from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trainer import (
    JOB,
    START,
    Clock,
    Gym,
    Plain,
    a_ledger,
    busy,
    entry,
    event,
    job,
    link_to,
    lost,
    refused,
    registry_with,
)

import ftprep
from ftprep import FindingsError, RecipeError, RemoteError, Session
from ftprep.remote.follow import Following
from ftprep.remote.jobs import Found, find
from ftprep.remote.ledger import Ledger

pytestmark = pytest.mark.files


class Watcher:
    """Somebody who follows; the ledger stays while sessions come and go."""

    def __init__(self, folder: Path, gym: Gym, **more):
        self.ledger = a_ledger(folder, entry(**more))
        self.gym, self.clock, self.said = gym, Clock(), []

    def following(self, *, kind=None, **how) -> Following:
        session = Session(environ={}, now=self.clock.now, sleep=self.clock.sleep, say=self.said.append)
        link = link_to(self.gym, session, kind) if kind is not None else link_to(self.gym, session)
        return Following(link, find(self.ledger, JOB), self.ledger, **how)

    def sees(self, **how) -> list[str]:
        return [one.id for one in self.following(**how)]


RUNNING = [job("queued"), job(), job(), job("succeeded")]


@pytest.fixture
def watch(tmp_path: Path):
    made = []

    def make(gym: Gym, **more) -> Watcher:
        made.append(Watcher(tmp_path, gym, **more))
        return made[-1]

    yield make
    for one in made:
        one.ledger.close()


def test_each_event_is_told_once_and_the_job_is_known_at_the_end(watch) -> None:
    watcher = watch(Gym(states=[*RUNNING], events=[event(n) for n in range(7)]))
    following = watcher.following()
    assert [one.message for one in following] == [f"event {n}" for n in range(7)]
    assert (following.job.status, following.job.tuned_model) == ("succeeded", "tuned-1")
    assert watcher.clock.slept == [10.0] * 3
    assert watcher.ledger.job(JOB).status == "succeeded"
    assert watcher.ledger.model("tuned-1").id == JOB


def test_what_was_shown_once_is_not_shown_in_another_call_unless_all_is_asked_for(watch) -> None:
    watcher = watch(Gym(states=[job("succeeded")], events=[event(n) for n in range(3)]))
    assert watcher.sees() == ["e0", "e1", "e2"]
    assert watcher.sees() == []
    assert watcher.sees(from_start=True) == ["e0", "e1", "e2"]


def test_another_shell_goes_on_where_the_first_one_stopped(watch) -> None:
    watcher = watch(Gym(states=[*RUNNING], events=[event(n) for n in range(7)]))
    with closing(iter(watcher.following())) as events:
        assert [next(events).id for _ in range(3)] == ["e0", "e1", "e2"]
    assert watcher.sees() == ["e2", "e3", "e4", "e5", "e6"]  # whether e2 was still shown, nobody knows


def test_events_that_come_twice_late_or_out_of_order_are_told_once_each(watch) -> None:
    events = [event(4), event(1), event(1), event(3), event(2), event(4)]
    watcher = watch(Gym(states=[*RUNNING], events=events, pace=1))
    assert sorted(watcher.sees()) == ["e1", "e2", "e3", "e4"]


def test_an_older_event_that_shows_up_late_is_found_at_the_end(watch) -> None:
    class Late(Plain):
        def events(self, id_, known):
            found = [event(2)] if self.gym.looks < 3 else [event(1), event(2), event(3)]
            last = max((n for n, one in enumerate(found, 1) if known(one.id)), default=0)
            return found[last:]

    watcher = watch(Gym(states=[job(), job(), job("succeeded")]))
    assert watcher.sees(kind=Late) == ["e2", "e1", "e3"]


def test_a_service_without_events_is_followed_to_the_end(watch) -> None:
    watcher = watch(Gym(states=[job(), job("succeeded")]))
    assert watcher.sees(kind=Plain) == []
    assert watcher.gym.calls == ["job", "job"]


def test_a_fault_that_passes_is_told_once_and_waited_out(watch) -> None:
    watcher = watch(
        Gym(states=[*RUNNING], events=[event(n) for n in range(5)], faults=[None, lost(), busy(3.0), busy()])
    )
    assert watcher.sees() == ["e0", "e1", "e2", "e3", "e4"]
    assert watcher.said == ["the gym broke the connection off; asking on, for up to 30 minutes"]
    assert watcher.clock.slept == [1.0, 3.0, 4.0, 10.0, 10.0, 10.0]


def test_it_gives_up_when_its_patience_is_at_its_end(watch) -> None:
    watcher = watch(Gym(faults=[lost() for _ in range(100)]))
    with pytest.raises(RemoteError) as caught:
        watcher.sees(patience=5)
    assert str(caught.value) == (
        "job job-1: the gym broke the connection off, and there was no other answer for 5 minutes; "
        "the job goes on there; follow it with: ftprep jobs follow job-1"
    )
    assert (caught.value.exit_code, caught.value.kind) == (3, "lost")
    assert 240 < watcher.clock.at - START <= 300


def test_it_gives_up_at_once_where_it_is_asked_to_wait_longer_than_it_may(watch) -> None:
    watcher = watch(Gym(faults=[busy(7200.0)]))
    with pytest.raises(RemoteError) as caught:
        watcher.sees()
    assert str(caught.value) == (
        "job job-1: the gym is busy, and it asks to wait 7200 s; "
        "the job goes on there; follow it with: ftprep jobs follow job-1"
    )
    assert watcher.clock.slept == []


def test_patience_begins_anew_after_each_answer(watch) -> None:
    faults = [fault for _ in range(4) for fault in (busy(200.0), None, None)]
    watcher = watch(Gym(states=[*[job()] * 4, job("succeeded")], faults=faults))
    watcher.sees(patience=5)
    assert watcher.clock.at - START > 600


def test_a_key_that_is_refused_in_the_middle_stops_it_with_the_way_to_go_on(watch) -> None:
    watcher = watch(Gym(states=[*RUNNING], events=[event(n) for n in range(9)], faults=[None, None, None, refused()]))
    seen = []
    with pytest.raises(RemoteError) as caught:
        seen += (one.id for one in watcher.following(again="ftprep jobs follow job-1 --via gym"))
    assert str(caught.value) == (
        "job job-1: the gym refused the key in GYM_KEY; set GYM_KEY to a key that is valid there, "
        "then go on with: ftprep jobs follow job-1 --via gym"
    )
    assert caught.value.exit_code == 3
    assert watcher.ledger.shown("gym:test", JOB) == {"e0", "e1"}


def test_a_job_that_is_not_in_this_account_is_told_with_the_account_that_it_is_in(watch) -> None:
    class Other(Plain):
        account = "gym:other"

        def job(self, id_):
            raise RemoteError(f"there is no job {id_}", hint="look it up", kind="missing")

    watcher = watch(Gym())
    with pytest.raises(RemoteError) as caught:
        watcher.sees(kind=Other)
    assert str(caught.value) == (
        "job job-1: there is no job job-1; it was started in the account 'gym:test', and this is 'gym:other': "
        "use that address and key, then go on with: ftprep jobs follow job-1"
    )


def test_a_key_that_was_changed_is_no_other_job(watch) -> None:
    class Other(Plain):
        account = "gym:other"

    watcher = watch(Gym())
    assert watcher.following(kind=Other).end().status == "succeeded"
    assert watcher.ledger.job(JOB).status == "succeeded"


def test_a_paused_job_is_told_once_and_followed_on(watch) -> None:
    watcher = watch(Gym(states=[job(), job("paused"), job("paused"), job(), job("succeeded")]))
    watcher.sees()
    assert watcher.said == ["job job-1 is paused; it goes on after: ftprep jobs resume job-1"]


def test_waiting_asks_for_no_events_and_marks_none_as_shown(watch) -> None:
    watcher = watch(Gym(states=[*RUNNING], events=[event(1)]))
    assert watcher.following().end().tuned_model == "tuned-1"
    assert watcher.gym.calls == ["job"] * 4
    assert watcher.sees() == ["e1"]


NUMBERS = count()
FAULTS = st.lists(st.sampled_from([None, None, lost, busy, lambda: busy(30.0)]), max_size=30)


@pytest.fixture(scope="module")
def one_ledger(tmp_path_factory):
    with a_ledger(tmp_path_factory.mktemp("ledger")) as ledger:
        yield ledger


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    faults=FAULTS, states=st.integers(1, 6), events=st.lists(st.integers(0, 12), max_size=14), stop=st.integers(0, 14)
)
def test_no_sequence_of_faults_loses_an_event_or_tells_one_twice(
    one_ledger: Ledger, faults, states: int, events: list[int], stop: int
) -> None:
    gym = Gym(
        states=[*[job()] * states, job("succeeded")],
        events=[event(n) for n in events],
        faults=[fault and fault() for fault in faults],
    )
    clock = Clock()
    link = link_to(gym, Session(environ={}, now=clock.now, sleep=clock.sleep))
    found = Found(JOB, entry(account=f"account {next(NUMBERS)}"))
    seen: list[str] = []
    with closing(iter(Following(link, found, one_ledger))) as first:  # stopped somewhere, and taken up again
        for one in first:
            seen.append(one.id)
            if len(seen) > stop:
                break
    again = [one.id for one in Following(link, found, one_ledger)]
    assert {*seen, *again} == {f"e{n}" for n in events}
    assert (len(seen), len(again)) == (len(set(seen)), len(set(again)))
    assert len({*seen} & {*again}) <= 1  # at most the one at which it was stopped


class TestAsFunctions:
    """`ftprep.follow` and `ftprep.wait`."""

    @pytest.fixture
    def call(self, tmp_path: Path):
        def call(function, gym: Gym, *entries, job=None, **more):
            clock = Clock()
            session = Session(environ={}, now=clock.now, sleep=clock.sleep)
            with a_ledger(tmp_path, *(entries or [entry()])) as ledger:
                made = function(job, registry=registry_with(gym), session=session, ledger=ledger, **more)
                return list(made) if function is ftprep.follow else made

        return call

    def test_follow_gives_the_events_of_the_newest_job_that_has_not_ended(self, call) -> None:
        events = [event(n) for n in range(3)]
        old = entry("job-0", at=START + 9, status="succeeded")
        assert call(ftprep.follow, Gym(states=[*RUNNING], events=events), entry(), old) == events

    def test_wait_gives_the_job(self, call) -> None:
        assert call(ftprep.wait, Gym(states=[*RUNNING])).tuned_model == "tuned-1"

    def test_a_job_may_be_anything_that_has_its_id(self, call) -> None:
        assert call(ftprep.wait, Gym(), job=job()).tuned_model == "tuned-1"

    def test_wait_raises_where_no_model_came_of_it(self, call) -> None:
        with pytest.raises(FindingsError) as caught:
            call(ftprep.wait, Gym(states=[job("cancelled")]))
        assert str(caught.value) == "job job-1 was cancelled; 'ftprep upload --again' starts another one like it"

    def test_a_foreign_job_is_found_at_the_service_that_is_named(self, call) -> None:
        strange = entry("job-0")
        assert call(ftprep.wait, Gym(), strange, job=JOB, via="gym", options={"suffix": "x"}).id == JOB


FIND = [
    pytest.param(
        [], None, "the ledger has no job; start one with 'ftprep upload', or name one and its service", id="none"
    ),
    pytest.param(
        ["job-1"], "job-2", "the ledger knows no job 'job-2'; did you mean 'job-1'?", id="one that is nearly the same"
    ),
    pytest.param(
        ["x"],
        "job-2",
        "the ledger knows no job 'job-2'; name its service with --via, where it was started elsewhere",
        id="another",
    ),
]


@pytest.mark.parametrize(("known", "id_", "line"), FIND)
def test_a_job_that_is_not_known_is_one_line(tmp_path: Path, known, id_, line: str) -> None:
    with a_ledger(tmp_path, *map(entry, known)) as ledger, pytest.raises(RecipeError) as caught:
        find(ledger, id_)
    assert str(caught.value) == line


def test_the_newest_job_is_meant_where_none_is_named(tmp_path: Path) -> None:
    jobs = [entry("a", at=1), entry("b", at=2), entry("c", at=3, status="failed"), entry(None, at=4, state="starting")]
    with a_ledger(tmp_path, *jobs) as ledger:
        assert (find(ledger).id, find(ledger, under_way=True).id) == ("c", "b")


def test_the_newest_job_is_meant_where_all_have_ended(tmp_path: Path) -> None:
    with a_ledger(tmp_path, entry("a", status="failed")) as ledger:
        assert find(ledger, under_way=True).id == "a"
