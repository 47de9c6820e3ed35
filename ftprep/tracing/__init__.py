"""The way back to the source: from an output line to the rows it was made of and every step on the way, replayed."""

from __future__ import annotations

from pathlib import Path

from ..registry import Registry
from .explaining import Explainer
from .told import Cells, Change, Fate, Told

__all__ = ["Cells", "Change", "Explainer", "Fate", "Told", "explain"]


def explain(run_dir: Path | str, place: str, *, registry: Registry | None = None) -> list[Told]:
    """Where lines of a run come from, and each step on the way, done once more.

    `place` is a line as people write it: `openai_chat/train.jsonl:17` (`train.jsonl:17` where that is one file),
    `dropped.jsonl:3`, several lines as `:17,20`, or rows of the input (`data.csv:12`): then what became of them. One
    answer for each line.

    Raises DataError: no run folder, no such line, inputs or lineage that are gone; RecipeError: a place that is none, a
    plugin that is missing.
    """
    return Explainer(run_dir, registry).explain(place)
