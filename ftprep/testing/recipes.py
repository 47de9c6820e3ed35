"""Running a recipe in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..api import Run, run


def run_recipe(
    recipe: Path | str | Mapping[str, Any],
    out: Path,
    *,
    set: Mapping[str, Any] | Sequence[str] = (),  # noqa: A002  (the command line's word)
    data: Any = None,
) -> Run:
    """Runs a recipe into the folder `out` and looks at what it left: rows balance, and the same recipe gives the same
    bytes again. Raises AssertionError, and FtprepError as `ftprep.run`.
    """
    first = run(recipe, out=out / "first", set=set, data=data)
    second = run(recipe, out=out / "second", set=set, data=data)
    counts = first.counts
    assert counts["read"] == counts["used"] + counts["dropped"], f"rows do not balance: {counts}"
    for output, splits in first.files.items():
        for split, path in splits.items():
            same = path.read_bytes() == second.files[output][split].read_bytes()
            assert same, f"{output}/{split}.jsonl differs when the recipe runs again"
    return first
