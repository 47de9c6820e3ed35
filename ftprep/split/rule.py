"""The `split:` section of a recipe, and how many groups each split gets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any

import msgspec
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from ..steps import Split
from ..template import Column
from .apportion import fill, webster

SPLITS: tuple[Split, ...] = ("train", "validation", "test")
"""Their order is their code in the array that `assign` returns."""
SPACE = 1 << 64
"""Group numbers lie below it."""
_SHARE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*%", re.ASCII)
_FORMS = "write 10% or 0.1 for a share of the groups, 50 for a count of them"


def _size(value: Any) -> Fraction | int:
    if isinstance(value, int) and not isinstance(value, bool):
        if value < 1:
            raise ValueError(f"{value} is no count; {_FORMS}, or leave the split out")
        return value
    percent = _SHARE.fullmatch(value.strip()) if isinstance(value, str) else None
    if percent is None and (not isinstance(value, float) or value in (float("inf"), -float("inf")) or value != value):
        shown = f"'{value}'" if isinstance(value, str) else str(msgspec.json.encode(value), "utf-8")
        raise ValueError(f"{shown} is neither a share nor a count; {_FORMS}")
    share = Fraction(percent[1]) / 100 if percent else Fraction(repr(value))
    if not 0 < share < 1:
        raise ValueError(f"{value} is no share between 0% and 100%; {_FORMS}, or leave the split out")
    return share


Size = Annotated[
    Fraction | int,
    PlainValidator(_size),
    PlainSerializer(lambda size: size if isinstance(size, int) else float(size)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^\s*(\d+(\.\d*)?|\.\d+)\s*%\s*$", "patternErrorMessage": _FORMS},
                {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                {"type": "integer", "minimum": 1},
            ]
        }
    ),
]
"""A Fraction is a share of the groups, an int a count of them."""


class SplitRule(BaseModel):
    """The `split:` section of a recipe."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    train: Size | None = None
    """Share for training. May be left out: train takes what the others leave."""
    validation: Size | None = None
    """Groups held out to watch the training: a share (`10%`, `0.1`) or a count (`50`)."""
    test: Size | None = None
    """Groups held out for the last measurement: a share or a count."""
    by: Column | None = None
    """Column that names the group: rows of one group (a customer, a document) never part. Default: what the reader or
    the conversations step found to belong together."""
    stratify: Column | None = None
    """Column of the class: shares and counts are taken of each class by itself (`validation: 5` is 5 of each)."""
    stable: bool = False
    """A group never changes its split when others are added or removed; shares are then only near."""
    from_: Column | None = Field(default=None, alias="from")
    """Column that says which split a row is in (train, validation, test); then no shares are given."""
    shuffle: bool = False
    """Write the lines in an order drawn from the seed; otherwise they keep the order of the input."""

    @field_validator("train")
    @classmethod
    def _train_is_a_share(cls, size: Fraction | int | None) -> Fraction | int | None:
        if isinstance(size, int):
            raise ValueError("train takes what the others leave and can be no count; leave it out")
        return size

    @model_validator(mode="after")
    def _fits(self) -> SplitRule:
        if complaint := self._given_complaint() if self.from_ is not None else self._drawn_complaint():
            raise ValueError(complaint)
        return self

    def _given_complaint(self) -> str | None:
        drawn = [key for key in (*SPLITS, "by", "stratify", "stable") if getattr(self, key)]
        return f"'from' gives the split, so nothing is drawn; leave out {', '.join(drawn)}" if drawn else None

    def _drawn_complaint(self) -> str | None:
        held = self._held
        if not held:
            if self.shuffle and not (self.train or self.by or self.stratify or self.stable):
                return None
            return "no split is held out; write for example 'validation: 10%'"
        shares = sum(self._shares.values(), Fraction(0))
        if shares >= 1:
            return f"{_and(self._shares)} take {_percent(shares)} and leave nothing for train; lower them"
        if self.train is not None and len(self._shares) < len(held):
            return "train has a share and another split a count; leave train out, it takes the rest"
        if self.train is not None and self.train + shares != 1:
            return f"the shares make {_percent(self.train + shares)}; make them 100%, or leave train out"
        if self.stable and len(self._shares) < len(held):
            return "'stable' goes by shares; write a share such as 10% in place of the count, or leave 'stable' out"
        if self.stable and self.stratify:
            return "'stable' cannot hold the classes level; leave out 'stratify' or 'stable'"
        return None

    @property
    def _held(self) -> dict[Split, Fraction | int]:
        sizes: dict[Split, Fraction | int | None] = {"validation": self.validation, "test": self.test}
        return {split: size for split, size in sizes.items() if size is not None}

    @property
    def _shares(self) -> dict[Split, Fraction]:
        return {split: size for split, size in self._held.items() if isinstance(size, Fraction)}

    @property
    def counts(self) -> dict[Split, int]:
        """The held-out splits that are asked for as a count of groups."""
        return {split: size for split, size in self._held.items() if isinstance(size, int)}

    @property
    def asked(self) -> tuple[Split, ...]:
        """The splits that are drawn: train, and those held out."""
        return ("train", *self._held)

    @cached_property
    def thresholds(self) -> tuple[int, int]:
        """With `stable`: numbers below the first are test, from the second on validation."""
        shares = self._shares
        test, validation = shares.get("test", Fraction(0)), shares.get("validation", Fraction(0))
        return int(test * SPACE), SPACE - int(validation * SPACE)

    def sizes(self, groups: int) -> tuple[int, int, int]:
        """How many of so many groups are train, validation and test.

        Shares by Webster's method (Sainte-Laguë), which never takes a seat back when there are more; counts are filled
        from what the shares leave. Each asked split has its first group before any has a second: train, validation,
        test. Train keeps one in any case.
        """
        shares, counts = self._shares, self.counts
        whole = math.lcm(*(share.denominator for share in shares.values()))
        weights = [int(share * whole) for share in shares.values()]
        least = [1 + len(counts), *(1 for _ in shares)]
        rest, *taken = webster(groups, [whole - sum(weights), *weights], least)
        found = dict(zip(shares, taken, strict=True)) | fill(rest, counts)
        validation, test = found.get("validation", 0), found.get("test", 0)
        return groups - validation - test, validation, test


def _and(splits: Iterable[Split]) -> str:
    return " and ".join(splits)


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g}%"
