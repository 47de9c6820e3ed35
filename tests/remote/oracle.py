"""A service that answers questions, for tests of `generate`; also a plugin file for the command line."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import ClassVar

import ftprep
from ftprep import Answer, Question, Remote, RemoteError, Session, Uploader

FTPREP_API = 1
_LOCK = threading.Lock()


class OracleRemote(Remote):
    """It notes what it is asked, a line each."""

    account = "delphi"
    address = "http://127.0.0.1/oracle"

    def __init__(self, log: Path):
        self.log = log

    def ask(self, question: Question) -> Answer:
        prompt = str(question.arguments["messages"][-1]["content"])
        with _LOCK, self.log.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{prompt}\n")
        if "refuse" in prompt:
            raise RemoteError("the oracle is silent", hint="ask something else")
        if "interrupt" in prompt:
            raise KeyboardInterrupt
        finish = "length" if "long" in prompt else "stop"
        return Answer(text=f" <{prompt}>\n", finish=finish, tokens=(1000, 500))


class Oracle(Uploader):
    """An oracle."""

    name: ClassVar[str] = "oracle"

    log: str = "asked.txt"
    """The file of what it was asked."""

    def connect(self, session: Session) -> Remote:
        """The oracle."""
        return OracleRemote(Path(self.log))


@ftprep.hookimpl
def ftprep_uploaders() -> list[type[Uploader]]:
    return [Oracle]
