"""`ftprep jobs`, from the upload of a run to its results, against a stand-in of the service."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ftprep_openai.standin import StandIn

from .conftest import Call, Told, put

pytestmark = pytest.mark.files

RECIPE = """\
version: 1
name: sums
model: gpt-4.1-mini
read: sums.csv
transform:
  - chat: {user: "{question}", assistant: "{answer}"}
write: openai_chat
upload:
  openai: {suffix: sums, epochs: 2}
"""


class Tour:
    """One user with a run, a ledger and a stand-in; ids get names, so that what is said is the same each time."""

    def __init__(self, call: Call, server: StandIn, folder: Path):
        self.call, self.server, self.folder = call, server, folder

    def run(self, *, bad: tuple[int, ...] = (), rows: int = 12) -> None:
        lines = [f"How many are {n} and {n}?{' [[unsafe]]' if n in bad else ''},{2 * n}" for n in range(1, rows + 1)]
        put(self.folder, "sums.csv", "\n".join(["question,answer", *lines, ""]))
        put(self.folder, "sums.yaml", RECIPE)
        assert self.call("run", "sums.yaml").code == 0

    def upload(self) -> str:
        told = self.call("upload", "out/sums", "--yes", "--option", f"base_url={self.server.address}")
        assert told.code == 0
        return told.out.strip()

    def jobs(self, *arguments: str) -> Told:
        """`ftprep jobs …`, without waiting between two looks."""
        waits = arguments[0] in ("follow", "wait")
        told = self.call("jobs", *arguments, *(["--every", "0"] if waits else []))
        return Told(told.code, self.named(told.out), self.named(told.err))

    def named(self, text: str) -> str:
        host = self.server.address.split("/")[2]
        for id_, name in ((self.server.address, "ADDRESS"), (host, "HOST"), (self.folder.as_posix(), "FOLDER")):
            text = text.replace(id_, name)
        text = re.sub(r"account\s+HOST key \w+", "account  ACCOUNT", text)
        for kind in ("ftjob", "file"):
            ids = dict.fromkeys(re.findall(rf"{kind}-\w{{24}}", text))
            for number, id_ in enumerate(ids, 1):
                text = text.replace(id_, f"{kind}-{number}")
        return re.sub(r"ft:gpt-4.1-mini-2025-04-14:standin:sums:\w{8}", "MODEL", text)


@pytest.fixture
def tour(ftprep: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Tour]]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("FTPREP_STATE_DIR", (tmp_path / "state").as_posix())
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    servers: list[StandIn] = []

    def start(**settings) -> Tour:
        servers.append(StandIn(**settings))
        servers[-1].__enter__()
        return Tour(ftprep, servers[-1], tmp_path)

    yield start
    for server in servers:
        server.close()


EVENTS = """\
2026-01-05 08:00:06Z  Created fine-tuning job: ftjob-1
2026-01-05 08:00:06Z  Validating training file: file-1
2026-01-05 08:01:07Z  Files validated, moving job to queued state
2026-01-05 08:02:08Z  Fine-tuning job started
"""
LAST = """\
2026-01-05 08:05:11Z  New fine-tuned model created
2026-01-05 08:05:11Z  The job has successfully completed
job ftjob-1 succeeded; see how well with: ftprep jobs results ftjob-1
"""


def test_a_job_is_followed_to_its_end(tour) -> None:
    here = tour()
    here.run()
    here.upload()
    told = here.jobs("follow")
    assert (told.code, told.out) == (0, "MODEL\n")
    assert told.err.startswith(EVENTS)
    assert told.err.endswith(LAST)
    lines = told.err.removeprefix(EVENTS).removesuffix(LAST).splitlines()
    steps = [line for line in lines if "Step " in line]
    assert re.fullmatch(
        r"2026-01-05 08:03:09Z  Step 1/24: training loss=1\.\d\d  \(train accuracy 0\.\d{2,4}\)", steps[0]
    )
    assert [line.partition("  ")[2] for line in lines if "Step " not in line] == [
        "Checkpoint created at step 12",
        "Checkpoint created at step 24",
    ]
    assert len(steps) == 24


def test_events_are_shown_once_unless_all_are_asked_for(tour) -> None:
    here = tour()
    here.run()
    job = here.upload()
    first = here.jobs("follow")
    again = here.jobs("follow", job)
    assert again == (0, "MODEL\n", LAST.splitlines()[-1] + "\n")
    assert here.jobs("follow", job, "--all") == first


def test_waiting_says_the_models_name_and_nothing_else(tour) -> None:
    here = tour(profile="openai")
    here.run()
    here.upload()
    assert here.jobs("wait") == (0, "MODEL\n", "")
    assert here.jobs("wait") == (0, "MODEL\n", "")


def test_a_document_has_the_events_and_stderr_nothing(tour) -> None:
    here = tour()
    here.run()
    job = here.upload()
    result = here.call("jobs", "follow", "--every", "0", "--json").document["result"]
    assert (result["job"], result["status"], result["tuned_model"][:3]) == (job, "succeeded", "ft:")
    assert result["events"][-1]["message"] == "The job has successfully completed"
    assert len(result["events"]) == 32


def test_a_job_that_failed_names_the_rows_and_leaves_with_1(tour) -> None:
    here = tour()
    here.run(bad=(4, 11))
    here.upload()
    told = here.jobs("follow")
    assert (told.code, told.out) == (1, "")
    assert told.err.splitlines()[-1] == (
        "job ftjob-1 failed: The job failed due to an invalid training file. This file failed moderation safety "
        "checks. The OpenAI Moderation API identifies fine tuning examples that violate our content policies. To fine "
        "tune on this data, please try removing the flagged lines and uploading the file again. Flagged lines: 4, 11; "
        "line 4 is sums.csv:5; line 11 is sums.csv:12; mend the rows, run the recipe again, and upload"
    )
    shown = here.jobs("show", here.server.jobs[0]["id"])
    assert (shown.code, "line 4 is sums.csv:5" in shown.out, "line 11 is sums.csv:12" in shown.out) == (0, True, True)


def test_a_job_that_was_cancelled_leaves_with_1(tour) -> None:
    here = tour()
    here.run()
    job = here.upload()
    assert here.jobs("cancel", job, "--yes") == (0, "job ftjob-1 is cancelled\n", "")
    told = here.jobs("wait", job)
    assert told == (1, "", "job ftjob-1 was cancelled; 'ftprep upload --again' starts another one like it\n")
    document = here.call("jobs", "wait", job, "--json").document
    assert (document["problems"][0]["code"], document["result"]["status"]) == ("FT621", "cancelled")


def test_cancelling_asks_where_somebody_is_there(tour, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tour()
    here.run()
    job = here.upload()
    assert here.jobs("cancel", job) == (
        2,
        "",
        "ftprep jobs cancel: it asks before it cancels a job, and nobody can answer here; add --yes\n",
    )
    for typed, status in (("", "queued"), ("no", "queued"), ("yes", "cancelled")):
        monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
        monkeypatch.setattr("sys.stderr", seen := Terminal())
        told = here.call("jobs", "cancel", job)
        asked = here.named(seen.getvalue())
        assert re.match(
            r"cancel job ftjob-1 \((queued|running), of gpt-4.1-mini-2025-04-14\) for good\? \[y/N\] ", asked
        )
        assert (told.code, here.server.jobs[0]["status"] == "cancelled") == (
            int(typed != "yes"),
            status == "cancelled",
        )


class Terminal(io.StringIO):
    """A terminal that somebody sits at."""

    def isatty(self) -> bool:
        return True


def test_a_job_is_paused_and_resumed(tour) -> None:
    here = tour(wire=["unknown-status"])
    here.run()
    job = here.upload()
    here.server.tick(2)
    assert here.jobs("pause", job) == (0, "job ftjob-1 is running (pausing)\n", "")
    assert here.jobs("pause", job) == (0, "job ftjob-1 is paused\n", "")
    assert here.jobs("resume", job) == (0, "job ftjob-1 is running\n", "")
    assert here.jobs("wait", job).out == "MODEL\n"


def test_what_a_service_cannot_do_is_one_line(tour, tmp_path: Path) -> None:
    put(tmp_path, "gym.py", GYM.format(body="return ftprep.RemoteJob(id=id_, status='running')"))
    told = tour().jobs("pause", "job-1", "--via", "gym", "--plugin", "gym.py")
    assert told == (3, "", "'gym' has no way to pause a job; use what the service itself offers for it\n")


GYM = """\
import ftprep

