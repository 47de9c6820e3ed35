"""What a table could be for, where its columns have no names that all the world uses: by what its cells hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ftprep import Proposal, Row

from .columns import LABELS, TEXTS, WRITTEN, Cells, cells_of

_MOST_LABELS = 4
"""Columns that are offered as the label."""
_MOST_FIELDS = 8
"""Columns that are put into a prompt."""


def by_content(rows: Sequence[Row]) -> Iterator[Proposal]:
    """Classification, generation and plain text, each with how sure it is."""
    cells = cells_of(rows)
    yield from _classes(cells)
    yield from _written(cells)
    yield from _plain(cells)


def _classes(cells: Mapping[str, Cells]) -> Iterator[Proposal]:
    two = sum(one.kind not in ("id", "empty") for one in cells.values()) == 2
    labels = sorted((one for one in cells.values() if one.is_class), key=_as_label, reverse=True)
    for label in labels[:_MOST_LABELS]:
        texts = [one for one in cells.values() if one.is_text and one.name != label.name]
        if not texts and len(cells) == 2:
            texts = [one for one in cells.values() if one.name != label.name and one.kind == "text"]
        if texts:
            text = max(texts, key=_as_text)
            known = _as_label(label)[0]
            sure = (0.65 if known else 0.55 if two else 0.4) + (0.1 if text.named(TEXTS) else 0)
            why = f"'{text.name}' holds texts and '{label.name}' {_values(label)}"
            columns = {"text": text.name, "label": label.name}
            yield _chat("classification", f"{{{text.name}}}", f"{{{label.name}}}", sure, why, "classifier", columns)


def _as_label(label: Cells) -> tuple[bool, float]:
    """Called like a label; and how often a value comes again."""
    return label.named(LABELS), label.filled / max(label.distinct, 1)


def _as_text(text: Cells) -> tuple[bool, float]:
    return text.named(TEXTS), text.words


def _values(label: Cells) -> str:
    values = "one short value" if label.distinct == 1 else f"{label.distinct} short values"
    return f"{values} in {label.filled} rows"


def _written(cells: Mapping[str, Cells]) -> Iterator[Proposal]:
    """Columns that tell of something, and one with the text about it."""
    texts = [one for one in cells.values() if one.is_text]
    if not texts:
        return
    written = max(texts, key=lambda one: (one.named(WRITTEN), one.words))
    fields = [one for one in cells.values() if one.name != written.name and _tells(one)][:_MOST_FIELDS]
    if not fields:
        return
    named = written.named(WRITTEN)
    why = f"'{written.name}' is {'called like a text to be written' if named else 'the longest text'}"
    user = "\n".join(f"{one.name}: {{{one.name}}}" for one in fields) if len(fields) > 1 else f"{{{fields[0].name}}}"
    columns = {"text": fields[0].name, "answer": written.name}
    columns |= {f"field {n}": one.name for n, one in enumerate(fields[1:], 2)}
    sure = 0.72 if named else 0.2 if written.named(TEXTS) else 0.35
    yield _chat("generation", user, f"{{{written.name}}}", sure, why, "generation", columns)


def _tells(one: Cells) -> bool:
    return one.kind in ("text", "number") and one.share >= 0.5 and (one.distinct > 1 or one.filled == 1)


def _plain(cells: Mapping[str, Cells]) -> Iterator[Proposal]:
    """One column of texts: a voice to be learnt."""
    texts = [one for one in cells.values() if one.is_text]
    if texts:
        text = max(texts, key=_as_text)
        alone = not any(_tells(one) for one in cells.values() if one.name != text.name)
        why = f"'{text.name}' holds texts" + (", and nothing stands beside them" if alone else "")
        yield _chat("text", "", f"{{{text.name}}}", 0.5 if alone else 0.1, why, "generation", {"answer": text.name})


def _chat(
    kind: str, user: str, assistant: str, sure: float, why: str, task: str, columns: Mapping[str, str]
) -> Proposal:
    options = {"user": user, "assistant": assistant}
    return Proposal(kind=kind, options=options, sure=sure, why=why, task=task, columns=columns)
