"""Mending what was found: the fixes of findings become a recipe, which is run and looked at again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from ..example import Fix
from ..registry import Registry
from .examine import run
from .how import PLAINLY, How
from .report import Group, Report

_MOST_ROUNDS = 5


class Mended(msgspec.Struct, frozen=True, kw_only=True):
    """What mending led to."""

    report: Report
    """What is found in the data after it. Its temporary file is the caller's to close."""
    fixes: tuple[tuple[Group, Fix], ...]
    """What was taken, and the findings it is for, in the order of the recipe."""
    folder: Path
    """Where the files of the last run are, if anything was run."""

    plain: dict[str, Any]
    """The recipe before any fix."""

    @property
    def changes(self) -> list[str]:
        """What was changed, in words."""
        return [fix.change for _, fix in self.fixes]

    @property
    def recipe(self) -> dict[str, Any]:
        """The recipe that mends, as it was run."""
        return self.report.recipe


def accepting(accept: Literal["all"] | Collection[str] | Callable[[Group], bool]) -> Callable[[Group], bool]:
    """Whether the fix of a finding is taken: of all, of those with these (beginnings of) codes, or as it is asked."""
    if accept == "all":
        return lambda group: True
    if callable(accept):
        return accept
    codes = tuple([accept] if isinstance(accept, str) else accept)
    return lambda group: group.code.startswith(codes)


def offered(groups: Sequence[Group]) -> list[tuple[Group, Fix]]:
    """Findings that can be mended, each change once, in the order of the recipe."""
    found: dict[str, tuple[Group, Fix]] = {}
    for group in groups:
        if group.fix is not None:
            found.setdefault(group.fix.change, (group, group.fix))
    return sorted(found.values(), key=lambda one: one[1].order)


def mend(
    report: Report, registry: Registry, folder: Path, accept: Callable[[Group], bool], how: How = PLAINLY
) -> Mended:
    """Runs the recipe with the fixes that are needed and those that are accepted, and looks again; what can be mended
    only then is offered in another round. Each round writes into a folder of its own below `folder`."""
    first, taken, seen = report, [], set[str]()
    for number in range(_MOST_ROUNDS):
        new = [(group, fix) for group, fix in offered(report.groups) if fix.change not in seen]
        seen |= {fix.change for _, fix in new}
        chosen = [(group, fix) for group, fix in new if fix.needed or accept(group)]
        if number and not chosen:
            break
        taken += chosen
        below = folder / str(number)
        below.mkdir()
        recipe = with_fixes(first.recipe, [fix for _, fix in taken])
        report.findings.close()
        report = run(first.data, recipe, registry, below, how, mending=True)
    ordered = sorted(taken, key=lambda one: one[1].order)
    return Mended(report=report, fixes=tuple(ordered), folder=below, plain=first.recipe)


def with_fixes(recipe: Mapping[str, Any], fixes: Sequence[Fix]) -> dict[str, Any]:
    """The recipe with the items of fixes: transformers after its own, checks in place of those of their name."""
    transform, check, split = list(recipe["transform"]), list(recipe["check"]), recipe.get("split")
    for fix in sorted(fixes, key=lambda fix: fix.order):
        transform += [item for item in map(_plain, fix.transform) if item not in transform]
        for item in map(_plain, fix.check):
            check = [*(other for other in check if _name(other) != _name(item)), item]
        split = split or fix.split
    mended = {**recipe, "transform": transform, "check": check}
    return {**mended, "split": dict(split)} if split else mended


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(item)
    return plain


def _name(item: Any) -> str:
    return item if isinstance(item, str) else next(iter(item))
