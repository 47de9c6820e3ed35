"""Telling a record's split at once, where the rule allows it: from its group's name, or from what is given."""

from __future__ import annotations

from collections.abc import Callable

from ..example import Example
from ..steps import Split
from ..template import as_text
from .assign import named_split, number, stable_split
from .rule import SplitRule


def group_name(example: Example, by: str | None) -> str | None:
    """The name of a record's group: the column of `by`, else what the reader or the gather says; None: neither."""
    if by is not None and example.fields.get(by) not in (None, ""):
        return as_text(example.fields.get(by))
    return example.group or None


def teller(rule: SplitRule | None, seed: int) -> Callable[[Example], Split | None] | None:
    """A function that gives the split of a record by its fields; None where the rule decides at the end."""
    if rule is None or not (rule.stable or rule.from_ is not None):
        return None

    def split_of(example: Example) -> Split | None:
        if rule.from_ is not None:
            return named_split(as_text(example.fields.get(rule.from_)))
        name = example.group or group_name(example, rule.by)  # a root's group is stamped: steps may change its column
        return stable_split(number(name, seed), rule) if name is not None else None

    return split_of
