"""A guard for speed without a clock: how many Python calls an example costs on the main path."""

from __future__ import annotations

import cProfile
import pstats
from pathlib import Path

import pytest

from ftprep import api

CONVERSATIONS = 1000
MOST_CALLS = 22
"""Python and C calls an example; 18 when this was written. A loop over examples that becomes a call too many shows."""


def rows(conversations: int) -> bytes:
    lines = [
        f'{{"id": "c{n}", "who": "{("user", "assistant")[turn % 2]}", "text": "message {turn} of conversation {n}"}}'
        for n in range(conversations)
        for turn in range(5)
    ]
    return ("\n".join(lines) + "\n").encode()


def calls(tmp_path: Path, conversations: int) -> int:
    """Calls of one run, as the profiler counts them."""
    file = tmp_path / f"{conversations}.jsonl"
    file.write_bytes(rows(conversations))
    recipe = {
        "version": 1,
        "read": str(file),
        "transform": [
            {"conversations": {"by": "id", "speaker": "who", "text": "text"}},
            {"window": {"context": 3}},
            "dedupe",
        ],
        "write": ["openai_chat"],
    }
    profile = cProfile.Profile()
    profile.enable()
    run = api.run(recipe, out=tmp_path / f"out{conversations}")
    profile.disable()
    assert run.counts["examples"] == {"openai_chat": {"train": 2 * conversations}}
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined, no-any-return]


@pytest.mark.files
def test_an_example_of_the_main_path_costs_few_calls(tmp_path: Path) -> None:
    calls(tmp_path, 10)  # imports and caches
    few, many = calls(tmp_path, CONVERSATIONS), calls(tmp_path, 2 * CONVERSATIONS)
    assert (many - few) / (2 * CONVERSATIONS) < MOST_CALLS
