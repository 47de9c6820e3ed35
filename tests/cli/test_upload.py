"""`ftprep upload`: the plan, the question, what is sent, and what stands against it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftprep_openai.standin import StandIn

from .conftest import Call, put

pytestmark = pytest.mark.files

TALKS = "Human;AI\n" + "".join(f"How many are {n} and {n}?;{2 * n}\n###;###\n" for n in range(20))
RECIPE = """\
version: 1
name: sums
model: gpt-4.1-mini
read:
  csv: {path: sums.csv, delimiter: ";"}
transform:
  - conversations
split: {validation: 4}
write: openai_chat
upload:
  openai: {suffix: sums, epochs: 3}
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in that the environment leads to, and a ledger of its own."""
    with StandIn() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.address)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("FTPREP_STATE_DIR", (tmp_path / "state").as_posix())
        yield server


@pytest.fixture
def run(ftprep: Call, tmp_path: Path) -> str:
    """A run with an `upload:`."""
    put(tmp_path, "sums.csv", TALKS)
    put(tmp_path, "sums.yaml", RECIPE)
    assert ftprep("run", "sums.yaml").code == 0
    return "out/sums"


def lines(text: str, server: StandIn) -> list[str]:
    """What was said, with names for what differs from time to time."""
    return text.replace(server.address, "ADDRESS").replace(server.address.split("/")[2], "HOST").splitlines()


FROM_ENV = (
    "warning: requests and the key in OPENAI_API_KEY go to ADDRESS, which OPENAI_BASE_URL names; unset it, or say "
    "'base_url' in the recipe"
)


PLAN = [
    "to openai, ADDRESS, account HOST key f3abf2a6cc4f",
    "  train       out/sums/openai_chat/train.jsonl       16 examples  1,627 bytes  336 tokens  sha256 e06426ddf544…",
    "  validation  out/sums/openai_chat/validation.jsonl   4 examples    408 bytes   84 tokens  sha256 f7b67cebba71…",
    "  job: gpt-4.1-mini, with files of openai_chat; epochs 3, suffix sums",
    "  cost: about 0.01 USD: 1,008 tokens in 3 epochs, 5 USD a million (price of 2026-05)",
    "  findings: 2 pieces of advice ('ftprep check FILE' tells them)",
]


def test_a_dry_run_shows_the_plan_and_asks_nothing(ftprep: Call, run: str, service: StandIn) -> None:
    told = ftprep("upload", run, "--dry-run")
    assert (told.code, service.log) == (0, [])
    assert lines(told.out, service) == [*PLAN, "nothing was sent (--dry-run)"]
    assert lines(told.err, service) == [FROM_ENV]


def test_a_dry_run_needs_no_key(ftprep: Call, run: str, service: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    told = ftprep("upload", run, "--dry-run")
    assert (told.code, told.out.splitlines()[0]) == (0, "to openai")
    assert lines(told.err, service) == [
        "warning: there is no key for HOST: OPENAI_API_KEY is not set; set it to a key that is valid there"
    ]


def test_files_and_job_are_sent_after_the_plan(ftprep: Call, run: str, service: StandIn) -> None:
    told = ftprep("upload", run, "--yes")
    (job,), (train, validation) = service.jobs, service.files
    assert (told.code, told.out) == (0, f"{job['id']}\n")
    assert lines(told.err, service) == [
        FROM_ENV,
        *PLAN,
        f"train: {train['id']} was sent",
        f"validation: {validation['id']} was sent",
        f"job {job['id']} was started; see what happens with: ftprep jobs follow {job['id']}",
    ]
    assert (job["training_file"], job["validation_file"]) == (train["id"], validation["id"])
    assert job["method"]["supervised"]["hyperparameters"]["n_epochs"] == 3


def test_the_same_again_says_what_is_there(ftprep: Call, run: str, service: StandIn) -> None:
    first = ftprep("upload", run, "--yes")
    before = list(service.writes)
    told = ftprep("upload", run, "--yes", "--json")
    result = told.document["result"]
    assert service.writes == before
    assert (result["job"], result["started"], [file["sent"] for file in result["files"]]) == (
        first.out.strip(),
        False,
        [False, False],
    )


def test_files_alone_are_sent_and_named(ftprep: Call, run: str, service: StandIn) -> None:
    told = ftprep("upload", run, "--yes", "--files-only")
    train, validation = service.files
    assert told.out == f"train {train['id']}\nvalidation {validation['id']}\n"
    assert service.jobs == []


def test_a_file_of_ones_own_is_sent(ftprep: Call, run: str, service: StandIn) -> None:
    told = ftprep("upload", f"{run}/openai_chat/train.jsonl", "--model", "gpt-4.1-mini", "--yes")
    assert (told.code, len(service.files), len(service.jobs)) == (0, 1, 1)


def test_without_a_terminal_nothing_is_sent_unasked(ftprep: Call, run: str, service: StandIn) -> None:
    told = ftprep("upload", run)
    assert (told.code, service.log) == (2, [])
    assert told.err == ("ftprep upload: it asks before it sends anything, and nobody can answer here; add --yes\n")


def wrong(ftprep: Call, *arguments: str) -> tuple[object, list[str]]:
    """The exit code, and the lines of errors."""
    told = ftprep("upload", *arguments, "--yes", "--json")
    document = told.document
    errors = [problem for problem in document["problems"] if problem["level"] == "error"]
    places = [":".join(str(part) for part in (p["file"], p["line"]) if part) for p in errors]
    texts = [
        f"{place}: {p['message']}; {p['hint']}" if place else f"{p['message']}; {p['hint']}"
        for p, place in zip(errors, places, strict=True)
    ]
    return told.code, texts


def test_a_file_that_was_changed_since_the_run_is_not_sent(
    ftprep: Call, run: str, service: StandIn, tmp_path: Path
) -> None:
    path = tmp_path / run / "openai_chat" / "train.jsonl"
    path.write_bytes(path.read_bytes().replace(b"and 3", b"and 4"))
    assert wrong(ftprep, run) == (
        1,
        [f"{run}/openai_chat/train.jsonl: the file was changed since the run; make it again with 'ftprep run'"],
    )
    assert service.log == []


def test_a_run_that_is_not_ok_is_not_sent(ftprep: Call, service: StandIn, tmp_path: Path) -> None:
    put(tmp_path, "keys.csv", "Human;AI\nKey?;It is AKIAQ3EGRZ4WTVX7MPLK.\n" * 12)
    put(tmp_path, "keys.yaml", RECIPE.replace("sums", "keys").replace("write:", "check: personal\nwrite:"))
    assert ftprep("run", "keys.yaml").code == 1
    code, texts = wrong(ftprep, "out/keys")
    assert (code, service.log) == (1, [])
    assert texts[0] == (
        "out/keys: the run has findings at error level, so its files are not to be trained on; mend what 'ftprep run' "
        "says, and run it again"
    )
    assert [text.partition(": ")[0] for text in texts[1:]] == ["out/keys/openai_chat/train.jsonl:1"]


CASES = {
    "no run folder": (["sub"], 2, ["sub: is not a run folder (it has no manifest.json of ftprep); name the folder that "
                                   "'ftprep run' wrote"]),
    "no file": (["nowhere.jsonl"], 2, ["nowhere.jsonl: no such file; name the folder of a run, a training file "
                                       "(.jsonl), or the id of a file that the service has"]),
    "an output that is not there": (["out/sums", "--output", "openai_chatt"], 2, [
        "out/sums: has no output 'openai_chatt'; did you mean 'openai_chat'?"]),
    "a validation file for a run": (["out/sums", "--validation", "sums.csv"], 2, [
        "out/sums: a run has its own validation file; leave --validation out, or name a training file"]),
    "an option that is none": (["out/sums", "--option", "epoch=3"], 2, [
        "uploader 'openai' has no option 'epoch'; did you mean 'epochs'?"]),
    "an option of a wrong value": (["out/sums", "--option", "epochs=many"], 2, [
        "uploader 'openai': 'epochs' is a whole number or 'auto' (got 'many'); see 'ftprep plugins info openai'"]),
    "an uploader that is none": (["out/sums", "--via", "opnai"], 2, [
        "unknown uploader 'opnai'; did you mean 'openai'?"]),
    "no service": (["out/sums/openai_chat/train.jsonl", "--model", "my-own"], 2, [
        "which service is meant is not known; name it with --via: azure, openai, store"]),
    "no model": (["out/sums/openai_chat/train.jsonl", "--via", "openai"], 1, [
        "no model is named; name the one to be tuned with --model"]),
    "too dear": (["out/sums", "--max-cost", "0.001"], 1, [
        "the training would cost about 0.01 USD, more than 0.00 (--max-cost); train on less, with fewer epochs, or "
        "allow more"]),
    "a price that is not known": (["out/sums", "--max-cost", "1", "--model", "my-own"], 1, [
        "what the training costs is not known, so it cannot be held under --max-cost; leave --max-cost out, or take a "
        "model whose prices are known"]),
}  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "texts"), CASES.values(), ids=CASES)
def test_what_stands_against_it_is_said_before_anything_is_sent(
    ftprep: Call, run: str, service: StandIn, tmp_path: Path, arguments: list[str], code: int, texts: list[str]
) -> None:
    (tmp_path / "sub").mkdir()
    assert wrong(ftprep, *arguments) == (code, texts)
    assert service.writes == []


def test_of_several_services_one_is_named_and_keeps_its_options(ftprep: Call, service: StandIn, tmp_path: Path) -> None:
    put(tmp_path, "sums.csv", TALKS)
    put(tmp_path, "sums.yaml", f"{RECIPE.replace('  openai:', '  - openai:')}  - store: {{url: shelf}}\n")
    assert ftprep("run", "sums.yaml").code == 0
    code, texts = wrong(ftprep, "out/sums")
    assert (code, texts) == (
        2,
        ["the recipe's 'upload:' names several services; choose one with --via: openai, store"],
    )
    told = ftprep("upload", "out/sums", "--via", "openai", "--yes", "--json")
    assert told.document["result"]["settings"] == {"epochs": 3, "suffix": "sums"}
    told = ftprep("upload", "out/sums", "--via", "store", "--yes")
    assert (told.code, len(list((tmp_path / "shelf").iterdir()))) == (0, 2)


def test_a_model_that_cannot_be_tuned_with_these_files_is_refused(
    ftprep: Call, service: StandIn, tmp_path: Path
) -> None:
    put(tmp_path, "sums.csv", TALKS)
    put(tmp_path, "sums.yaml", RECIPE.replace("write: openai_chat", "write: [openai_chat, {openai_completion: "
                                              "{steps: [dialogue]}}]"))  # fmt: skip
    assert ftprep("run", "sums.yaml").code == 0
    text = "'gpt-4.1-mini' cannot be tuned with files of 'openai_completion'; send files of openai_chat or "
    code, texts = wrong(ftprep, "out/sums", "--output", "openai_completion")
    assert (code, texts, service.log) == (1, [f"{text}openai_preference, or name another model"], [])
    assert ftprep("upload", "out/sums", "--yes").err == (
        "out/sums: has several outputs; choose one with --output: openai_chat, openai_completion\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are made with the pty of Unix")
@pytest.mark.parametrize(("answer", "jobs"), [(b"y\n", 1), (b"\n", 0), (b"n\n", 0)], ids=["yes", "enter", "no"])
def test_on_a_terminal_it_asks_before_anything_is_sent(
    ftprep: Call, run: str, service: StandIn, tmp_path: Path, answer: bytes, jobs: int
) -> None:
    import pty

    answers, terminal = pty.openpty()
    os.write(answers, answer)
    command = [sys.executable, "-m", "ftprep", "upload", run]
    process = subprocess.run(
        command, cwd=tmp_path, stdin=terminal, stderr=terminal, stdout=subprocess.PIPE, check=False, timeout=60
    )
    os.close(terminal)
    asked = os.read(answers, 100_000).decode(errors="replace")
    os.close(answers)
    assert (process.returncode, len(service.jobs)) == (0 if jobs else 1, jobs), asked
    assert asked.count("send this? [y/N] ") == 1
    assert jobs or service.log == []


def test_an_id_that_the_service_has_not_is_said(ftprep: Call, run: str, service: StandIn) -> None:
    code, texts = wrong(ftprep, "file-nowhere", "--model", "gpt-4.1-mini")
    assert (code, service.writes) == (3, [])
    assert texts == [
        f"{service.address.split('/')[2]} has no such thing (404): No such File object: file-nowhere; check the name, "
        "and that the key belongs to the right project"
    ]
