"""From the example that a service complains about to the row of the input that it was made of."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..lineage import place_of
from ..steps import RemoteJob, Split
from .ledger import JobEntry
from .training import run_of

_ONE = re.compile(r"\b(example|line|row)\b[\s:#]*(\d+)\b(?!\s*example)", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(example|line|row)s\b[\s:#]*(\d+(?:\s*(?:,|and)\s*(?:and\s+)?\d+)*)", re.IGNORECASE)
_MOST = 10
"""Places that are told; services name a few, or thousands."""


def pointed(message: str) -> list[tuple[str, int]]:
    """The examples that a message names, counted from 1, each with its word: `Example 100, message 2 …`, `Line 13`,
    `Flagged lines: 4, 13`."""
    found = [(match.start(), match[1], [match[2]]) for match in _ONE.finditer(message)]
    found += [(match.start(), match[1], re.findall(r"\d+", match[2])) for match in _SEVERAL.finditer(message)]
    pairs = [(word.lower(), int(number)) for _, word, numbers in sorted(found) for number in numbers]
    return list(dict.fromkeys(pair for pair in pairs if pair[1] > 0))


def places(job: RemoteJob, entry: JobEntry | None) -> list[str]:
    """`example 100 is data/support.csv:205` for each example that the job's error names, as far as it is known."""
    named = pointed(job.error)
    if not named or entry is None:
        return []
    split = _split(job.error)
    rows = _Rows(entry, split)
    told = [f"{word} {number} is {place}" for word, number in named[:_MOST] if (place := rows.place(number))]
    return [*told, f"and {len(named) - _MOST:,} more"] if told and len(named) > _MOST else told


def examples_of(entry: JobEntry) -> int | None:
    """How many examples the training file has, where its run folder still tells."""
    found = _of_run(entry)
    return found[1].get("lines") if found is not None else None


def _split(message: str) -> Split:
    """Which file a message is about: it is the training file, unless only the other one is named."""
    text = message.lower()
    return "validation" if "validation" in text and "training" not in text else "train"


class _Rows:
    """The rows behind the lines of a file that was sent."""

    def __init__(self, entry: JobEntry, split: Split):
        self._folder: Path | None = None
        self._file: Path | None = None
        if (found := _of_run(entry)) is not None:
            self._folder, self._output, self._split = found[0], found[2], split
        elif split == "train" and _sha256(Path(entry.source)) == entry.sha256:
            self._file = Path(entry.source)

    def place(self, number: int) -> str:
        """The place of a line, from 1; empty where it is not known."""
        if self._folder is not None:
            return str(place_of(self._folder, self._output, self._split, number) or "")
        return f"{self._file}:{number}" if self._file is not None else ""


def _of_run(entry: JobEntry) -> tuple[Path, dict[str, Any], str] | None:
    """The run folder, if it still has what was sent, with the facts of the training file and the output's name."""
    source = Path(entry.source)
    try:
        folder, manifest = run_of(source.parent if source.is_file() else source)
    except DataError:
        return None
    for name, facts in manifest.get("outputs", {}).items():
        if facts.get("sha256") == entry.sha256:
            return folder, facts, Path(name).parent.as_posix()
    return None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
