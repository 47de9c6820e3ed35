"""What a file of data is: the reader that reads it, how, and the step that can make messages of its rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from ..errors import DataError, RecipeError, did_you_mean
from ..example import Finding, Row
from ..files import Input
from ..offers import Registered
from ..planning.broken import guarded
from ..planning.sources import export_of, reader_for
from ..registry import Registry
from ..steps import Proposal, Rows, Survey

SAMPLE = 100
"""Rows that are looked at to find out what a file is."""


class Data(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What was found out about a file, or about rows handed in from Python."""

    name: str
    """How messages call it."""
    path: str = ""
    source: Input | None = None
    inputs: tuple[Input, ...] = ()
    """The files that are read: it itself, or those in a folder or zip."""
    frame: Any = None
    """Rows from Python, in place of a file."""
    reader: Registered | None = None
    options: Mapping[str, Any] = {}
    """What the reader has to be told, beside the path."""
    why: tuple[str, ...] = ()
    """What the reader's options go by."""
    findings: tuple[Finding, ...] = ()
    """What is to be said of the file as such."""
    rows: tuple[Row, ...] = ()
    """The first ones."""
    step: Registered | None = None
    """The step that makes messages of its rows; None: no installed step knows how."""
    proposal: Proposal | None = None
    rules: Registered | None = None
    """The step that knows what a service refuses of such rows."""
    rows_kind: str = ""
    """What the rules call rows of this kind, where they know any."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the first row."""
        return tuple(self.rows[0]) if self.rows else ()

    @property
    def kind(self) -> str:
        """What such data is called."""
        return self.proposal.kind if self.proposal is not None else "table"


def look_at(path: Path, registry: Registry, *, service: str | None = None, stdin: BinaryIO | None = None) -> Data:
    """What a file is, from a survey of it and its first rows; the path `-` is standard input. `service` names whose
    rules are to be held (the `rules_of` of a step); None: those that the rows look like.

    Raises DataError: missing, unreadable, empty or of no kind that is known; RecipeError for an unknown service.
    """
    return _understood(opened(path, registry, stdin=stdin), registry, service)


def opened(path: Path, registry: Registry, *, stdin: BinaryIO | None = None) -> Data:
    """How a file is read, and its first rows, whatever they are for. Raises DataError as `look_at` does."""
    source = Input(path, stdin=stdin)
    reader, inputs = _read_by(source, registry)
    with guarded(reader, f"failed to survey {source.name}"):
        survey = reader.cls.survey(inputs[0])
    rows = _first_rows(reader, source, inputs, survey)
    if not rows:
        raise DataError("there are no rows in it", hint="check that it is the right file", file=source.name)
    return Data(
        name=source.name,
        path=source.path.as_posix(),
        source=source,
        inputs=inputs,
        reader=reader,
        options=survey.options,
        why=survey.why,
        findings=survey.findings,
        rows=tuple(rows),
    )


def look_at_rows(data: Any, registry: Registry, *, service: str | None = None) -> Data:
    """The same for a data frame, or an iterable of mappings. Raises DataError where there are none."""
    reader = next((item for item in registry.all("reader") if item.cls.takes(data)), None)
    if reader is None:
        data = list(data)
        rows = [dict(row) for row in data[:SAMPLE]]
    else:
        with guarded(reader, "failed on the data"):
            rows = _some(reader.cls.read_data(data))
    if not rows:
        raise DataError("there are no rows in it", hint="hand in some", file="data")
    return _understood(Data(name="data", frame=data, rows=tuple(rows)), registry, service)


def _understood(data: Data, registry: Registry, service: str | None) -> Data:
    proposals = _proposals(data.rows, registry)
    makers = [found for found in proposals if found[0].cls.rules_of is None]
    step, proposal = max(makers, key=lambda found: found[1].sure, default=(None, None))
    kind = proposal.kind if proposal is not None else ""
    # rows of another kind may look so, too: any table may have a column 'text'
    like = [found for found in proposals if found[0].cls.rules_of and found[1].kind == kind]
    if service is None:
        rules, _ = max(like, key=lambda found: found[1].sure, default=(None, None))
    else:
        named = _rules_of(service, registry)
        table = data.reader is None or data.reader.cls.fixed_columns  # whose rows are still to be made training rows
        rules = None if table and not any(item is named for item, _ in proposals) else named
    known = kind if any(item is rules for item, _ in like) else ""
    return msgspec.structs.replace(data, step=step, proposal=proposal, rules=rules, rows_kind=known)


def _rules_of(service: str, registry: Registry) -> Registered:
    known = {item.cls.rules_of: item for item in registry.all("transformer") if item.cls.rules_of is not None}
    if service not in known:
        raise RecipeError(f"--format: '{service}' is not known", hint=did_you_mean(service, list(known)))
    return known[service]


def _read_by(source: Input, registry: Registry) -> tuple[Registered, tuple[Input, ...]]:
    """The reader, and the files it reads."""
    if str(source.path) != "-" and (found := export_of(registry.all("reader"), source)) is not None:
        return found[0], tuple(found[1])
    source.head(1)  # or what cannot be read is not known
    reader = reader_for(registry.all("reader"), source, looking=True)
    if reader is None:
        raise DataError("no reader knows what this is", hint="name the reader in a recipe", file=source.name)
    return reader, (source,)


def _first_rows(reader: Registered, source: Input, inputs: Sequence[Input], survey: Survey) -> list[Row]:
    step = reader.cls(path=source.path.as_posix(), **survey.options)
    with guarded(reader, f"failed on {source.name}"):
        return _some(itertools.chain.from_iterable(map(step.read, inputs)))


def all_rows(data: Data) -> Iterator[Row]:
    """Every row of a file, one by one; those that its reader drops are left out."""
    if data.reader is None or data.source is None:
        yield from data.rows
        return
    step = data.reader.cls(path=data.source.path.as_posix(), **data.options)
    with guarded(data.reader, f"failed on {data.source.name}"):
        for block in itertools.chain.from_iterable(map(step.read, data.inputs)):
            if isinstance(block, Rows):
                yield from block.rows


def _some(blocks: Iterator[Any]) -> list[Row]:
    rows: list[Row] = []
    for block in itertools.islice(blocks, SAMPLE):
        rows += block.rows if isinstance(block, Rows) else []
        if len(rows) >= SAMPLE:
            break
    return rows[:SAMPLE]


def _proposals(rows: Sequence[Row], registry: Registry) -> list[tuple[Registered, Proposal]]:
    found = []
    for item in registry.all("transformer"):
        with guarded(item, "failed to propose"):
            if item.cls.rules_of is not None:
                found += [(item, proposal) for proposal in item.cls.proposals(rows)]
            elif (proposal := item.cls.propose(rows)) is not None:
                found.append((item, proposal))
    return found
