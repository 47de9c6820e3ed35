"""What a job's end means, and which rows of the input its error is about; states, and what changes them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from trainer import JOB, START, Clock, Gym, Plain, a_ledger, busy, entry, job, link_to, lost, refused, registry_with

import ftprep
from ftprep import RemoteError, Session
from ftprep.remote.changing import change, changeable
from ftprep.remote.jobs import ending, find
from ftprep.remote.ledger import JobEntry
from ftprep.remote.pointed import examples_of, places, pointed
from ftprep.remote.refreshing import Refresh

pytestmark = pytest.mark.files

POINTED = [
    ("Invalid file format. Example 100, message 2 Discriminator 'role' is missing in value", [("example", 100)]),
    ("Line 13 is not a dictionary (HINT: line starts with: \"{...\").", [("line", 13)]),
    ("please try removing the flagged lines and uploading the file again. Flagged lines: 4, 13, ...",
     [("line", 4), ("line", 13)]),
    ("Examples 3, 5 and 8 are too long", [("example", 3), ("example", 5), ("example", 8)]),
    ("row #7: bad; row 7 again", [("row", 7)]),
    ("Training file has 7 example(s), but must have at least 10 examples", []),
    ("Example 0 is none, and lines are many", []),
    ("The job failed because of example 2, 3 messages of it are empty", [("example", 2)]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("message", "found"), POINTED, ids=[message[:24] or "nothing" for message, _ in POINTED])
def test_the_examples_that_a_message_names_are_found(message: str, found: list[tuple[str, int]]) -> None:
    assert pointed(message) == found


ROWS = [{"prompt": f"Question {n}?", "completion": f" answer {n}"} for n in range(1, 31)]
RECIPE = """\
version: 1
name: support
read: data/support.csv
transform:
  - chat: {user: "{prompt}", assistant: "{completion}"}
split: {validation: 20%}
write: openai_chat
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A run folder in `out/support`, whose source is `data/support.csv` with a header."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "data").mkdir()
    lines = ["prompt,completion", *(f"{row['prompt']},{row['completion']}" for row in ROWS)]
    (folder / "data" / "support.csv").write_bytes("\n".join([*lines, ""]).encode())
    (folder / "recipe.yaml").write_text(RECIPE, encoding="utf-8", newline="\n")
    ftprep.run(folder / "recipe.yaml", out=folder / "out" / "support")
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    shutil.copytree(made / "out" / "support", tmp_path / "support")
    return tmp_path / "support"


def started(run: Path, **more) -> JobEntry:
    train = (run / "openai_chat" / "train.jsonl").read_bytes()
    return entry(source=str(run), sha256=hashlib.sha256(train).hexdigest(), **more)


def failed(error: str):
    return job("failed", error=error)


