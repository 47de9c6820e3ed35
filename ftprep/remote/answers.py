"""What models answered: a cache in the user's state folder, so that a repeated command asks nothing twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from ..errors import OutputError
from ..steps import Answer, Question

FORMAT = 1
"""The version of the table, kept as SQLite's `user_version`, and a part of each key."""
NAME = "answers.sqlite"
"""What the file is called in the state folder."""


def question_key(question: Question, *, place: str = "", sample: int = 0) -> str:
    """The name of a question: equal where model, arguments and shape are, at one `place` (account and address). A
    model that does not always say the same may be asked for several samples (from 0)."""
    arguments = {name: question.arguments[name] for name in sorted(question.arguments)}
    asked = [FORMAT, place, question.model, question.shape, arguments, sample]
    return hashlib.sha256(json.dumps(asked, default=str).encode()).hexdigest()


class Answers:
    """One SQLite file; several threads and programs may use it at once. It holds answers, no questions."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time):
        """Opens it, made where it is not there. Raises OutputError where it cannot be used."""
        self.path, self._now = path, now
        self._lock = threading.RLock()
        self._open = True
        with self._failing():
            self._base = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            (found,) = self._base.execute("pragma user_version").fetchone()
            if found > FORMAT:
                self._base.close()
                raise OutputError("holds the answers of a newer ftprep", hint="update ftprep", file=path.as_posix())
            self._base.execute(
                "create table if not exists answers (key text primary key, answer text not null, at real not null) "
                "without rowid"
            )
            self._base.execute(f"pragma user_version = {FORMAT}")
            path.chmod(0o600)

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets the file go; what a thread still brings is not kept."""
        with self._lock:
            self._open = False
            self._base.close()

    def get(self, key: str) -> Answer | None:
        """The answer to a question of this key."""
        with self._lock, self._failing():
            found = self._base.execute("select answer from answers where key = ?", (key,)).fetchone()
            return msgspec.convert(json.loads(found[0]), Answer) if found else None

    def put(self, key: str, answer: Answer) -> None:
        """Keeps an answer, in place of an earlier one."""
        with self._lock, self._failing():
            if self._open:
                row = (key, json.dumps(msgspec.to_builtins(answer)), self._now())  # which takes half characters too
                self._base.execute("insert or replace into answers values (?, ?, ?)", row)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, msgspec.MsgspecError) as error:
            text, hint = f"the kept answers cannot be used ({error})", "delete the file: all is asked again"
            raise OutputError(text, hint=hint, file=self.path.as_posix()) from error
