"""What is told of one line, drop or row: plain data, for people, for JSON and for programs."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ..errors import Problem

Content = dict[str, Any]
"""What an example holds: `fields`, `messages`, and what else is not empty."""


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """One source row, as it was read."""

    place: str
    cells: dict[str, Any]
    used: tuple[str, ...] = ()
    """Columns whose text stands in the written line."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one step made of the example."""

    step: str
    output: str | None = None
    """None: the step is for all outputs."""
    changed: bool = False
    made: int = 1
    """How many examples the step made of the one before it."""
    example: Content | None = None
    """The example after it; None where it is the same."""


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a source row: a written line, or a line of dropped.jsonl."""

    place: str
    """`openai_chat/train.jsonl:17`."""
    source: str
    """All rows that it was made of."""
    step: str = ""
    """For a drop: the step that dropped it, and why."""
    output: str | None = None
    reason: str = ""
    detail: str = ""


class Told(msgspec.Struct, kw_only=True):
    """The way of one place: a written line, a drop, or a row of the input."""

    asked: str
    """The place as the run folder, or the input, has it: `openai_chat/train.jsonl:17`."""
    kind: Literal["line", "drop", "row"]
    source: str
    """Where it comes from: `data/support.csv:205-209`."""
    split: str | None = None
    why: str = ""
    """Why it stands in this split."""
    rows: list[Cells] = []
    steps: list[Change] = []
    written: Any = None
    """The line as it is written; for a drop, its content."""
    drop: Fate | None = None
    fates: list[Fate] = []
    """For a row: all that it became."""
    same: bool | None = None
    """Whether what was replayed is what was written, byte for byte."""
    problems: list[Problem] = []
    """What was changed since the run."""
