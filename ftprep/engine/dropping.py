"""`dropped.jsonl`: every row or example that was not used, with its place, step, reason and content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from ..template import as_text
from .part import Lost, Unit


class DroppedFile:
    """The file, open while the run goes on."""

    def __init__(self, path: Path):
        self.path = path
        self.lines = 0
        self._bytes = 0
        self._sha = hashlib.sha256()

    def __enter__(self) -> DroppedFile:
        self._file = self.path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, unit: Unit, lost: Sequence[Lost]) -> None:
        """Adds drops of one unit, in the order given."""
        if not lost:
            return
        data = b"".join(line_of(unit, one) for one in lost)
        self.lines += len(lost)
        self._bytes += len(data)
        self._sha.update(data)
        self._file.write(data)

    def facts(self) -> dict[str, Any]:
        """Lines, bytes and sha256, for the manifest."""
        return {"lines": self.lines, "bytes": self._bytes, "sha256": self._sha.hexdigest()}


def line_of(unit: Unit, lost: Lost) -> bytes:
    """What stands in the file of one that was lost: a line with its newline."""
    entry: dict[str, Any] = {"source": str(unit.place(lost.first, lost.last)), "step": lost.step}
    if lost.output is not None:
        entry["output"] = lost.output
    entry["reason"] = lost.reason
    if lost.detail:
        entry["detail"] = lost.detail
    entry["content"] = lost.content
    try:
        return msgspec.json.encode(entry) + b"\n"
    except (UnicodeEncodeError, TypeError, ValueError):
        return msgspec.json.encode(_writable(entry)) + b"\n"


def _writable(value: Any) -> Any:
    """The value with half characters shown as escapes, and what JSON cannot say as text."""
    if isinstance(value, dict):
        return {_writable(str(key)): _writable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_writable(inner) for inner in value]
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return as_text(str(value))