FTPREP_API = 1


class Connection(ftprep.Remote):
    account = "gym"
    address = "memory"

    def job(self, id_):
        {body}


class Gym(ftprep.Uploader):
    \"\"\"Trains nobody.\"\"\"

    name = "gym"

    def connect(self, session):
        return Connection()


@ftprep.hookimpl
def ftprep_uploaders():
    return [Gym]
"""


def test_ctrl_c_ends_the_watching_and_says_how_to_go_on(tour, tmp_path: Path) -> None:
    put(tmp_path, "gym.py", GYM.format(body="raise KeyboardInterrupt"))
    for command in ("follow", "wait"):
        told = tour().jobs(command, "job-1", "--via", "gym", "--plugin", "gym.py")
        assert told == (
            130,
            "",
            "interrupted; job job-1 goes on at the service; "
            f"follow it again with: ftprep jobs {command} job-1 --via gym --plugin gym.py\n",
        )


def test_a_key_that_is_refused_in_the_middle_leaves_with_3_and_the_way_to_go_on(tour) -> None:
    here = tour(faults=[{"match": r"GET /v1/fine_tuning/jobs/ftjob-\w+$", "do": "expired_key", "after_skip": 2}])
    here.run()
    here.upload()
    told = here.jobs("follow")
    assert (told.code, told.out) == (3, "")
    last = told.err.splitlines()[-1]
    assert last.startswith("job ftjob-1: HOST refused the key in OPENAI_API_KEY (401")
    assert last.endswith("then go on with: ftprep jobs follow ftjob-1")
    assert here.jobs("follow").code == 0


def test_a_service_that_is_busy_is_waited_for(tour) -> None:
    fault = {"match": r"GET /v1/fine_tuning/jobs/ftjob-\w+", "do": "rate_limit", "headers": {"Retry-After": "0"}}
    here = tour(faults=[{**fault, "after_skip": 2, "times": 3}])
    here.run()
    here.upload()
    told = here.jobs("follow")
    waits = [line for line in told.err.splitlines() if "asking on" in line]
    assert (told.code, told.out) == (0, "MODEL\n")
    assert len(waits) == 1
    assert re.fullmatch(
        r"HOST takes no more requests at the moment \(429 .*\).*; asking on, for up to 30 minutes", waits[0]
    )


def test_the_list_has_the_jobs_with_their_states_now(tour) -> None:
    here = tour()
    here.run()
    here.upload()
    here.server.finish()
    offline = "id       status  model         age  source\nftjob-1  queued  gpt-4.1-mini  now  out/sums/openai_chat\n"
    assert squeezed(here.jobs("list", "--offline")) == (0, squeezed_text(offline), "")
    table = (
        "id       status     model                  age  source\n"
        "ftjob-1  succeeded  gpt-4.1-mini -> MODEL  now  out/sums/openai_chat\n"
    )
    assert squeezed(here.jobs("list")) == (0, squeezed_text(table), "")
    assert squeezed(here.jobs("list", "--offline")) == (0, squeezed_text(table), "")
    (entry,) = here.call("jobs", "list", "--json").document["result"]
    assert (entry["status"], entry["service"], entry["output"]) == ("succeeded", "openai/openai", "openai_chat")


def squeezed(told: Told) -> Told:
    """Names are shorter than the ids that made the columns wide."""
    return Told(told.code, squeezed_text(told.out), told.err)


def squeezed_text(text: str) -> str:
    return re.sub(" {2,}", "  ", text)


def test_all_jobs_of_the_account_are_listed_on_request(tour) -> None:
    here = tour()
    here.run()
    here.upload()
    told = here.jobs("list", "--foreign", "--via", "openai", "--option", f"base_url={here.server.address}")
    assert told.code == 0
    assert re.search(r"ftjob-1  \w+ +gpt-4.1-mini-2025-04-14 +\d+ d  out/sums/openai_chat", told.out)


def test_a_service_that_does_not_answer_is_named_and_its_jobs_are_listed(tour) -> None:
    here = tour()
    here.run()
    here.upload()
    here.server.close()
    told = here.jobs("list")
    assert (told.code, "ftjob-1" in told.out) == (0, True)
    assert re.fullmatch(r"warning: HOST could not be reached \(.*\); try again later\n", told.err)


NONE = [
    pytest.param(["list"], (0, "", "no job was started from here; 'ftprep upload' starts one\n"), id="list"),
    pytest.param(
        ["follow"],
        (2, "", "the ledger has no job; start one with 'ftprep upload', or name one and its service\n"),
        id="follow",
    ),
    pytest.param(
        ["show", "ftjob-9"],
        (2, "", "the ledger knows no job 'ftjob-9'; name its service with --via, where it was started elsewhere\n"),
        id="show",
    ),
    pytest.param(
        ["list", "--offline", "--foreign"],
        (
            2,
            "",
            "ftprep jobs list: --foreign asks the service, and --offline asks none; give one of them\n",
        ),
        id="both",
    ),
    pytest.param(
        ["list", "--via", "openai"],
        (
            2,
            "",
            "ftprep jobs list: --via is for --foreign; the ledger knows where its jobs are\n",
        ),
        id="via without foreign",
    ),
]


@pytest.mark.parametrize(("arguments", "told"), NONE)
def test_where_there_is_no_job_it_is_one_line(tour, arguments: list[str], told) -> None:
    assert tour().jobs(*arguments) == told


SHOWN = """\
id              ftjob-1
status          succeeded
model           gpt-4.1-mini-2025-04-14
tuned model     MODEL
started         2026-01-05 08:00:06Z
finished        2026-01-05 08:05:06Z
training file   file-1
trained tokens  NUMBER
result files    file-2
settings        batch_size: 1, learning_rate_multiplier: 2.0, method: supervised, seed: NUMBER, epochs: 2
source          out/sums/openai_chat
service         openai/openai at ADDRESS
account  ACCOUNT

