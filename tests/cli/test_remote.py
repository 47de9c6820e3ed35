"""`ftprep remote`: what it lists, asks, deletes and says."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftprep.registry import Registry
from ftprep.remote.ledger import FileEntry, JobEntry, Ledger, Service

from .conftest import Call, Told

pytestmark = pytest.mark.files

SHELF = Path(__file__).parents[1] / "remote" / "shelf.py"
NOW = 1_800_000_000.0
MODEL = "ft:base:acme:b:2"


@pytest.fixture
def remote(ftprep: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Calls `ftprep remote` with a shelf for a service, and a ledger that knows a file and a job of it."""
    monkeypatch.setenv("FTPREP_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "state").mkdir()
    service = Service("shelf/shelf", {"state": "shelf.json"})
    with Ledger(tmp_path / "state" / "ledger.sqlite") as ledger:
        ledger.keep_file(
            FileEntry(
                account="acme", sha256="1", bytes=12_345, name="a-train.jsonl", id="file-train", state="there",
                service=service, at=NOW,
            )
        )  # fmt: skip
        ledger.keep_job(
            JobEntry(
                key="k", account="acme", fingerprint="f", id="job-1", state="there", status="succeeded", model="base",
                tuned_model=MODEL, sha256="1", source="/runs/a", output="chat", service=service, at=NOW,
            )
        )  # fmt: skip
    put_up(tmp_path)

    def call(*arguments: str) -> Told:
        return ftprep("remote", *arguments, "--plugin", str(SHELF))

    return call


def put_up(folder: Path, **more: Any) -> None:
    state: dict[str, Any] = {
        "account": "acme",
        "files": [
            {"id": "file-train", "name": "a-train.jsonl", "bytes": 12_345, "created": NOW - 9e5},
            {"id": "file-other", "name": "\x1b[31mc.jsonl", "bytes": 1, "created": NOW - 9e6},
        ],
        "jobs": [{"id": "job-1", "status": "succeeded", "model": "base", "tuned_model": MODEL}],
        "models": [{"name": MODEL, "tuned": True, "created": NOW}, {"name": "base"}],
        "forbidden": [],
        "writes": [],
    }
    (folder / "shelf.json").write_text(json.dumps({**state, **more}), encoding="utf-8", newline="\n")


def writes(folder: Path) -> list[str]:
    found: list[str] = json.loads((folder / "shelf.json").read_text(encoding="utf-8"))["writes"]
    return found


LEDGER = """\
file   file-train        a-train.jsonl             12.3 kB  2027-01-15  acme
job    job-1             base           succeeded           2027-01-15  acme
model  ft:base:acme:b:2  base                               2027-01-15  acme
"""
ALL = """\
file   file-train        a-train.jsonl               12.3 kB  2027-01-04  acme  yours
file   file-other        \\x1b[31mc.jsonl              1 byte  2026-10-03  acme  foreign
job    job-1             base             succeeded                       acme  yours
model  ft:base:acme:b:2  base                                 2027-01-15  acme  yours
"""


def test_the_list_is_that_of_the_ledger(remote: Callable[..., Told]) -> None:
    assert remote("list") == (0, LEDGER, "")
    assert remote("list", "jobs") == (0, "job  job-1  base  succeeded    2027-01-15  acme\n", "")


def test_with_foreign_it_is_all_that_the_account_has(remote: Callable[..., Told]) -> None:
    told = remote("list", "--foreign")
    assert told == (0, ALL, "")
    mine = {thing["id"]: thing["ours"] for thing in remote("list", "files", "--foreign", "--json").document["result"]}
    assert mine == {"file-train": True, "file-other": False}


def test_a_service_that_is_named_is_asked_for_what_is_ours(remote: Callable[..., Told]) -> None:
    told = remote("list", "files", "--via", "shelf", "--option", "state=shelf.json")
    assert told == (0, "file  file-train  a-train.jsonl    12.3 kB  2027-01-04  acme\n", "")


def test_an_empty_ledger_is_said(remote: Callable[..., Told], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPREP_STATE_DIR", "elsewhere")
    assert remote("list") == (0, "the ledger knows no files, jobs or models\n", "")
    assert remote("list", "models") == (0, "the ledger knows no models\n", "")
    names = Registry.installed(files=[SHELF]).names("uploader")
    assert remote("list", "--foreign") == (
        2,
        "",
        f"which service is meant is not known; name it with --via: {', '.join(names)}\n",
    )


def test_a_file_is_deleted(remote: Callable[..., Told], tmp_path: Path) -> None:
    line = "deleted: file file-train (a-train.jsonl, 12.3 kB)\n"
    assert remote("delete", "file-train", "--yes") == (0, line, "")
    assert writes(tmp_path) == ["delete file-train"]
    assert remote("delete", "file-train", "--yes") == (0, "file-train is not there any more; nothing to delete\n", "")
    assert writes(tmp_path) == ["delete file-train"]


def test_a_model_is_deleted_by_its_full_name(remote: Callable[..., Told], tmp_path: Path) -> None:
    told = remote("delete", MODEL, "--confirm", MODEL, "--json")
    assert (told.code, told.document["result"]["outcome"]) == (0, "deleted")
    assert writes(tmp_path) == [f"delete {MODEL}"]
    assert remote("list", "models").out == "the ledger knows no models\n"


REFUSED = [
    pytest.param(
        ["file-train"],
        "nobody can be asked whether to delete file file-train (a-train.jsonl, 12.3 kB); say --yes",
        id="a file, and nobody is asked",
    ),
    pytest.param(
        [MODEL, "--yes"],
        f"deleting the model '{MODEL}' takes more than --yes, for it may not be made again; say --confirm {MODEL}",
        id="a model with --yes alone",
    ),
    pytest.param(
        [MODEL, "--confirm", "ft:base"],
        f"'ft:base' is not the model's full name, '{MODEL}'; nothing was deleted",
        id="a model by half its name",
    ),
    pytest.param(
        ["file-other", "--yes"],
        "the ledger does not know 'file-other': it was not sent from here; if it is to be deleted all the same, say "
        "--foreign (and --via NAME for its service)",
        id="somebody else's file",
    ),
]


@pytest.mark.parametrize(("arguments", "line"), REFUSED)
def test_what_is_not_confirmed_is_not_deleted(
    remote: Callable[..., Told], tmp_path: Path, arguments: list[str], line: str
) -> None:
    assert remote("delete", *arguments) == (2, "", f"{line}\n")
    assert writes(tmp_path) == []


def test_a_dry_run_says_what_would_be_deleted(remote: Callable[..., Told], tmp_path: Path) -> None:
    assert remote("delete", MODEL, "--dry-run") == (0, f"would be deleted: model {MODEL}\n", "")
    assert writes(tmp_path) == []


def test_what_the_service_forbids_leaves_with_3(remote: Callable[..., Told], tmp_path: Path) -> None:
    put_up(tmp_path, forbidden=[MODEL])
    line = "deleting needs the role Owner; ask an owner of the organisation\n"
    assert remote("delete", MODEL, "--confirm", MODEL) == (3, "", line)
    assert remote("list", "models").out.startswith(f"model  {MODEL}")


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("arguments", "typed", "left", "question"),
    [
        pytest.param(
            ["delete", "file-train"],
            "y",
            ["delete file-train"],
            "delete file file-train (a-train.jsonl, 12.3 kB) from acme? [y/N] ",
            id="a file, yes",
        ),
        pytest.param(
            ["delete", "file-train"],
            "n",
            [],
            "delete file file-train (a-train.jsonl, 12.3 kB) from acme? [y/N] nothing was deleted\n",
            id="a file, no",
        ),
        pytest.param(
            ["delete", MODEL],
            MODEL,
            [f"delete {MODEL}"],
            f"to delete the model for good, type its full name ({MODEL}): ",
            id="a model",
        ),
    ],
)
def test_a_terminal_is_asked(
    remote: Callable[..., Told],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    typed: str,
    left: list[str],
    question: str,
) -> None:
    asked = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(f"{typed}\n"))
    monkeypatch.setattr("sys.stderr", asked)
    assert remote(*arguments).code == 0
    assert (asked.getvalue(), writes(tmp_path)) == (question, left)


