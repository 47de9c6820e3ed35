"""`ftprep remote` and `ftprep generate` at the stand-in for a service: whole lives, as a user calls them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ftprep_openai.standin import StandIn

from .conftest import Call, Told, put

pytestmark = pytest.mark.files

CANARY = "sk-canary-4711"
RECIPE = """\
version: 1
name: talk
model: gpt-4.1-mini
read: {csv: {path: rows.csv, delimiter: ","}}
transform:
  - generate: {into: said, prompt: "Say {word}.", model: gpt-4.1-mini, params: {max_tokens: 50}}
  - chat: {user: "{word}", assistant: "{said}"}
write: openai_chat
"""


@pytest.fixture
def server() -> Iterator[StandIn]:
    with StandIn(keys={CANARY: "owner", "sk-member": "member"}) as made:
        yield made


@pytest.fixture
def call(ftprep: Call, server: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    """Calls the command line with a key, where a recipe of 12 rows lies; the key never comes out."""
    monkeypatch.setenv("FTPREP_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("OPENAI_BASE_URL", server.address)
    put(tmp_path, "rows.csv", "word\n" + "".join(f"word {n}\n" for n in range(12)))
    put(tmp_path, "talk.yaml", RECIPE)

    def call(*arguments: str, key: str = CANARY) -> Told:
        monkeypatch.setenv("OPENAI_API_KEY", key)
        told = ftprep(*arguments)
        assert CANARY not in told.out + told.err
        return told

    return call


def result(told: Told) -> object:
    assert told.code == 0, told.err or told.out
    return json.loads(told.out)["result"]


def test_from_generated_answers_to_a_model_that_is_deleted(
    call: Callable[..., Told], server: StandIn, tmp_path: Path
) -> None:
    assert call("run", "talk.yaml").code == 2
    assert call("generate", "talk.yaml", "--yes").out == "generated.jsonl: 12 answers added\n"
    assert call("run", "talk.yaml").code == 0
    assert call("upload", "out/talk", "--yes").code == 0
    (file,), (job,) = server.files, server.jobs
    used = call("remote", "delete", str(file["id"]), "--yes")
    assert used.code == 2
    assert used.err.splitlines()[-1] == (
        f"the file '{file['id']}' is in use by the job {job['id']}, which has not ended; wait for it, end it with "
        f"'ftprep jobs cancel {job['id']}', or say --force"
    )
    server.finish()
    (model,) = server.models
    assert [(thing["kind"], thing["ours"]) for thing in result(call("remote", "list", "--foreign", "--json"))] == [  # type: ignore[attr-defined]
        ("file", True), ("file", True), ("job", True), ("model", True),
    ]  # fmt: skip
    call("remote", "plan", "files", "--older-than", "0d", "--results", "--out", "files.json")
    assert call("remote", "apply", "files.json", "--confirm", "2").out == "2 deleted\n"
    call("remote", "plan", "models", "--out", "models.json")
    assert call("remote", "apply", "models.json", "--confirm", "1").out == "1 deleted\n"
    assert (server.files, server.models) == ([], [])
    assert (
        call("remote", "delete", model, "--confirm", model).out == f"{model} is not there any more; nothing to delete\n"
    )
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in content for content in written)


def test_a_key_without_the_role_is_told_who_can_delete_models(call: Callable[..., Told], server: StandIn) -> None:
    call("generate", "talk.yaml", "--yes")
    call("run", "talk.yaml")
    assert call("upload", "out/talk", "--yes", key="sk-member").code == 0
    server.finish()
    (model,) = server.models
    before = list(server.writes)
    assert call("remote", "delete", model, "--dry-run", key="sk-member").out == f"would be deleted: model {model}\n"
    assert server.writes == before
    told = call("remote", "delete", model, "--confirm", model, key="sk-member")
    assert (told.code, told.out) == (3, "")
    assert told.err.splitlines()[-1].endswith(
        "only somebody with the role Owner in the organisation can delete its models: use an owner's key"
    )
    other = call("remote", "delete", model, "--confirm", model)
    assert other.code == 2
    assert other.err.splitlines()[-1].endswith(
        "; use a key of that account, or say --foreign where this is another key of it"
    )
    assert call("remote", "delete", model, "--confirm", model, "--foreign").out == f"deleted: model {model}\n"
    assert server.models == []


FAULTS = {
    "an answer that is lost": {"do": "reset_after"},
    "a moment too busy": {"do": "rate_limit", "headers": {"Retry-After": "0"}},
    "a server that fails once": {"do": "server_error"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_deletion_outlives_faults(call: Callable[..., Told], server: StandIn, fault: dict[str, object]) -> None:
    put(Path(), "rows.jsonl", "".join(f'{{"prompt": "{n}", "completion": " {n}"}}\n' for n in range(12)))
    assert call("upload", "rows.jsonl", "--model", "babbage-002", "--files-only", "--yes").code == 0
    (file,) = server.files
    server.fail({"match": "DELETE /v1/files", **fault})
    told = call("remote", "delete", str(file["id"]), "--yes")
    assert (told.code, told.out[: len("deleted: file")]) == (0, "deleted: file")
    assert server.files == []
    assert call("remote", "list").out == "the ledger knows no files, jobs or models\n"