events
"""


def test_a_job_is_shown_with_all_that_is_known(tour) -> None:
    here = tour()
    here.run()
    job = here.upload()
    here.server.finish()
    told = here.jobs("show", job)
    text = re.sub(r"(trained tokens|seed:)( +)\d+", r"\1\2NUMBER", told.out)
    assert (told.code, told.err) == (0, "")
    assert text[: text.index("events\n") + 7] == SHOWN
    checkpoints = text[text.index("checkpoints\n") :].splitlines()[1:]
    assert [line.partition("  train loss")[0] for line in checkpoints] == [
        "  step 12  MODEL:ckpt-step-12",
        "  step 24  MODEL:ckpt-step-24",
    ]


RESULTS = """\
the best epoch is 2 of 2: mean training loss NUMBER (there is no validation loss, and training loss nearly always falls)
its model is MODEL

training loss, step 1 to 24
"""
FILES = """\

token accuracy may count two hidden tokens of each answer: an answer of one token that is wrong still has 0.67
out/sums.results/ftjob-1/results.csv
out/sums.results/ftjob-1/report.html
"""


@pytest.mark.parametrize("wire", [False, True], ids=["as described", "as on the wire"])
def test_results_are_saved_beside_the_run_folder_and_shown(tour, wire: bool) -> None:
    here = tour(wire=wire)
    here.run()
    job = here.upload()
    here.server.finish()
    told = here.jobs("results")
    text = re.sub(r"loss 0\.\d+ ", "loss NUMBER ", told.out)
    assert (told.code, told.err) == (0, "")
    assert text.startswith(RESULTS)
    assert text.endswith(FILES)
    folder = here.folder / "out" / "sums.results" / job
    csv = (folder / "results.csv").read_text(encoding="utf-8")
    assert csv.splitlines()[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert len(csv.splitlines()) == 25
    assert "<svg" in (folder / "report.html").read_text(encoding="utf-8")
    assert here.call("run", "sums.yaml").code == 0  # they are not in its way


def test_results_are_a_document_too(tour) -> None:
    here = tour()
    here.run()
    here.upload()
    here.server.finish()
    document = json.loads(here.call("jobs", "results", "--out", "there", "--json").out)
    result = document["result"]
    assert (result["best"]["epoch"], result["best"]["measure"]) == (2, "train_loss")
    assert (list(result["epochs"]), result["files"]) == (["1", "2"], ["there/results.csv", "there/report.html"])


def test_results_that_are_cut_off_are_one_line(tour) -> None:
    here = tour(faults=[{"match": "GET /v1/files/.*/content", "do": "truncate_content"}])
    here.run()
    here.upload()
    here.server.finish()
    told = here.jobs("results")
    assert (told.code, told.out) == (3, "")
    assert re.fullmatch(
        r"the results are cut off in line \d+: it has \d of 5 columns; ask for it again with 'ftprep jobs results'\n",
        told.err,
    )


def test_a_job_without_results_yet_is_one_line(tour) -> None:
    here = tour()
    here.run()
    here.upload()
    told = here.jobs("results")
    assert told.code == 3
    assert re.fullmatch(
        r"job ftjob-1 has no results yet: it is (queued|running); wait for its end: ftprep jobs follow ftjob-1\n",
        told.err,
    )


def test_on_a_terminal_it_shows_how_far_the_training_is(tour, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tour()
    here.run()
    here.upload()
    monkeypatch.setattr("sys.stderr", seen := Terminal())
    assert here.call("jobs", "follow", "--every", "0").code == 0
    text = here.named(seen.getvalue())
    assert "\rstep 12 of 24 (50%)" in text
    left = re.sub(r"\r[^\n]*\r", "", text)  # what was shown for a while
    assert left.startswith(EVENTS)
    assert left.endswith(LAST)


HOSTILE = """\
        return ftprep.RemoteJob(id=id_, status="failed", error="\\x1b[2Jgone\\r\\nExample 1")

    def events(self, id_, known):
        return [ftprep.JobEvent(id="e", at=0, message="\\x1b[31mred\\nline", level="warning", metrics={"\\x1b": 1.0})]
