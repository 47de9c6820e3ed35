"""What was counted, as figures: sums, distributions, epochs, prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import repeat
from typing import Any

import msgspec

from ftprep import Split, binned, percentile

from .costlook import Spent
from .figures import of_splits

_SPREAD = {
    "tokens": "tokens",
    "trained": "trained tokens",
    "prompt": "tokens before the answer",
    "messages": "messages",
}
"""Of what there is a distribution -> what people call it."""
_PARTS = (*_SPREAD, "answer")
PERCENTS = (5, 50, 95)


def add(state: Any, values: Iterable[Any]) -> None:
    """Adds Spents, and what `tokens` gives beside its counts, to a Counter: the order makes no difference."""
    spent = []
    for value in values:
        if isinstance(value, Spent):
            spent.append(msgspec.structs.astuple(value))
        else:
            state[value] += 1
    for name, column in zip(Spent.__struct_fields__, zip(*spent, strict=True), strict=False):
        if name in _PARTS:
            state.update(column if name == "tokens" else zip(repeat(name), column, strict=False))
        elif total := sum(column):
            state["sum", name] += total


def default_epochs(examples: int, rule: Mapping[str, int]) -> int | None:
    """The epochs a provider with this rule (see `ModelFacts.default_epochs`) would choose."""
    if not rule or not examples:
        return None
    epochs = rule["target_epochs"]
    if examples * epochs < rule["min_target_examples"]:
        return min(rule["max_epochs"], rule["min_target_examples"] // examples)
    if examples * epochs > rule["max_target_examples"]:
        return max(rule["min_epochs"], rule["max_target_examples"] // examples)
    return epochs


def age(day: str, today: date | None) -> int:
    """Days since a day, or since the first of a month (YYYY-MM)."""
    return ((today or date.today()) - date.fromisoformat(f"{day}-01" if len(day) == 7 else day)).days


class Spending(msgspec.Struct, frozen=True, kw_only=True):
    """What training and asking would cost."""

    parts: Mapping[str, Counter[int]]
    """Distributions: part of an example -> number -> examples that have it."""
    cut: int
    lost: int
    """Tokens that would be cut away, and those of them that are trained."""
    bytes: int
    epochs: int | None
    prices: Mapping[str, float]
    splits: Mapping[str, Mapping[str, Any]] = {}
    """Of each split its numbers; nothing where splits are not known, and all is taken for train."""

    @property
    def per_epoch(self) -> int:
        """Tokens of all examples that are trained, without what is cut away."""
        if self.splits:
            return int(self.splits["train"]["per_epoch"]) if "train" in self.splits else 0
        return self.sum("tokens") - self.cut

    @property
    def billed(self) -> int:
        """Tokens that are paid for; those of one epoch where it is not known how many there are."""
        return self.per_epoch * (self.epochs or 1)

    @property
    def missing(self) -> tuple[str, ...]:
        """Prices that the figures lack."""
        return tuple(name for name in _NEEDED if name not in self.prices)

    @property
    def used(self) -> tuple[str, ...]:
        """Prices that are in the figures."""
        return tuple(name for name in _NEEDED if name in self.prices)

    def sum(self, part: str) -> int:
        """Of all examples."""
        return sum(value * times for value, times in self.parts[part].items())

    def figures(self, counted: Mapping[str, Any], file_limit: int | None) -> dict[str, Any]:
        """The figures, with what `tokens` counted beside them."""
        made = {"examples": counted["examples"], "messages": self.sum("messages"), "tokens": counted["total"]}
        made |= {"trained": self.sum("trained")}
        made |= {name: counted[name] for name in ("limit", "over") if name in counted}
        made |= {"cut": self.cut, "per_epoch": self.per_epoch}
        if self.epochs is not None:
            made |= {"epochs": self.epochs, "billed": self.billed}
            if "training" in self.prices:
                made["usd"] = _usd(self.billed * self.prices["training"])
        made["bytes"] = self.bytes
        if file_limit is not None:
            made["file_limit"] = file_limit
        made |= {name: counted[name] for name in ("approximate_tool_tokens", "images") if name in counted}
        if not counted["examples"]:
            return made
        made |= {"distribution": self._distribution(), "requests": self._requests(counted["examples"])}
        made["histogram"] = binned(self.parts["tokens"])
        return made | ({"splits": self.splits} if self.splits else {})

    def _distribution(self) -> list[dict[str, Any]]:
        rows = []
        for part, called in _SPREAD.items():
            counts = self.parts[part]
            spread = {f"p{percent}": percentile(counts, percent) for percent in PERCENTS}
            mean = round(self.sum(part) / counts.total(), 2)
            rows.append({"per_example": called, "min": min(counts), **spread, "max": max(counts), "mean": mean})
        return rows

    def _requests(self, examples: int) -> list[dict[str, Any]]:
        asked, answered = (self.sum(part) * 1000 / examples for part in ("prompt", "answer"))
        rows = []
        for called, prefix in _MODELS.items():
            given = [self.prices.get(f"{prefix}{way}") for way in ("input", "output")]
            usd = (
                _usd(asked * given[0] + answered * given[1]) if given[0] is not None and given[1] is not None else None
            )
            tokens = {"prompt_tokens": round(asked), "answer_tokens": round(answered)}
            rows.append({"1,000_requests": called, **tokens, "usd": usd if usd is not None else "not known"})
        return rows


_MODELS = {"before tuning": "base_", "after tuning": ""}
_NEEDED = ("training", "base_input", "base_output", "input", "output")


def spending(
    state: Mapping[Any, int],
    *,
    prices: Mapping[str, float],
    epochs: int | None,
    rule: Mapping[str, int],
    splits: Mapping[str, Mapping[str, Any]] | None = None,
) -> Spending:
    """What was added up, with prices (USD per million tokens) and epochs."""
    parts: dict[str, Counter[int]] = {part: Counter() for part in _PARTS}
    for key, times in state.items():
        if key.__class__ is int:
            parts["tokens"][key] = times
        elif key.__class__ is tuple and key[0] != "sum":
            parts[key[0]][key[1]] = times
    sums = {name: state.get(("sum", name), 0) for name in ("cut", "lost", "bytes")}
    trained = splits.get("train", {}).get("examples", 0) if splits else parts["tokens"].total()
    chosen = epochs or default_epochs(trained, rule)
    return Spending(parts=parts, epochs=chosen, prices=prices, splits=splits or {}, **sums)


def spent_of(splits: Mapping[Split, Mapping[Any, int]], cut_at: int | None) -> dict[str, dict[str, Any]]:
    """The numbers of each split: `tokens`, `trained`, `cut` and `per_epoch`, and how they are spread. Training reads
    no more than `cut_at` tokens of an example."""
    made = of_splits(splits)
    for split, seen in splits.items():
        counts = [(value, times) for value, times in seen.items() if value.__class__ is int]
        cut = 0 if cut_at is None else sum(max(0, value - cut_at) * times for value, times in counts)
        trained = sum(value[1] * times for value, times in seen.items() if value.__class__ is tuple)
        made[split] |= {"trained": trained, "cut": cut, "per_epoch": made[split]["tokens"] - cut}
    return made


def _usd(millionths: float) -> float:
    return round(millionths / 1_000_000, 4)