PLANNED = """\
file-train  a-train.jsonl    12.3 kB  2027-01-04  yours
file-other  \\x1b[31mc.jsonl   1 byte  2026-10-03  foreign
2 files of acme to be deleted
plan.json: apply it with 'ftprep remote apply'
"""
APPLIED = """\
deleted: file file-train (a-train.jsonl)
deleted: file file-other (\\x1b[31mc.jsonl)
"""


def test_all_files_are_planned_and_then_deleted(remote: Callable[..., Told], tmp_path: Path) -> None:
    assert remote("plan", "files", "--foreign", "--older-than", "0d", "--out", "plan.json") == (0, PLANNED, "")
    assert writes(tmp_path) == []
    assert remote("apply", "plan.json", "--dry-run").out == PLANNED.rpartition("plan.json")[0]
    line = "nobody can be asked whether to delete 2 files; say --confirm 2\n"
    assert remote("apply", "plan.json") == (2, "", line)
    assert remote("apply", "plan.json", "--confirm", "3") == (
        2,
        "",
        "the plan lists 2 files, not 3; nothing was deleted\n",
    )
    assert writes(tmp_path) == []
    assert remote("apply", "plan.json", "--confirm", "2") == (0, "2 deleted\n", APPLIED)
    assert writes(tmp_path) == ["delete file-train", "delete file-other"]
    told = remote("apply", "plan.json", "--confirm", "2")
    assert (told.code, told.out) == (0, "2 was gone\n")


