"""Cleaning up: what there is, whose it is, deleting one thing, and plans for many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shelf as shelves
from shelf import DAY, NOW, Shelf, ShelfRemote, shelf

import ftprep
from ftprep.errors import DataError, FtprepError, OutputError, RecipeError, RemoteError
from ftprep.offers import Registered
from ftprep.registry import Registry
from ftprep.remote.ledger import FileEntry, JobEntry, Ledger, Service
from ftprep.remote.link import Link
from ftprep.remote.purge import PACE, Chosen, apply_purge, load, plan_purge, save
from ftprep.remote.things import Stock, Thing, known
from ftprep.steps import Remote, Session

pytestmark = pytest.mark.files
HERE = Path(shelves.__file__)


def file_entry(path: Path, id_: str, account: str = "acme") -> FileEntry:
    return FileEntry(
        account=account, sha256=f"hash of {id_}", bytes=7, name=f"{id_}.jsonl", id=id_, state="there", at=NOW - DAY,
        service=Service("shelf/shelf", {"state": str(path)}),
    )  # fmt: skip


def job_entry(path: Path, id_: str, tuned: str | None = None) -> JobEntry:
    return JobEntry(
        key=f"key of {id_}", account="acme", fingerprint=f"print of {id_}", id=id_, state="there", status="succeeded",
        model="base", tuned_model=tuned, sha256="hash", source="/runs/support", output="chat", at=NOW - DAY,
        service=Service("shelf/shelf", {"state": str(path)}),
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """It knows two files, a job whose model it has not heard of, and one whose model it has."""
    path = tmp_path / "shelf.json"
    with Ledger(tmp_path / "ledger.sqlite") as made:
        for id_ in ("file-train", "file-run", "file-new"):
            made.keep_file(file_entry(path, id_))
        made.keep_job(job_entry(path, "job-1"))
        made.keep_job(job_entry(path, "job-0", "ft:base:acme:a:1"))
        yield made


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def stock(tmp_path: Path, ledger: Ledger, naps: list[float]) -> Callable[..., Stock]:
    """Puts a shelf up and connects to it."""

    def make(**more: Any) -> Stock:
        path = shelf(tmp_path / "shelf.json", **more)
        origin = Registered("uploader", "shelf", Shelf, "shelf", "", "")
        session = Session(environ={}, now=lambda: NOW, sleep=naps.append)
        return Stock(Link(origin, Shelf(state=str(path)), session), ledger)

    return make


def state(stock: Stock) -> dict[str, Any]:
    assert isinstance(stock.link.remote, ShelfRemote)
    return stock.link.remote.state


def whose(things: list[Thing]) -> dict[str, bool]:
    return {thing.id: thing.ours for thing in things}


def test_the_ledger_alone_tells_what_was_sent_from_here(ledger: Ledger) -> None:
    assert [(thing.kind, thing.id) for thing in known(ledger)] == [
        ("file", "file-train"),
        ("file", "file-run"),
        ("file", "file-new"),
        ("job", "job-0"),
        ("job", "job-1"),
        ("model", "ft:base:acme:a:1"),
    ]
    assert known(ledger, "somebody else") == []


def test_what_a_job_of_ours_left_is_ours_too(stock: Callable[..., Stock]) -> None:
    found = stock()
    assert whose(found.things("file")) == {
        "file-run": True,
        "file-new": True,
        "file-train": True,
        "file-res": True,
        "file-other": False,
    }
    assert whose(found.things("model")) == {
        "ft:base:acme:a:1": True,
        "ft:base:acme:b:2": True,
        "ft:base:other:x:3": False,
    }
    assert whose(found.things("job")) == {"job-2": False, "job-1": True}
    assert {thing.id: thing.source for thing in found.things("model")}["ft:base:acme:b:2"] == "/runs/support"


def test_the_results_of_a_job_stay_ours_when_its_model_is_deleted(stock: Callable[..., Stock]) -> None:
    found = stock()
    assert [one.outcome for one in apply_purge(plan_purge(found, Chosen(kind="model", job="job-1"), NOW), found)] == [
        "deleted"
    ]
    later = plan_purge(Stock(found.link, found.ledger), Chosen(kind="file", results=True), NOW)
    assert [item.id for item in later.items] == ["file-train", "file-res"]


@pytest.fixture
def delete(tmp_path: Path, ledger: Ledger, stock: Callable[..., Stock]) -> Callable[..., Any]:
    """`ftprep.delete` with a shelf as it is given."""

    def call(id_: str, *, on_shelf: dict[str, Any] | None = None, **options: Any) -> Any:
        stock(**on_shelf or {})
        session = Session(environ={}, now=lambda: NOW)
        return ftprep.delete(id_, registry=Registry.installed(files=[HERE]), ledger=ledger, session=session, **options)

    return call


@pytest.mark.parametrize(
    ("id_", "options"),
    [
        pytest.param("file-train", {}, id="a file"),
        pytest.param("ft:base:acme:b:2", {}, id="a model that only the job's id tells to be ours"),
        pytest.param("file-other", {"foreign": True}, id="somebody else's file"),
        pytest.param("ft:base:other:x:3", {"foreign": True}, id="somebody else's model"),
        pytest.param("ft:base:acme:a:1", {"force": True}, id="a model in use, by force"),
    ],
)
def test_one_thing_is_deleted(
    delete: Callable[..., Any], id_: str, options: dict[str, bool], tmp_path: Path, ledger: Ledger
) -> None:
    assert delete(id_, **options).outcome == "deleted"
    assert ShelfRemote(tmp_path / "shelf.json").state["writes"] == [f"delete {id_}"]
    assert id_ not in [thing.id for thing in known(ledger)]


REFUSED = [
    pytest.param(
        "file-other",
        "the ledger does not know 'file-other': it was not sent from here; if it is to be deleted all the same, say "
        "--foreign (and --via NAME for its service)",
        id="not sent from here",
    ),
    pytest.param(
        "file-run",
        "the file 'file-run' is in use by the job job-2, which has not ended; wait for it, end it with 'ftprep jobs "
        "cancel job-2', or say --force",
        id="a file in use",
    ),
    pytest.param(
        "ft:base:acme:a:1",
        "the model 'ft:base:acme:a:1' is in use by the job job-2, which has not ended; wait for it, end it with "
        "'ftprep jobs cancel job-2', or say --force",
        id="a model in use",
    ),
    pytest.param(
        "job-1",
        "'job-1' is a job, and jobs cannot be deleted; end it with 'ftprep jobs cancel job-1'; its files and its model "
        "can be deleted",
        id="a job",
    ),
]


@pytest.mark.parametrize(("id_", "line"), REFUSED)
def test_what_must_not_be_deleted_is_refused_and_nothing_is_changed(
    delete: Callable[..., Any], id_: str, line: str, tmp_path: Path
) -> None:
    with pytest.raises(RecipeError) as refused:
        delete(id_)
    assert str(refused.value) == line
    assert ShelfRemote(tmp_path / "shelf.json").state["writes"] == []


def test_another_account_is_refused(delete: Callable[..., Any]) -> None:
    with pytest.raises(RecipeError) as refused:
        delete("file-train", on_shelf={"account": "initech"})
    assert str(refused.value) == (
        "'file-train' belongs to the account acme, and this is initech; use a key of that account, or say --foreign "
        "where this is another key of it"
    )
    assert delete("file-train", on_shelf={"account": "initech"}, foreign=True).outcome == "deleted"


def test_what_a_service_forbids_is_its_own_line(delete: Callable[..., Any], ledger: Ledger) -> None:
    with pytest.raises(RemoteError) as refused:
        delete("ft:base:acme:b:2", on_shelf={"forbidden": ["ft:base:acme:b:2"]})
    assert str(refused.value) == "deleting needs the role Owner; ask an owner of the organisation"


def test_a_dry_run_changes_nothing(delete: Callable[..., Any], tmp_path: Path, ledger: Ledger) -> None:
    assert delete("file-train", dry_run=True).outcome == "planned"
    assert ShelfRemote(tmp_path / "shelf.json").state["writes"] == []
    assert "file-train" in [thing.id for thing in known(ledger)]


@pytest.mark.parametrize(
    ("id_", "options"),
    [
        pytest.param("file-train", {}, id="ours"),
        pytest.param("nothing", {"foreign": True}, id="anybody's"),
    ],
)
def test_what_is_gone_already_is_no_error(
    delete: Callable[..., Any], id_: str, options: dict[str, bool], ledger: Ledger
) -> None:
    assert delete(id_, on_shelf={"files": []}, **options).outcome == "gone"
    assert delete(id_, on_shelf={"files": []}, **options).outcome == "gone"
    assert id_ not in [thing.id for thing in known(ledger)]


def test_a_model_that_is_gone_is_noted(delete: Callable[..., Any], ledger: Ledger) -> None:
    for _ in range(2):
        assert delete("ft:base:acme:a:1", on_shelf={"models": []}).outcome == "gone"
    assert "ft:base:acme:a:1" not in [thing.id for thing in known(ledger)]


def test_several_accounts_in_the_ledger_are_told_apart_by_the_user(ledger: Ledger, delete: Callable[..., Any]) -> None:
    ledger.keep_file(file_entry(Path("elsewhere"), "file-x", account="initech"))
    with pytest.raises(RecipeError) as refused:
        delete("file-other", foreign=True)
    assert str(refused.value) == "the ledger knows several accounts: acme, initech; name one with --via"


PLANS = [
    pytest.param(Chosen(kind="file"), ["file-train"], id="files"),
    pytest.param(Chosen(kind="file", older_than=0), ["file-new", "file-train"], id="files of the last day, too"),
    pytest.param(Chosen(kind="file", results=True), ["file-train", "file-res"], id="results, too"),
    pytest.param(Chosen(kind="file", foreign=True), ["file-train", "file-other"], id="foreign files, too"),
    pytest.param(Chosen(kind="file", older_than=20 * DAY, foreign=True), ["file-other"], id="old files"),
    pytest.param(Chosen(kind="file", match="a-*"), ["file-train"], id="files of such a name"),
    pytest.param(Chosen(kind="file", job="job-1", results=True), ["file-train", "file-res"], id="files of a job"),
    pytest.param(Chosen(kind="model"), ["ft:base:acme:b:2"], id="models"),
    pytest.param(Chosen(kind="model", foreign=True, older_than=8 * DAY), ["ft:base:acme:b:2"], id="old models"),
    pytest.param(Chosen(kind="model", foreign=True, match="*:other:*"), ["ft:base:other:x:3"], id="foreign models"),
    pytest.param(Chosen(kind="model", job="job-1"), ["ft:base:acme:b:2"], id="the model of a job"),
]


@pytest.mark.parametrize(("chosen", "ids"), PLANS)
def test_a_plan_lists_what_is_chosen(stock: Callable[..., Stock], chosen: Chosen, ids: list[str]) -> None:
    found = stock()
    assert [item.id for item in plan_purge(found, chosen, NOW).items] == ids
    assert state(found)["writes"] == []


def test_a_plan_says_why_others_are_kept(stock: Callable[..., Stock]) -> None:
    assert plan_purge(stock(), Chosen(kind="file"), NOW).kept == {
        "in use by a job that has not ended": 1,
        "younger than 1 day": 1,
        "results of a training": 1,
        "not sent from here": 1,
    }


def test_a_plan_for_a_job_that_is_not_there_is_refused(stock: Callable[..., Stock]) -> None:
    with pytest.raises(RecipeError) as refused:
        plan_purge(stock(), Chosen(kind="file", job="job-9"), NOW)
    assert str(refused.value) == "the account has no job 'job-9'; see 'ftprep remote list jobs'"


def test_a_plan_is_the_same_when_it_is_read_again(stock: Callable[..., Stock], tmp_path: Path) -> None:
    plan = plan_purge(stock(), Chosen(kind="file", foreign=True), NOW)
    save(plan, tmp_path / "plan.json")
    assert load(tmp_path / "plan.json") == plan
    with pytest.raises(OutputError) as refused:
        save(plan, tmp_path / "plan.json")
    path = (tmp_path / "plan.json").as_posix()
    assert str(refused.value) == f"{path}: is there already; name another file with --out"


def edited(text: str) -> str:
    return text.replace('"file-train"', '"file-other"')


@pytest.mark.parametrize(
    ("change", "line"),
    [
        pytest.param(
            edited,
            "the plan was changed after it was written; make a new plan with 'ftprep remote plan'",
            id="edited",
        ),
        pytest.param(
            lambda text: text.replace('"format": 1', '"format": 2'),
            "a plan of a newer ftprep (0.1.0); update ftprep",
            id="newer",
        ),
        pytest.param(
            lambda text: "[]",
            "this is no plan for deleting (Expected `object`, got `array`); make a new plan with 'ftprep remote plan'",
            id="no plan",
        ),
    ],
)
def test_a_plan_that_cannot_be_trusted_is_refused(
    stock: Callable[..., Stock], tmp_path: Path, change: Callable[[str], str], line: str
) -> None:
    path = tmp_path / "plan.json"
    save(plan_purge(stock(), Chosen(kind="file"), NOW), path)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    with pytest.raises(DataError) as refused:
        load(path)
    assert str(refused.value) == f"{path.as_posix()}: {line}"


def test_a_plan_that_is_not_there_is_a_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        load(tmp_path / "plan.json")
    path = (tmp_path / "plan.json").as_posix()
    line = "no such file or directory; name the file that 'ftprep remote plan' wrote"
    assert str(refused.value) == f"{path}: {line}"


def test_a_plan_is_applied_one_by_one_and_goes_on_after_an_error(
    stock: Callable[..., Stock], naps: list[float], ledger: Ledger
) -> None:
    found = stock()
    plan = plan_purge(found, Chosen(kind="file", foreign=True, results=True, older_than=0), NOW)
    assert [item.id for item in plan.items] == ["file-new", "file-train", "file-res", "file-other"]
    runs = [{"id": "job-3", "status": "queued", "model": "base", "validation_file": "file-other"}]
    files = [file for file in state(found)["files"] if file["id"] != "file-res"]
    later = stock(jobs=runs, files=files, forbidden=["file-new"])
    done = [(one.thing.id, one.outcome, one.error) for one in apply_purge(plan, later)]
    assert done == [
        ("file-new", "failed", "deleting needs the role Owner; ask an owner of the organisation"),
        ("file-train", "deleted", ""),
        ("file-res", "gone", ""),
        ("file-other", "failed", "in use by the job job-3, which has not ended"),
    ]
    assert state(later)["writes"] == ["delete file-new", "delete file-train"]
    assert naps == [PACE]
    assert [thing.id for thing in known(ledger) if thing.kind == "file"] == ["file-run", "file-new"]


def test_a_plan_for_another_account_is_refused(stock: Callable[..., Stock]) -> None:
    plan = plan_purge(stock(), Chosen(kind="file"), NOW)
    with pytest.raises(FtprepError) as refused:
        list(apply_purge(plan, stock(account="initech")))
    assert str(refused.value) == (
        "the plan is for the account acme, and this is initech; use a key of that account, or make a new plan"
    )


class Poor(Remote):
    """A service that cannot delete."""

    account = "acme"


def test_a_service_that_cannot_delete_is_told_before_anything_is_asked(ledger: Ledger) -> None:
    class PoorShelf(Shelf):
        def connect(self, session: Session) -> Remote:
            return Poor()

    origin = Registered("uploader", "shelf", PoorShelf, "shelf", "", "")
    with pytest.raises(RemoteError) as refused:
        plan_purge(Stock(Link(origin, PoorShelf(state=""), Session(environ={})), ledger), Chosen(kind="model"), NOW)
    line = "'shelf' has no way to delete models; use what the service itself offers for it"
    assert str(refused.value) == line


def test_outcomes_are_plain_json(stock: Callable[..., Stock]) -> None:
    from ftprep.remote.purge import as_json

    found = stock()
    done = list(apply_purge(plan_purge(found, Chosen(kind="model"), NOW), found))
    assert msgspec.json.decode(msgspec.json.encode(as_json(done))) == [
        {"kind": "model", "id": "ft:base:acme:b:2", "name": "base", "outcome": "deleted", "error": ""}
    ]
