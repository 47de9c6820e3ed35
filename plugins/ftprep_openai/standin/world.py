"""What a stand-in holds: its clock and ids, files, uploads, jobs, models and deployments."""

from __future__ import annotations

import hashlib
import string
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .examine import Examined
    from .job import Job
    from .models import TunedModel

EPOCH = 1_767_600_000
"""Where the virtual clock starts, in seconds since 1970: 2026-01-05 08:00 UTC."""
STEP = 60
"""Seconds of virtual time that a job's step takes."""
ORGANIZATION = "org-standin"
ORGANIZATION_SLUG = "standin"
"""The organisation's name, as it stands in the names of tuned models."""

Profile = Literal["openai", "azure", "compat-minimal"]
Results = Literal["today", "legacy", "classification"]
_ALPHABET = string.digits + string.ascii_letters


@dataclass(frozen=True)
class Settings:
    """How a stand-in behaves; `StandIn` says what each of them means."""

    profile: Profile = "openai"
    wire: frozenset[str] = frozenset()
    results: Results = "today"
    loading: int = 0
    shutdown: dict[str, str | None] = field(default_factory=dict)


@dataclass
class StoredFile:
    """A file of the account."""

    id: str
    path: Path
    bytes: int
    filename: str
    purpose: str
    created_at: int
    expires_at: int | None = None
    examined: Examined | None = None
    """What was found in it; None for a file that is not for training."""


@dataclass
class Upload:
    """An upload in parts."""

    id: str
    bytes: int
    filename: str
    mime_type: str
    purpose: str
    created_at: int
    expires_at: int
    keep: int | None
    """Seconds after which the file expires."""
    status: str = "pending"
    parts: dict[str, Path] = field(default_factory=dict)
    file: StoredFile | None = None


class World:
    """All state. Whoever changes it holds the server's lock."""

    def __init__(self, settings: Settings, folder: Path, start: int = EPOCH) -> None:
        """`folder` takes the files; it is empty, and deleted by the caller."""
        self.settings, self.folder, self.now = settings, folder, start
        self.files: dict[str, StoredFile] = {}
        self.uploads: dict[str, Upload] = {}
        self.jobs: dict[str, Job] = {}
        self.trained: dict[str, StoredFile] = {}
        """Job -> its training file, which it keeps when the file is deleted."""
        self.models: dict[str, TunedModel] = {}
        self.deployments: dict[str, str] = {}
        self._made: Counter[str] = Counter()

    def id(self, prefix: str, length: int = 24) -> str:
        """The next id of a kind: the same at every run."""
        self._made[prefix] += 1
        return prefix + letters(f"{prefix}{self._made[prefix]}", length)

    def wired(self, deviation: str) -> bool:
        """Whether the service's deviation from its own description is wanted."""
        return deviation in self.settings.wire


def letters(seed: str, length: int) -> str:
    """Letters and digits that look random and depend on the seed alone."""
    number = int.from_bytes(hashlib.sha512(seed.encode("utf-8", "surrogatepass")).digest())
    out = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        out.append(_ALPHABET[digit])
    return "".join(out)


def fraction(seed: str) -> float:
    """A number in [0, 1) that looks random and depends on the seed alone."""
    return int.from_bytes(hashlib.sha256(seed.encode("utf-8", "surrogatepass")).digest()[:6]) / (1 << 48)
