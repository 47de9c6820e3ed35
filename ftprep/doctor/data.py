"""What a file of data is: the reader that reads it, and the step that can make messages of its rows."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ..errors import DataError, RecipeError
from ..example import Row
from ..files import Input
from ..offers import Registered
from ..planning.broken import guarded
from ..planning.sources import reader_for
from ..registry import Registry
from ..steps import Proposal, Rows

SAMPLE = 100
"""Rows that are looked at to find out what a file is."""


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about a file."""

    path: Path
    reader: Registered
    columns: tuple[str, ...]
    step: Registered | None = None
    """The step that makes messages of its rows; None: no installed step knows how."""
    proposal: Proposal | None = None

    @property
    def kind(self) -> str:
        """What such data is called."""
        return self.proposal.kind if self.proposal is not None else "table"


def look_at(path: Path, registry: Registry) -> Data:
    """What a file is, from its first rows. Raises DataError: missing, unreadable, or of no kind that is known."""
    source = Input(path)
    if not path.is_file() and str(path) != "-":
        raise DataError("no such file", hint="check the path", file=path.as_posix())
    reader = reader_for(registry.all("reader"), source)
    if reader is None:
        raise DataError("no reader knows what this is", hint="name the reader in a recipe", file=path.as_posix())
    rows = _first_rows(reader, path)
    if not rows:
        raise DataError("there are no rows in it", hint="check that it is the right file", file=path.as_posix())
    best = max(_proposals(rows, registry), key=lambda found: found[1].sure, default=(None, None))
    return Data(path=path, reader=reader, columns=tuple(rows[0]), step=best[0], proposal=best[1])


def _first_rows(reader: Registered, path: Path) -> list[Row]:
    step = reader.cls(path=path.as_posix())
    rows: list[Row] = []
    with guarded(reader, f"failed on {path.as_posix()}"):
        for block in islice(step.read(Input(path)), SAMPLE):
            rows += block.rows if isinstance(block, Rows) else []
            if len(rows) >= SAMPLE:
                break
    return rows[:SAMPLE]


def _proposals(rows: list[Row], registry: Registry) -> list[tuple[Registered, Proposal]]:
    found = []
    for item in registry.all("transformer"):
        with guarded(item, "failed to propose"):
            proposal = item.cls.propose(rows)
        if proposal is not None:
            found.append((item, proposal))
    return found


def recipe_of(data: Data, writer: str, checks: list[str], model: str | None) -> dict[str, Any]:
    """The recipe that reads the file, makes messages of its rows and looks at them. Raises RecipeError where no step
    knows how."""
    if data.step is None or data.proposal is None:
        columns = ", ".join(data.columns[:8]) + (", …" if len(data.columns) > 8 else "")
        text = f"{data.path.as_posix()}: no installed step knows what to make of the columns {columns}"
        raise RecipeError(text, hint="write a recipe that says it: 'ftprep recipes list' shows some to start from")
    recipe = {
        "version": 1,
        "name": "check",
        "read": {data.reader.name: {"path": data.path.as_posix()}},
        "transform": [{data.step.name: dict(data.proposal.options)}],
        "check": checks,
        "write": [writer],
    }
    return {**recipe, "model": model} if model else recipe
