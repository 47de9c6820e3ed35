"""A service for tests of cleaning up, all of it in one JSON file; also a plugin file for the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

import ftprep
from ftprep import Remote, RemoteError, RemoteFile, RemoteJob, RemoteModel, Session, Uploader

FTPREP_API = 1
NOW = 1_800_000_000.0
"""2027-01-15 08:00:00 UTC."""
DAY = 86_400.0


class ShelfRemote(Remote):
    """What stands on the shelf; each request that changes something is noted."""

    def __init__(self, path: Path):
        self.path = path
        self.account = str(self.state["account"])
        self.address = "http://127.0.0.1/shelf"

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = msgspec.json.decode(self.path.read_bytes())
        return state

    def files(self) -> Iterable[RemoteFile]:
        return [msgspec.convert(file, RemoteFile) for file in self.state["files"]]

    def file(self, id_: str) -> RemoteFile:
        found = next((file for file in self.files() if file.id == id_), None)
        if found is None:
            raise RemoteError(f"no such file: {id_}", kind="missing")
        return found

    def jobs(self, key: str | None = None) -> Iterable[RemoteJob]:
        return [msgspec.convert(job, RemoteJob) for job in self.state["jobs"]]

    def models(self) -> Iterable[RemoteModel]:
        return [msgspec.convert(model, RemoteModel) for model in self.state["models"]]

    def delete_file(self, id_: str) -> None:
        self._delete("files", "id", id_)

    def delete_model(self, name: str) -> None:
        self._delete("models", "name", name)

    def _delete(self, kind: str, key: str, value: str) -> None:
        state = self.state
        state["writes"].append(f"delete {value}")
        if value not in state["forbidden"]:
            state[kind] = [one for one in state[kind] if one[key] != value]
        self.path.write_bytes(msgspec.json.encode(state))
        if value in state["forbidden"]:
            raise RemoteError("deleting needs the role Owner", hint="ask an owner of the organisation")


class Shelf(Uploader):
    """A shelf."""

    name: ClassVar[str] = "shelf"

    state: str
    """The file that is the shelf."""

    def connect(self, session: Session) -> Remote:
        """The shelf."""
        return ShelfRemote(Path(self.state))


def shelf(path: Path, **more: Any) -> Path:
    """A shelf with two files of a job that has ended, one of a job that runs, and models."""
    state: Mapping[str, Any] = {
        "account": "acme",
        "files": [
            _file("file-run", "b-train.jsonl", 2, 5_000_000),
            _file("file-new", "a-new.jsonl", 0.5, 999),
            _file("file-train", "a-train.jsonl", 9, 12_345),
            _file("file-res", "step_metrics.csv", 8, 700, "fine-tune-results"),
            _file("file-other", "c.jsonl", 30, 1),
        ],
        "jobs": [
            {"id": "job-2", "status": "running", "model": "ft:base:acme:a:1", "training_file": "file-run"},
            {"id": "job-1", "status": "succeeded", "model": "base", "training_file": "file-train",
             "tuned_model": "ft:base:acme:b:2", "result_files": ["file-res"]},
        ],
        "models": [
            {"name": "base"},
            {"name": "ft:base:acme:a:1", "tuned": True, "created": NOW - 40 * DAY},
            {"name": "ft:base:acme:b:2", "tuned": True, "created": NOW - 8 * DAY},
            {"name": "ft:base:other:x:3", "tuned": True, "created": NOW - 7 * DAY},
        ],
        "forbidden": [],
        "writes": [],
    }  # fmt: skip
    path.write_bytes(msgspec.json.encode({**state, **more}))
    return path


def _file(id_: str, name: str, days: float, size: int, purpose: str = "fine-tune") -> dict[str, Any]:
    return {"id": id_, "name": name, "created": NOW - days * DAY, "bytes": size, "purpose": purpose}


@ftprep.hookimpl
def ftprep_uploaders() -> list[type[Uploader]]:
    return [Shelf]