"""


def test_what_a_service_says_cannot_move_the_cursor(tour, tmp_path: Path) -> None:
    put(tmp_path, "gym.py", GYM.format(body=HOSTILE.lstrip()))
    told = tour().jobs("follow", "job-1", "--via", "gym", "--plugin", "gym.py")
    assert told == (
        1,
        "",
        "1970-01-01 00:00:00Z  warning: \\x1b[31mred\\nline  (\\x1b 1)\n"
        "job job-1 failed: \\x1b[2Jgone\\x0d\\nExample 1; mend what it names, and upload again\n",
    )


PROFILES = [
    pytest.param("openai", ["--via", "openai", "--option", "base_url=ADDRESS"], id="openai"),
    pytest.param("compat-minimal", ["--via", "openai", "--option", "base_url=ADDRESS"], id="a compatible service"),
    pytest.param("azure", ["--via", "azure", "--option", "endpoint=ADDRESS"], id="azure"),
]


@pytest.mark.parametrize(("profile", "service"), PROFILES)
def test_every_kind_of_service_is_followed_judged_and_shown(
    tour, profile: str, service: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "sk-test")
    here = tour(profile=profile, wire=True)
    here.run()
    there = [word.replace("ADDRESS", here.server.address) for word in service]
    job = here.call(
        "upload", "out/sums/openai_chat/train.jsonl", "--model", "gpt-4.1-mini", "--yes", *there
    ).out.strip()
    followed = here.jobs("follow", job)
    assert (followed.code, followed.out.count("gpt-4.1-mini")) == (0, "MODEL" not in followed.out)
    assert "2026-01-05 08:02:08Z  Fine-tuning job started\n" in followed.err
    judged = here.jobs("results")
    assert (judged.code, judged.err) == (0, "")
    assert judged.out.splitlines()[-2:] == [
        "out/sums.results/ftjob-1/results.csv",
        "out/sums.results/ftjob-1/report.html",
    ]
    assert here.jobs("show", job).code == 0


def test_results_of_a_file_of_ones_own_go_beside_it(tour, tmp_path: Path) -> None:
    here = tour()
    chat = [{"role": "user", "content": "2 and 2?"}, {"role": "assistant", "content": "4"}]
    put(tmp_path, "mine.jsonl", f"{json.dumps({'messages': chat})}\n" * 12)
    address = f"base_url={here.server.address}"
    assert here.call("upload", "mine.jsonl", "--model", "gpt-4.1-mini", "--yes", "--option", address).code == 0
    here.server.finish()
    assert here.jobs("results").out.splitlines()[-1] == "mine.jsonl.results/ftjob-1/report.html"
