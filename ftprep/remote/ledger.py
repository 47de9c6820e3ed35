"""The ledger: which files and jobs were sent where, so that nothing is sent twice, by whomever it was interrupted."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec

from ..errors import OutputError
from ..steps import Session
from .state import state_folder

NAME = "ledger.sqlite"
FORMAT = 1
"""The version of the tables, kept as SQLite's `user_version`."""
_TABLES = """
create table if not exists files (
    account text not null, sha256 text not null, bytes integer not null, name text not null, id text,
    state text not null, service text not null, at real not null, primary key (account, sha256));
create table if not exists jobs (
    key text not null, account text not null, fingerprint text not null, id text, state text not null,
    status text not null, model text not null, tuned_model text, sha256 text not null, source text not null,
    output text not null, service text not null, at real not null, primary key (account, key));
create table if not exists shown (account text not null, job text not null, event text not null,
    primary key (account, job, event)) without rowid;
"""
FileState = Literal["sending", "there", "deleted"]
JobState = Literal["starting", "there", "deleted"]


class Service(msgspec.Struct, frozen=True):
    """An uploader as the ledger keeps it: its qualified name and its options, which hold no secret."""

    name: str
    options: dict[str, Any] = {}


class FileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was sent, or was about to be."""

    account: str
    sha256: str
    bytes: int
    name: str
    id: str | None
    state: FileState
    service: Service
    at: float
    """Seconds since 1970."""


class JobEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was started, or was about to be."""

    key: str
    account: str
    fingerprint: str
    """Of all that decides what is trained."""
    id: str | None
    state: JobState
    status: str
    """As it was seen last."""
    model: str
    tuned_model: str | None
    sha256: str
    """Of the training file."""
    source: str
    """The run folder, or the training file, that it was started from."""
    output: str
    """Which output of the run; empty for a file."""
    service: Service
    at: float


class Ledger:
    """One SQLite file in the user's state folder; several programs may use it at once."""

    def __init__(self, path: Path):
        """Opens it, made where it is not there. Raises OutputError where it cannot be used."""
        self.path = path
        self._lock = threading.RLock()
        try:
            self._base = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            self._base.row_factory = sqlite3.Row
            (found,) = self._base.execute("pragma user_version").fetchone()
            if found > FORMAT:
                self._base.close()
                raise OutputError("is the ledger of a newer ftprep", hint="update ftprep", file=path.as_posix())
            self._base.executescript(_TABLES)
            self._base.execute(f"pragma user_version = {FORMAT}")
            path.chmod(0o600)
        except (sqlite3.Error, OSError) as error:
            hint = "move it away (what was sent is then looked up at the service), or check the disk"
            raise OutputError(f"the ledger cannot be used ({error})", hint=hint, file=path.as_posix()) from error

    def close(self) -> None:
        """Lets the file go."""
        self._base.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def file(self, account: str, sha256: str) -> FileEntry | None:
        """The file of this content, unless it was deleted."""
        return next(self._files("account = ? and sha256 = ? and state != 'deleted'", account, sha256), None)

    def files(self, account: str | None = None) -> list[FileEntry]:
        """All files that are there, the newest first."""
        where = "state = 'there'" + (" and account = ?" if account is not None else "")
        return list(self._files(f"{where} order by at desc", *([account] if account is not None else [])))

    def keep_file(self, entry: FileEntry) -> None:
        """Writes an entry, in place of an earlier one of this content."""
        self._put("files", entry)

    def deleted_file(self, id_: str) -> FileEntry | None:
        """A file that was deleted from here."""
        return next(self._files("state = 'deleted' and id = ? order by at desc", id_), None)

    def forget_file(self, account: str, id_: str) -> None:
        """Notes that a file is gone there."""
        self._do("update files set state = 'deleted' where account = ? and id = ?", account, id_)

    def job(self, id_: str, account: str | None = None) -> JobEntry | None:
        """The job of this id."""
        where = "id = ?" + (" and account = ?" if account is not None else "")
        return next(self._jobs(f"{where} order by at desc", id_, *([account] if account is not None else [])), None)

    def jobs(self, account: str | None = None, fingerprint: str | None = None) -> list[JobEntry]:
        """All jobs, or those of an account, or with these contents; the newest first."""
        asked = {"account": account, "fingerprint": fingerprint}
        named = {name: value for name, value in asked.items() if value is not None}
        where = " and ".join(["state != 'deleted'", *(f"{name} = ?" for name in named)])
        return list(self._jobs(f"{where} order by at desc, rowid desc", *named.values()))

    def keep_job(self, entry: JobEntry) -> None:
        """Writes an entry, in place of an earlier one of this key."""
        self._put("jobs", entry)

    def forget_job(self, account: str, key: str) -> None:
        """Takes out a job that was never there."""
        self._do("delete from jobs where account = ? and key = ?", account, key)

    def model(self, name: str) -> JobEntry | None:
        """The job that made a model."""
        return next(self._jobs("tuned_model = ? order by at desc", name), None)

    def shown(self, account: str, job: str) -> set[str]:
        """The events of a job that somebody has seen."""
        with self._failing():
            found = self._base.execute("select event from shown where account = ? and job = ?", (account, job))
            return {event for (event,) in found}

    def keep_shown(self, account: str, job: str, events: Iterable[str]) -> None:
        """Notes events that were shown."""
        with self._lock, self._failing():
            self._base.executemany("insert or ignore into shown values (?, ?, ?)", [(account, job, e) for e in events])

    def _files(self, where: str, *values: Any) -> Iterator[FileEntry]:
        yield from (msgspec.convert(row, FileEntry) for row in self._rows("files", where, values))

    def _jobs(self, where: str, *values: Any) -> Iterator[JobEntry]:
        yield from (msgspec.convert(row, JobEntry) for row in self._rows("jobs", where, values))

    def _rows(self, table: str, where: str, values: Iterable[Any]) -> list[dict[str, Any]]:
        with self._failing():
            rows = self._base.execute(f"select * from {table} where {where}", tuple(values)).fetchall()
        return [{**dict(row), "service": msgspec.json.decode(row["service"])} for row in rows]

    def _put(self, table: str, entry: FileEntry | JobEntry) -> None:
        row = {**msgspec.structs.asdict(entry), "service": msgspec.json.encode(entry.service).decode()}
        names = ", ".join(row)
        holes = ", ".join("?" * len(row))
        self._do(f"insert or replace into {table} ({names}) values ({holes})", *row.values())

    def _do(self, command: str, *values: Any) -> None:
        with self._lock, self._failing():
            self._base.execute(command, values)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            hint = "check the disk, and that no other program holds it"
            raise OutputError(f"the ledger cannot be used ({error})", hint=hint, file=self.path.as_posix()) from error


@contextmanager
def ledger_of(session: Session, given: Ledger | None = None) -> Iterator[Ledger]:
    """The ledger that is given, or the user's own, which is closed at the end. Raises OutputError."""
    if given is not None:
        yield given
        return
    with Ledger(state_folder(session.environ) / NAME) as own:
        yield own
