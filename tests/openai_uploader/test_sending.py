"""Sending files, looking at them, and taking them away."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from reaching import Patient, reach, refusal, told, upload

from ftprep import RemoteError
from ftprep_openai.standin.server import StandIn

pytestmark = pytest.mark.files
LARGE = {"in_parts_above": 2, "part_size": 1}


def megabytes(number: float) -> bytes:
    line = b'{"prompt": "' + b"p" * 960 + b'", "completion": "c"}'
    return (line.ljust(999) + b"\n") * int(number * 1000)


def test_a_file_arrives_as_it_is_under_the_name_it_is_given(server: StandIn, tmp_path: Path) -> None:
    session, file = Patient(), upload(tmp_path)
    remote = reach(server, session)
    sent = remote.put(file)
    assert (sent.name, sent.bytes, sent.purpose, sent.error) == (file.name, file.bytes, "fine-tune", "")
    assert server.content(sent.id) == file.path.read_bytes()
    assert sum(session.counted) == file.bytes
    assert remote.file(sent.id) == sent
    assert remote.files() == [sent]


def test_files_are_listed_the_newest_first_and_deleted_one_by_one(server: StandIn, tmp_path: Path) -> None:
    remote = reach(server)
    first, second = (remote.put(upload(tmp_path, name=f"train-{n}.jsonl")) for n in "12")
    assert [file.id for file in remote.files()] == [second.id, first.id]
    remote.delete_file(first.id)
    assert [file.id for file in remote.files()] == [second.id]
    assert refusal(remote.delete_file, first.id).kind == "missing"


@pytest.mark.parametrize("days", [None, 3])
def test_a_file_is_deleted_after_as_many_days_as_are_asked_for(
    openai: StandIn, tmp_path: Path, days: int | None
) -> None:
    reach(openai, expires_after=days).put(upload(tmp_path))
    [file] = openai.files
    expires = file.get("expires_at")
    assert expires is None if days is None else expires - file["created_at"] == 3 * 24 * 60 * 60


def test_a_large_file_goes_in_parts(openai: StandIn, tmp_path: Path) -> None:
    session, file = Patient(), upload(tmp_path, megabytes(2.5))
    sent = reach(openai, session, **LARGE).put(file)
    assert (sent.name, sent.bytes) == (file.name, file.bytes)
    assert openai.content(sent.id) == file.path.read_bytes()
    assert [path.rpartition("/")[2] for path in openai.writes] == ["uploads", "parts", "parts", "parts", "complete"]
    assert sum(session.counted) == file.bytes


def test_a_service_without_parts_gets_a_large_file_whole(tmp_path: Path) -> None:
    file = upload(tmp_path, megabytes(2.5))
    with StandIn(profile="compat-minimal") as server:
        sent = reach(server, **LARGE).put(file)
        assert server.content(sent.id) == file.path.read_bytes()


@pytest.mark.parametrize("fault", ["reset_before", "reset_in_body", "reset_after", "server_error", "html"])
def test_a_part_that_got_no_answer_is_sent_again_alone(openai: StandIn, tmp_path: Path, fault: str) -> None:
    openai.fail({"match": "POST .*/parts$", "do": fault, "after_skip": 1})
    session, file = Patient(), upload(tmp_path, megabytes(2.5))
    sent = reach(openai, session, **LARGE).put(file)
    assert openai.content(sent.id) == file.path.read_bytes()
    assert len([path for path in openai.writes if path.endswith("/parts")]) == 4
    assert session.waited == [0.5]
    assert sum(session.counted) <= 2 * file.bytes


@pytest.mark.parametrize("match", ["/parts$", "/complete$"])
def test_an_upload_that_fails_is_cancelled(openai: StandIn, tmp_path: Path, match: str) -> None:
    openai.fail({"match": match, "do": "status", "status": 400, "times": None})
    error = refusal(reach(openai, **LARGE).put, upload(tmp_path, megabytes(2.5)))
    assert told(error) == (
        "HOST refused the request (400): The stand-in was asked to answer with status 400; correct what it says",
        "FT607",
        "refused",
    )
    assert set(openai.uploads.values()) == {"cancelled"}
    assert openai.files == []


@pytest.mark.parametrize(("fault", "there"), [("reset_before", 0), ("reset_after", 1), ("invalid_json", 1)])
def test_a_last_step_whose_answer_is_lost_leaves_a_whole_file_or_none(
    openai: StandIn, tmp_path: Path, fault: str, there: int
) -> None:
    openai.fail({"match": "/complete$", "do": fault})
    file, remote = upload(tmp_path, megabytes(2.5)), reach(openai, **LARGE)
    assert refusal(remote.put, file).kind == "lost"
    assert [(found.name, found.bytes) for found in remote.files()] == [(file.name, file.bytes)] * there
    assert set(openai.uploads.values()) == {"completed" if there else "cancelled"}


def test_an_upload_that_is_interrupted_is_cancelled(openai: StandIn, tmp_path: Path) -> None:
    def interrupt(count: int) -> None:
        raise KeyboardInterrupt

    remote = reach(openai, Patient(sent=interrupt), **LARGE)
    with pytest.raises(KeyboardInterrupt):
        remote.put(upload(tmp_path, megabytes(2.5)))
    assert set(openai.uploads.values()) == {"cancelled"}


@pytest.mark.parametrize("fault", ["reset_before", "reset_in_body", "reset_after", "reset_in_answer", "server_error"])
def test_a_file_that_got_no_answer_is_not_sent_again_by_itself(openai: StandIn, tmp_path: Path, fault: str) -> None:
    openai.fail({"match": "POST /v1/files$", "do": fault})
    session = Patient()
    error = refusal(reach(openai, session).put, upload(tmp_path))
    assert (error.kind, error.problems[0].code, session.waited) == ("lost", "FT605", [])
    assert openai.writes == ["POST /v1/files"]


def test_a_file_that_arrives_cut_off_is_an_error_and_taken_away(openai: StandIn, tmp_path: Path) -> None:
    remote, file = reach(openai), upload(tmp_path)
    kept = remote.put(file)
    body = {"id": kept.id, "object": "file", "bytes": 7, "created_at": 1, "filename": "x", "purpose": "fine-tune"}
    openai.fail({"match": "POST /v1/files$", "do": "status", "status": 200, "body": body})
    with pytest.raises(RemoteError) as caught:
        remote.put(file)
    line = f"{file.path.as_posix()}: {file.bytes:,} bytes were sent and 7 arrived at HOST; send it again"
    assert told(caught.value) == (line, "FT605", "refused")
    assert openai.files == []


def test_a_file_that_is_not_there_is_said(openai: StandIn, tmp_path: Path) -> None:
    file = upload(tmp_path)
    file.path.unlink()
    line = f"{file.path.as_posix()} cannot be read: No such file or directory; check the path"
    assert told(refusal(reach(openai).put, file)) == (line, "FT607", "refused")


def test_memory_stays_small_whatever_a_file_has(openai: StandIn, tmp_path: Path) -> None:
    file = upload(tmp_path, megabytes(12))
    remote = reach(openai, in_parts_above=2, part_size=8)
    remote.models()  # what is imported and kept at the first request
    tracemalloc.start()
    remote.put(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000  # with the server's own pieces


@pytest.mark.parametrize(
    ("fault", "line", "code", "kind"),
    [
        ("html", "HOST failed (502) with a web page; try again later", "FT605", "lost"),
        ("reset_in_answer", "HOST broke the connection off; try again later", "FT605", "lost"),
        ("server_error", "HOST failed (500): The server had an error while processing your request. Sorry about that!; "
         "try again later", "FT605", "lost"),
        ("status", "HOST has no such thing (404): The stand-in was asked to answer with status 404; check the name, "
         "and that the key belongs to the right project", "FT606", "missing"),
    ],
)  # fmt: skip
def test_results_that_do_not_come_whole_are_an_error(
    openai: StandIn, tmp_path: Path, fault: str, line: str, code: str, kind: str
) -> None:
    remote = reach(openai)
    file = remote.put(upload(tmp_path))
    openai.fail({"match": "/content$", "do": fault, "status": 404})
    assert told(refusal(remote.fetch, file.id)) == (line, code, kind)
    assert remote.fetch(file.id) == openai.content(file.id)


def test_files_for_other_things_are_not_listed(openai: StandIn, tmp_path: Path) -> None:
    other = {"id": "file-x", "object": "file", "bytes": 1, "created_at": 1, "filename": "x", "purpose": "batch"}
    mine = {**other, "id": "file-y", "purpose": "fine-tune-results"}
    body = {"object": "list", "data": [other, mine], "has_more": False}
    openai.fail({"match": "GET /v1/files", "do": "status", "status": 200, "body": body, "times": None})
    assert [file.id for file in reach(openai).files()] == ["file-y"]
