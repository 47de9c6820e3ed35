"""What people see of the figures of `labels` and `classes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftprep import Bars, Note, Shown, Split, Table

from .table import Label

_MOST = 30
_ROWS = 50
_VERDICTS = {"label": "label", "examples": "examples", "with_space": "tokens after a space",
             "without_space": "tokens without a space", "verdict": "as it is written"}  # fmt: skip
_SHARES = {name: name for name in ("label", "examples", "share", "tokens")}


def of_splits(labels: Sequence[Label], splits: Mapping[Split, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """For each split, how many examples each label has there, in the order of the labels."""
    made: dict[str, dict[str, int]] = {}
    for split, counts in splits.items():
        counted: Counter[str] = Counter()
        for label in labels:
            counted[label.name] += counts.get(label.written, 0)
        made[split] = dict(counted)
    return made


def of_labels(figures: Mapping[str, Any]) -> list[Shown]:
    """The balance, the tokens of each label, and what contradicts itself."""
    rows = figures.get("table") or []
    if not rows:
        return []
    return [*_balance(rows, figures.get("splits") or {}), *_tokens(rows), *_sense(figures)]


def _balance(rows: Sequence[Mapping[str, Any]], splits: Mapping[str, Mapping[str, int]]) -> Iterator[Shown]:
    names = list(dict.fromkeys(row["label"] for row in rows))
    counted = Counter[str]()
    for row in rows:
        counted[row["label"]] += row["examples"]
    bars: dict[str, dict[str, float]] = {
        name: {split: of.get(name, 0) for split, of in splits.items()} or {"examples": counted[name]}
        for name in names[:_MOST]
    }
    yield Bars(title="Examples of each label", x="examples", bars=bars, y="label")
    if rest := names[_MOST:]:
        examples = sum(counted[name] for name in rest)
        are = "1 more label" if len(rest) == 1 else f"{len(rest):,} more labels"
        yield Note(f"{are} with {examples:,} examples in all are not in the picture.")
    for split, of in splits.items():
        if missing := [name for name in names if not of.get(name)]:
            told = ", ".join(missing[:5]) + (f" and {len(missing) - 5:,} more" if len(missing) > 5 else "")
            yield Note(f"Not in {split}: {told}.", "note")


def _tokens(rows: Sequence[Mapping[str, Any]]) -> Iterator[Shown]:
    """The one-token table: whether the first token of an answer tells the label."""
    names = _VERDICTS if "verdict" in rows[0] else _SHARES
    keys = [key for key in names if key in rows[0]]
    head = [names[key] for key in keys]
    cells = [[_cell(row.get(key)) for key in keys] for row in rows[:_ROWS]]
    yield Table(head=head, rows=cells, caption="Labels", more=max(0, len(rows) - _ROWS))
    if "verdict" in rows[0]:
        long = sum(row["verdict"] != "one token" for row in rows)
        are = "1 label is" if long == 1 else f"{long:,} labels are"
        text = f"{are} more than one token." if long else "Each label is one token."
        yield Note(text, "note" if long else "good")


def _sense(figures: Mapping[str, Any]) -> Iterator[Shown]:
    n = figures.get("contradictions")
    if n is not None:
        have = "1 input has" if n == 1 else f"{n:,} inputs have"
        good = "No input has two different labels."
        yield Note(f"{have} different labels in different examples.", "bad") if n else Note(good, "good")
    if "baseline" in figures:
        often = f"Who always says '{figures['most_frequent']}' is right in {figures['baseline']:.1%} of the examples."
        yield Note(f"{often} A tuned model has to be better than that.")


def _cell(value: Any) -> Any:
    return " | ".join(map(str, value)) if isinstance(value, list) else value
