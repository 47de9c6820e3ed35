"""A service whose models say what a test lets them say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import ftprep
from ftprep import Answer, Question, Remote, RemoteError, Session
from ftprep.registry import Registry
from ftprep.remote.ledger import Service
from ftprep.remote.link import Link, linked

Say = Callable[[Question], Answer]


def echo(question: Question) -> Answer:
    return Answer(text=f"{question.model}: {asked(question)}")


def asked(question: Question) -> str:
    """What it asks: a prompt, or the last message."""
    said = question.arguments
    return said["prompt"] if "prompt" in said else said["messages"][-1]["content"]


@dataclass
class Voice:
    """What is said, and what was asked; `most` is how many questions were there at a time."""

    say: Say = echo
    questions: list[Question] = field(default_factory=list)
    closed: int = 0
    under_way: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, question: Question) -> Answer:
        with self.lock:
            self.questions.append(question)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        try:
            return self.say(question)
        finally:
            with self.lock:
                self.under_way -= 1


class Speaker(Remote):
    """A connection to a Voice."""

    account = "speaker:test"
    address = "memory"

    def __init__(self, voice: Voice):
        self.voice = voice

    def ask(self, question: Question) -> Answer:
        return self.voice.ask(question)

    def close(self) -> None:
        self.voice.closed += 1


class Mute(Remote):
    """A service that only takes files."""

    account = "mute:test"


def speaker_registry(voice: Voice) -> Registry:
    """The bundled plugins, and the uploaders `speaker` and `mute`."""

    class SpeakerUploader(ftprep.Uploader):
        """Its models can be asked."""

        name = "speaker"

        accent: str = ""
        """How it is said."""

        def connect(self, session: Session) -> Remote:
            return Speaker(voice)

    class MuteUploader(ftprep.Uploader):
        """Its models cannot be asked."""

        name = "mute"

        def connect(self, session: Session) -> Remote:
            return Mute()

    class Plugin:
        @staticmethod
        @ftprep.hookimpl
        def ftprep_uploaders():
            return [SpeakerUploader, MuteUploader]

    registry = Registry.installed()
    registry.add(Plugin, plugin="speaker", dist="speaker", version="1")
    return registry


@dataclass
class Patience:
    """A session that does not wait, and what it would have waited and said."""

    waited: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def session(self, state: str | None = None) -> Session:
        environ = {"FTPREP_STATE_DIR": state} if state is not None else {}
        return Session(environ=environ, now=lambda: 1_000.0, sleep=self.waited.append, say=self.said.append)


@contextmanager
def talking(voice: Voice, name: str = "speaker", patience: Patience | None = None) -> Iterator[Link]:
    """A connection to it."""
    with linked(Service(name), speaker_registry(voice), (patience or Patience()).session()) as link:
        yield link


def busy(text: str = "the model is still loading") -> RemoteError:
    return RemoteError(text, hint="try again later", kind="busy")
