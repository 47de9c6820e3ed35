"""What is trained on: lines of the written files, read from their bytes, with what the model learns of them marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
from markupsafe import Markup

from ..contract import Asker, Contract
from ..errors import FtprepError
from ..lineage import places_of
from ..planning.broken import FAULTS
from ..registry import Registry
from ..steps import Split
from ..tokens import Pieces, pieces_for
from ..trained import Segment, Token, counted, read_row, tokenised, unread
from . import marked
from .excerpt import excerpts
from .marks import MARKS
from .parts import details, heading, note, together
from .words import words

HEADING = "What is trained on"
_CHARACTERS = 4_000
"""Of a row that are shown."""
_ROW, _ALL = 60_000, 600_000
"""Characters of markup: of one row, of the section."""
_OPEN = 2
"""Rows of an output that stand open."""
_TOKENISED = 20_000
"""Characters of a row that is cut into tokens: so many rows of any length would cost seconds."""
_LONG = f"This row has more than {_TOKENISED:,} characters, so the borders of its tokens are not shown."
_MIND = Markup(
    '<div class="remark note"><p>These are rows as they stand in the files: mind who gets this page. '
    "<code>report: {samples: 0}</code> in the recipe leaves them out.</p></div>"
)
_LEAST = 250
"""Characters of a row that are shown when there is little room."""


class _Sample(msgspec.Struct, frozen=True):
    """A line of a file, read."""

    place: str
    source: str
    found: list[Segment]
    note: str
    tokens: list[list[Token]]
    """Of each segment; empty where they are not known."""
    facts: Mapping[str, Any]


def sections(folder: Path, manifest: Mapping[str, Any], registry: Registry) -> list[tuple[str, Markup]]:
    """The section of a run's page that shows its samples; none where there are none. What cannot be read is said on the
    page; nothing is raised."""
    outputs = _outputs(manifest)
    if not outputs:
        return []
    bodies: list[Markup] = []
    troubles: dict[str, None] = {}
    room = _ALL // len(outputs)
    for output, files in outputs.items():
        asker, trouble = _asker(folder / output, registry)
        pieces = _pieces(asker, registry, troubles)
        found = [sample for name, lines in files for sample in _samples(folder, name, lines, asker, pieces, trouble)]
        bodies += [*([heading(output)] if len(outputs) > 1 else []), _listed(found, room)]
    return [(HEADING, together(_MIND, *troubles, _legend(), *bodies))]


def _outputs(manifest: Mapping[str, Any]) -> dict[str, list[tuple[str, list[Any]]]]:
    """Output -> its files with their samples."""
    made: dict[str, list[tuple[str, list[Any]]]] = {}
    for name, facts in manifest.get("outputs", {}).items():
        if isinstance(facts, dict) and facts.get("samples"):
            made.setdefault(Path(name).parent.as_posix(), []).append((name, facts["samples"]))
    return made


def _asker(folder: Path, registry: Registry) -> tuple[Asker | None, str]:
    try:
        return Contract.load(folder, registry), ""
    except FtprepError as error:
        return None, f"This row is shown as it stands in the file: {error}"


def _pieces(asker: Asker | None, registry: Registry, troubles: dict[str, None]) -> Pieces | None:
    """What cuts into tokens; where nothing does, why is noted."""
    if asker is None:
        return None
    pieces = pieces_for(asker.contract.model, registry)
    if pieces is None:
        troubles["The recipe names no model, so the borders of tokens are not shown."] = None
        return None
    try:
        pieces(["a"])
    except FtprepError as error:
        troubles[f"The borders of tokens are not shown: {error}"] = None
        return None
    return pieces


def _samples(
    folder: Path, name: str, lines: Sequence[Any], asker: Asker | None, pieces: Pieces | None, trouble: str
) -> Iterator[_Sample]:
    """The samples of a file."""
    path = Path(name)
    sources = places_of(folder, path.parent.as_posix(), cast(Split, path.stem), [line for line, _, _ in lines])
    facts = asker.contract.facts if asker is not None else {}
    for line, offset, size in lines:
        data = _line(folder / name, offset, size)
        if data is None:
            yield _Sample(f"{name}:{line}", "", [], "This row is not in the file any more as the run wrote it.", [], {})
            continue
        found, said = read_row(data, asker.writer) if asker is not None else (unread(data), trouble)
        long = sum(len(segment.text) for segment in found) > _TOKENISED
        tokens = _tokens(found, pieces) if pieces is not None and not long else []
        said = said or (_LONG if pieces is not None and long else "")
        yield _Sample(f"{name}:{line}", str(sources.get(line, "")), found, said, tokens, facts)


def _line(path: Path, offset: int, size: int) -> bytes | None:
    """The bytes of a line; None where there is no such line at this place any more."""
    try:
        with path.open("rb") as file:
            file.seek(max(offset - 1, 0))
            data = file.read(size + 1 + min(offset, 1))
    except OSError:
        return None
    lines = data.split(b"\n")
    return lines[-2] if len(lines[-2:]) == 2 and len(lines[-2]) == size and not lines[-1] else None


def _tokens(found: Sequence[Segment], pieces: Pieces) -> list[list[Token]]:
    """The tokens of each segment; none at all where the tokenizer fails on this text."""
    try:
        return tokenised(found, pieces)
    except FAULTS:
        return []


def _legend() -> Markup:
    """What the marks mean."""
    kinds = (("t", "trained on: the model learns to write it"), ("c", "context: the model only reads it"))
    told = [Markup('<span class="{}">{}</span>').format(kind, text) for kind, text in kinds]
    told.append(Markup('<span class="c"><b>to</b>ken<b>s</b> stand on two grounds in turn</span>'))
    told += [
        Markup('<i class="{}">{}</i> {}').format("h" if "+" in mark else "", mark, of) for mark, of in MARKS.items()
    ]
    inner = Markup("").join(Markup("<li>{}</li>").format(one) for one in told)
    return Markup('<ul class="legend marked">{}</ul>').format(inner)


def _listed(found: Sequence[_Sample], room: int) -> Markup:
    """The samples of an output, in so many characters of markup: long ones with less text before some are left out."""
    made = [_sample(sample, at < _OPEN, _CHARACTERS, _ROW) for at, sample in enumerate(found)]
    if sum(map(len, made)) > room:
        share = room // len(found)
        for at in [at for at, one in enumerate(made) if len(one) > share]:
            made[at] = _sample(found[at], at < _OPEN, _CHARACTERS * share // len(made[at]), share)
    shown, used = [], 0
    for one in made:
        used += len(one)
        if used > room:
            break
        shown.append(one)
    left = len(made) - len(shown)
    more = Markup('<p class="more">… and {} more, for which the page has no room</p>').format(left) if left else ""
    return Markup("").join([*shown, more])


def _sample(sample: _Sample, opened: bool, most: int, room: int) -> Markup:
    """One row, of which so many characters are shown; fewer where their markup would have no room."""
    body = marked.row(excerpts(sample.found, sample.tokens or [[] for _ in sample.found], most), sample.facts)
    if len(body) > room and most > _LEAST:
        return _sample(sample, opened, max(_LEAST, most * room // len(body) * 9 // 10), room)
    said = note(sample.note) if sample.note else Markup("")
    source = Markup('<p class="of">from {}</p>').format(words(sample.source)) if sample.source else Markup("")
    return Markup('<div class="sample">{}</div>').format(
        details(_title(sample), together(source + said + body), opened=opened)
    )


def _title(sample: _Sample) -> str:
    """The place, and how much of it is trained on."""
    if not sample.tokens:
        return sample.place
    by_kind = [(segment.kind, counted(cut)) for segment, cut in zip(sample.found, sample.tokens, strict=True)]
    trained = sum(count for kind, count in by_kind if kind == "trained")
    read = sum(count for kind, count in by_kind if kind != "reference")
    return f"{sample.place} – {read:,} tokens, {trained:,} of them trained on"
