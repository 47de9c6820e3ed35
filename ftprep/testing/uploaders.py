"""Rules of uploaders: what a connection does before anything is sent, and what becomes of a file that is sent."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ..errors import FtprepError, Problem, RemoteError
from ..steps import Remote, RemoteFile, Session, Upload, Uploader
from .rules import rule, short
from .sending import UNKNOWN, Life, lived
from .trying import Tried, attempt
from .watch import Seen, watching

CANARY = "canary-0d1f7c9e-never-shown"
"""Stands in for every secret; it must not come out anywhere."""
_SECRET = ("key", "secret", "token", "password")
"""Words in the names of options that may hold a secret."""


class UploaderCase:
    """An Uploader. Without a session it is given a made-up secret for every variable that its options name (`…_env`),
    and nothing is sent; with one, a file is."""

    def __init__(self, step: Uploader, session: Session | None = None):
        self.step, self.session = step, session
        self.variables = sorted(set(_variables(step.model_dump(mode="json"))))
        self.environ: Mapping[str, str] = (
            session.environ if session is not None else dict.fromkeys(self.variables, CANARY)
        )
        self.said: list[str] = []
        """What it told people."""
        self._made: list[Remote] = []

    def close(self) -> None:
        """Lets all connections go."""
        for remote in self._made:
            remote.close()

    @property
    def secrets(self) -> list[str]:
        """What must not be shown."""
        return [self.environ[name] for name in self.variables if self.environ.get(name)]

    def connect(self, environ: Mapping[str, str], outside: Mapping[str, str]) -> Tried:
        """A connection where the session knows one environment, and the process has another."""
        given = self.session or Session(sleep=lambda seconds: None)
        session = Session(environ=environ, now=given.now, sleep=given.sleep, say=self.said.append, sent=given.sent)
        known = {name: outside[name] for name in self.variables if name in outside}
        with patch.dict(os.environ, known):
            for name in set(self.variables) - set(known):
                os.environ.pop(name, None)
            made = attempt(self.step.connect, session)
        self._made += [made.value] if isinstance(made.value, Remote) else []
        return made

    @cached_property
    def connection(self) -> tuple[Tried, dict[str, Tried], Seen]:
        """The connection, what it says of itself, and what was done beside."""
        with watching() as seen:
            made = self.connect(self.environ, self.environ)
            facts = {
                "account": attempt(lambda: made.value.account),
                "address": attempt(lambda: made.value.address),
                "about": attempt(lambda: list(made.value.about())),
                "warnings": attempt(lambda: list(made.value.warnings())),
            }
        return made, facts if isinstance(made.value, Remote) else {}, seen

    @cached_property
    def refused(self) -> tuple[Tried, Seen]:
        """What put made of a file that is not there, and what it did beside."""
        with tempfile.TemporaryDirectory() as folder, watching() as seen:
            file = Upload(
                path=Path(folder, "missing.jsonl"), name="missing.jsonl", bytes=3, sha256="0" * 64, split="train"
            )
            return attempt(lambda: self.connection[0].value.put(file)), seen

    @cached_property
    def life(self) -> Life | None:
        """What became of a file, where one may be sent."""
        remote = self.connection[0].value
        if self.session is None or not isinstance(remote, Remote):
            return None
        return lived(remote)


def _variables(options: Any) -> Iterator[str]:
    """The variables that options name, however deep."""
    if isinstance(options, dict):
        for name, value in options.items():
            if str(name).endswith("_env") and isinstance(value, str) and value:
                yield value
            yield from _variables(value)


@rule("uploader")
def connects(case: UploaderCase) -> Iterator[str]:
    """connect gives a Remote with an account, the same each time, and an address; about gives lines of text, and
    warnings gives Problems."""
    made, facts, _ = case.connection
    if not isinstance(made.value, Remote):
        yield f"connect gave {short(made.error or made.value)}"
        return
    wanted: dict[str, type] = {"account": str, "address": str, "about": str, "warnings": Problem}
    for name, kind in wanted.items():
        value = facts[name].value
        if facts[name].error is not None or not all(isinstance(one, kind) for one in _several(value)):
            yield f"{name} gave {short(facts[name].error or value)}"
    account = facts["account"].value
    again = attempt(lambda: case.connect(case.environ, case.environ).value.account).value
    if not account or again != account:
        yield f"account is {short(account)}, and then {short(again)}"


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@rule("uploader")
def connects_offline(case: UploaderCase) -> Iterator[str]:
    """connect, about and warnings open no connection and write no file: nothing is sent unasked."""
    seen = case.connection[2]
    yield from (f"it opened a connection to {address}" for address in seen.connections)
    yield from (f"it wrote or removed the file {path}" for path in seen.files)


@rule("uploader")
def put_refuses(case: UploaderCase) -> Iterator[str]:
    """put raises an FtprepError for a file that is not there, before it opens a connection."""
    if not isinstance(case.connection[0].value, Remote):
        return
    put, seen = case.refused
    if not isinstance(put.error, FtprepError):
        yield f"it gave {short(put.error or put.value)}"
    yield from (f"it opened a connection to {address}" for address in seen.connections)


@rule("uploader")
def secrets_from_session(case: UploaderCase) -> Iterator[str]:
    """Secrets are read from session.environ alone; where one is missing there, connect raises a RemoteError that names
    the variable, or goes without."""
    bare = case.connect({}, {})
    if bare.error is not None:
        named = any(name in str(bare.error) for name in case.variables)
        if not isinstance(bare.error, RemoteError) or not named:
            yield f"without {', '.join(case.variables) or 'any variable'} it raised {short(bare.error)}"
        if case.connect({}, case.environ).error is None:
            yield "it took what only os.environ has"


@rule("uploader")
def secrets_stay(case: UploaderCase) -> Iterator[str]:
    """No secret shows in what an uploader and its connection are, tell, print, or raise; options name the variable that
    holds it."""
    made, facts, seen = case.connection
    shown = {
        "repr": repr(case.step),
        "the options": case.step.model_dump_json(),
        "the error of connect": f"{made.error!r}",
        "repr of the connection": repr(made.value),
        **{name: f"{tried.value!r} {tried.error!r}" for name, tried in facts.items()},
        "what it printed": seen.printed,
    }
    if isinstance(made.value, Remote):
        put, later = case.refused
        shown |= {"the error of put": repr(put.error), "what put printed": later.printed, "its words": repr(case.said)}
    if case.life is not None:
        shown["what became of a file"] = repr(vars(case.life))
    yield from (f"it shows in {where}" for where, text in shown.items() if any(one in text for one in case.secrets))
    for name in type(case.step).model_fields:
        if any(word in name for word in _SECRET) and not name.endswith("_env"):
            yield f"option '{name}' holds a secret itself; call it {name}_env"


@rule("uploader")
def files_arrive(case: UploaderCase) -> Iterator[str]:
    """put gives a RemoteFile with an id; files lists it, file tells of it, and fetch gives its bytes."""
    if (life := case.life) is None:
        return
    made = life.put.value
    if not isinstance(made, RemoteFile) or not made.id:
        yield f"put gave {short(life.put.error or made)}"
        return
    if life.files is not None and made.id not in (listed := _ids(life.files)):
        yield f"put gave {made.id}, and files lists {short(life.files.error or listed)}"
    told, fetched = life.told[made.id], life.fetched[made.id]
    size = getattr(told and told.value, "bytes", None)
    if told is not None and (getattr(told.value, "id", "") != made.id or size not in (None, len(life.content))):
        yield f"file gave {short(told.error or told.value)} of a file of {len(life.content)} bytes"
    if fetched is not None and fetched.value != life.content:
        yield f"fetch gave {short(fetched.error or fetched.value)}"


def _ids(listed: Tried) -> list[str]:
    return [getattr(file, "id", "") for file in listed.value or []]


@rule("uploader")
def put_twice(case: UploaderCase) -> Iterator[str]:
    """put takes a file that is there already: it gives that one, or another."""
    if (life := case.life) is not None and not isinstance(life.again.value, RemoteFile):
        yield f"the second put gave {short(life.again.error or life.again.value)}"


@rule("uploader")
def unknown_is_missing(case: UploaderCase) -> Iterator[str]:
    """file, fetch and job raise a RemoteError of the kind "missing" for an id that nothing has."""
    for what, tried in (case.life.unknown if case.life is not None else {}).items():
        error = tried and tried.error
        if tried is not None and not (isinstance(error, RemoteError) and error.kind == "missing"):
            kind = f" of the kind {short(error.kind)}" if isinstance(error, RemoteError) else ""
            yield f"{what}({UNKNOWN!r}) gave {short(error or tried.value)}{kind}"


@rule("uploader")
def deletes(case: UploaderCase) -> Iterator[str]:
    """A file that delete_file deleted is no longer among files."""
    if (life := case.life) is None:
        return
    for id_, tried in life.deleted.items():
        if tried is not None and tried.error is not None:
            yield f"delete_file({id_!r}) raised {short(tried.error)}"
        elif tried is not None and life.left is not None and id_ in _ids(life.left):
            yield f"files still lists {id_}"