def row_of(run: Path, split: str, number: int) -> int:
    """The row that an example was made of, told by its text."""
    line = (run / "openai_chat" / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()[number - 1]
    question = json.loads(line)["messages"][0]["content"]
    return int(question.removeprefix("Question ").rstrip("?")) + 1  # the header is row 1


def test_an_example_is_led_back_to_its_row(run: Path) -> None:
    error = "Invalid file format. Example 9, message 2 Discriminator 'role' is missing in value"
    assert places(failed(error), started(run)) == [f"example 9 is data/support.csv:{row_of(run, 'train', 9)}"]


def test_several_lines_are_led_back_and_those_that_are_not_there_left_out(run: Path) -> None:
    rows = places(failed("Flagged lines: 4, 13, 99"), started(run))
    assert rows == [f"line {n} is data/support.csv:{row_of(run, 'train', n)}" for n in (4, 13)]


def test_of_many_lines_ten_are_told(run: Path) -> None:
    rows = places(failed(f"Flagged lines: {', '.join(map(str, range(1, 15)))}"), started(run))
    assert (len(rows), rows[-1]) == (11, "and 4 more")


def test_an_example_of_the_validation_file_is_led_back_too(run: Path) -> None:
    error = "The job failed due to an invalid validation file. Example 2, message 1 Field required: 'content'"
    assert places(failed(error), started(run)) == [f"example 2 is data/support.csv:{row_of(run, 'validation', 2)}"]


def test_a_run_that_was_made_anew_with_other_files_tells_nothing(run: Path) -> None:
    other = started(run)
    manifest = json.loads((run / "manifest.json").read_bytes())
    manifest["outputs"]["openai_chat/train.jsonl"]["sha256"] = "f" * 64
    (run / "manifest.json").write_bytes(json.dumps(manifest).encode())
    assert places(failed("Example 9 is bad"), other) == []


def test_a_run_folder_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    assert places(failed("Example 9 is bad"), entry(source=str(tmp_path / "gone"))) == []
    assert places(failed("Example 9 is bad"), None) == []


@pytest.mark.parametrize("broken", ["lineage/openai_chat.train.bin", "lineage/units.json"])
def test_a_run_folder_without_its_lineage_tells_nothing(run: Path, broken: str) -> None:
    known = started(run)
    (run / broken).unlink()
    assert places(failed("Example 9 is bad"), known) == []


def test_a_training_file_in_a_run_folder_is_led_back_as_well(run: Path) -> None:
    known = started(run)
    file = entry(source=str(run / "openai_chat" / "train.jsonl"), sha256=known.sha256, output="")
    assert places(failed("Example 9 is bad"), file) == places(failed("Example 9 is bad"), known) != []


def test_a_file_of_ones_own_is_its_own_source_while_it_is_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b"{}\n{}\n")
    mine = entry(source=str(path), output="", sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    assert places(failed("Example 2 is bad"), mine) == [f"example 2 is {path}:2"]
    path.write_bytes(b"{}\n")
    assert places(failed("Example 2 is bad"), mine) == []


def test_the_number_of_examples_is_that_of_the_run(run: Path, tmp_path: Path) -> None:
    assert examples_of(started(run)) == 24
    assert examples_of(entry(source=str(tmp_path / "gone"))) is None


def test_the_end_of_a_job_that_failed_names_the_row_and_what_to_do(run: Path) -> None:
    error = "Invalid file format. Example 9, message 2 Discriminator 'role' is missing in value"
    problem = ending(failed(error), started(run))
    assert (problem.code, problem.level) == ("FT620", "error")
    assert str(problem) == (
        "job job-1 failed: Invalid file format. Example 9, message 2 Discriminator 'role' is missing in value; "
        f"example 9 is data/support.csv:{row_of(run, 'train', 9)}; mend the rows, run the recipe again, and upload"
    )


ENDS = [
    pytest.param(job("succeeded"), None, id="a model"),
    pytest.param(job("running"), None, id="no end"),
    pytest.param(
        failed("Too few examples."),
        "FT620 job job-1 failed: Too few examples; mend what it names, and upload again",
        id="no row",
    ),
    pytest.param(
        job("failed", error_code="server_error"),
        "FT620 job job-1 failed: server_error; mend what it names, and upload again",
        id="a code alone",
    ),
    pytest.param(
        failed(""),
        "FT620 job job-1 failed: the service gives no reason; mend what it names, and upload again",
        id="nothing",
    ),
    pytest.param(
        job("cancelled"),
        "FT621 job job-1 was cancelled; 'ftprep upload --again' starts another one like it",
        id="cancelled",
    ),
]


@pytest.mark.parametrize(("state", "line"), ENDS)
def test_an_end_without_a_model_is_one_line(state, line: str | None) -> None:
    problem = ending(state, None)
    assert (problem and f"{problem.code} {problem}") == line


class TestStates:
    """The jobs of the ledger, as their services see them now."""

    def refreshed(self, folder: Path, gym: Gym, *entries: JobEntry):
        session = Session(environ={}, sleep=Clock().sleep)
        session.tries = 1
        with a_ledger(folder, *entries) as ledger:
            found = list(Refresh(ledger, registry_with(gym), session))
            return found, [(one.id, one.status) for one in ledger.jobs()]

    def test_what_has_ended_is_not_asked_and_what_is_told_is_kept(self, tmp_path: Path) -> None:
        gym = Gym()
        found, kept = self.refreshed(tmp_path, gym, entry(), entry("old", at=1, status="failed"), entry(None, at=2))
        assert [one.job and one.job.status for one in found] == ["succeeded", None, None]
        assert kept == [(JOB, "succeeded"), (None, "running"), ("old", "failed")]
        assert gym.calls == ["job"]

    def test_a_service_that_does_not_answer_is_named_once_and_asked_no_more(self, tmp_path: Path) -> None:
        gym = Gym(faults=[lost(), lost(), lost()])
        found, _ = self.refreshed(tmp_path, gym, entry(), entry("other", at=START - 1))
        assert [str(one.problem) for one in found if one.problem] == [
            "the gym broke the connection off; try again later"
        ]
        assert ([one.job for one in found], gym.calls) == ([None, None], ["job"])

    def test_a_job_that_is_gone_is_told(self, tmp_path: Path) -> None:
        found, _ = self.refreshed(tmp_path, Gym(), entry("gone"), entry(at=START - 1))
        assert f"{found[0].problem.code} {found[0].problem}" == (
            "FT622 job gone is no longer there; 'ftprep remote list' shows what is"
        )
        assert found[1].job.status == "succeeded"

    def test_a_plugin_that_is_not_installed_is_told(self, tmp_path: Path) -> None:
        found, _ = self.refreshed(tmp_path, Gym(), entry(service=ftprep.remote.ledger.Service("away/away")))
        assert "away" in str(found[0].problem)
        assert found[0].problem.level == "warning"


class TestChanges:
    """Cancelling, pausing, resuming."""

    @pytest.fixture
    def do(self, tmp_path: Path):
        def do(what, gym: Gym, kind=None):
            session = Session(environ={}, sleep=Clock().sleep)
            link = link_to(gym, session, kind) if kind is not None else link_to(gym, session)
            with a_ledger(tmp_path, entry()) as ledger:
                found = find(ledger, JOB)
                done = change(what, found, link, ledger, changeable(what, found, link, ledger))
                return done.status, ledger.job(JOB).status

        return do

    def test_a_job_is_cancelled_and_the_ledger_knows(self, do) -> None:
        gym = Gym(states=[job()])
        assert do("cancel", gym) == ("cancelled", "cancelled")
        assert gym.calls == ["job", "cancel"]

    def test_what_is_done_already_is_not_done_again(self, do) -> None:
        gym = Gym(states=[job("cancelled")])
        assert do("cancel", gym) == ("cancelled", "cancelled")
        assert gym.calls == ["job"]

    def test_an_answer_that_was_lost_is_no_failure_where_it_was_done(self, do) -> None:
        class Cancelled(Plain):
            def cancel(self, id_):
                self.gym.states = [job("cancelled")]
                raise refused()

        assert do("cancel", Gym(states=[job()]), Cancelled) == ("cancelled", "cancelled")

    def test_a_refusal_stays_one(self, do) -> None:
        with pytest.raises(RemoteError) as caught:
            do("cancel", Gym(states=[job()], faults=[None, refused()]))
        assert str(caught.value) == "the gym refused the key in GYM_KEY; set GYM_KEY to a key that is valid there"

    def test_a_busy_service_is_asked_again(self, do) -> None:
        assert do("cancel", Gym(states=[job()], faults=[None, busy()]))[0] == "cancelled"

    def test_a_job_that_has_ended_is_left_alone(self, do) -> None:
        with pytest.raises(RemoteError) as caught:
            do("cancel", Gym())
        assert str(caught.value) == "job job-1 has ended: succeeded; see what came of it with: ftprep jobs show job-1"

    def test_a_service_that_cannot_do_it_says_so_in_one_line(self, do) -> None:
        with pytest.raises(RemoteError) as caught:
            do("pause", Gym())
        assert str(caught.value) == "'gym' has no way to pause a job; use what the service itself offers for it"