def test_all_models_are_planned_and_then_deleted(remote: Callable[..., Told], tmp_path: Path) -> None:
    assert remote("plan", "models", "--out", "plan.json").out == (
        f"{MODEL}  base    2027-01-15  yours\n1 model of acme to be deleted\n"
        "plan.json: apply it with 'ftprep remote apply'\n"
    )
    assert remote("apply", "plan.json", "--confirm", "1", "--json").document["result"] == {
        "planned": 1,
        "deletions": [{"kind": "model", "id": MODEL, "name": "base", "outcome": "deleted", "error": ""}],
    }


def test_where_one_fails_the_exit_code_says_that_it_was_done_in_part(
    remote: Callable[..., Told], tmp_path: Path
) -> None:
    put_up(tmp_path, forbidden=["file-train"])
    remote("plan", "files", "--foreign", "--older-than", "0d", "--out", "plan.json")
    told = remote("apply", "plan.json", "--confirm", "2")
    assert (told.code, told.out) == (3, "1 deleted, 1 not deleted\n")
    assert told.err == (
        "not deleted: file file-train (a-train.jsonl): deleting needs the role Owner; ask an owner of the "
        "organisation\ndeleted: file file-other (\\x1b[31mc.jsonl)\n"
    )


def test_nothing_to_delete_is_no_error(remote: Callable[..., Told]) -> None:
    told = remote("plan", "files", "--match", "zzz", "--out", "plan.json")
    assert told.out == "0 files of acme to be deleted\nplan.json: apply it with 'ftprep remote apply'\n"
    assert remote("apply", "plan.json") == (0, "0 files of acme to be deleted\n", "")


def test_an_age_that_is_none_is_one_line(remote: Callable[..., Told]) -> None:
    assert remote("plan", "files", "--older-than", "old", "--out", "plan.json").err == (
        "ftprep remote plan: --older-than: 'old' is no length of time such as 7d, 12h, 30m or 2w; see 'ftprep remote "
        "plan --help'\n"
    )
