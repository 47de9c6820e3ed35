"""`ftprep.check` and `ftprep.fix`: the data doctor from Python, without a word printed or a file written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Literal

from ..registry import Registry
from .data import Data, look_at, look_at_rows
from .examine import examine_data
from .found import Fixed, Found
from .how import How
from .mend import accepting, mend
from .report import Group


def check(
    data: Any,
    *,
    model: str | None = None,
    format: str | None = None,  # noqa: A002
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    registry: Registry | None = None,
) -> Found:
    """Everything that the installed checks find in a file of data (a path), a data frame or an iterable of mappings;
    with a model, its tokens too. Nothing is written.

    `format` names the service whose rules are held; `select` and `ignore` are codes, or beginnings of codes. The list
    has a Finding for each place; `groups` has them by kind, `errors` those at error level.

    Raises DataError for what cannot be read, RecipeError where no installed step knows what its rows are.
    """
    registry = registry or Registry.installed()
    how = How(model=model, format=format, select=tuple(select), ignore=tuple(ignore))
    with examine_data(_looked_at(data, how, registry), registry, how) as report:
        return Found(report)


def fix(
    data: Any,
    *,
    accept: Literal["all"] | Collection[str] | Callable[[Group], bool] = "all",
    model: str | None = None,
    format: str | None = None,  # noqa: A002
    registry: Registry | None = None,
) -> Fixed:
    """Mends what `check` finds and a step can mend, and checks again. Nothing is written.

    `accept` says which changes are made, beside those without which there are no training files: all, those for
    findings of these codes (or beginnings of codes), or those it says yes to when called with a kind of finding.
    Raises as `check` does.
    """
    registry = registry or Registry.installed()
    how = How(model=model, format=format)
    report = examine_data(_looked_at(data, how, registry), registry, how)
    with tempfile.TemporaryDirectory(prefix="ftprep-") as folder:
        mended = mend(report, registry, Path(folder), accepting(accept), how)
        with mended.report:
            return Fixed.of(mended)


def _looked_at(data: Any, how: How, registry: Registry) -> Data:
    if isinstance(data, (str, Path)):
        return look_at(Path(data), registry, service=how.format)
    return look_at_rows(data, registry, service=how.format)
