"""What steps need beside their rows: side tables that are there, and a split that can be told at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..split import SplitRule
from ..steps import Select
from .items import Builder, Planned
from .sources import SourcePlan, advice, here


def check_needs(
    builder: Builder, steps: Iterable[Planned[Any]], split: SplitRule | None, sources: Sequence[SourcePlan]
) -> None:
    """Keeps a problem for each step that would have to do without what it needs."""
    given = bool(sources) and all(source.reader.split is not None for source in sources)
    for planned in steps:
        _check_tables(builder, planned)
        only = planned.step.only if isinstance(planned.step, Select) else None
        if only is not None and not given and not _told(split):
            text = f"'{planned.label}' selects only in {only}, and the split is drawn after it"
            hint = "add 'stable: true' to split:, or give the split with 'from: COLUMN'"
            builder.complain((*planned.item.path, "only"), text, hint, code="FT127", key=True)
        if planned.step.asks_split and not _named(split):
            text = f"'{planned.label}' must know the split of each row, and it is drawn after it"
            hint = "write split: {validation: 10%, stable: true, by: COLUMN}, or give the split with 'from: COLUMN'"
            builder.complain(planned.item.path, text, hint, code="FT127", key=True)


def _told(split: SplitRule | None) -> bool:
    return split is not None and (split.stable or split.from_ is not None)


def _named(split: SplitRule | None) -> bool:
    """Whether a row's own fields tell its split."""
    return split is not None and (split.from_ is not None or (split.stable and split.by is not None))


def _check_tables(builder: Builder, planned: Planned[Any]) -> None:
    folder = builder.recipe.folder(planned.item.path)
    answers = planned.step.answer_file()
    for path in planned.step.in_paths():
        if not (folder / path).is_file() and (answers is None or path != answers.path):
            text = f"'{planned.label}': {path}: no such file in {here(folder)}"
            builder.complain(planned.item.path, text, advice(folder / path, path), code="FT130")
