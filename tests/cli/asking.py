"""A classifier that was tuned at a stand-in, for the commands that ask models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from ftprep_openai.standin import StandIn

from .conftest import Call, put

MOODS = "text,mood,split\n" + "".join(
    f"what a {word} day number {n},{mood},{'validation' if n < 3 else 'train'}\n"
    for word, mood in (("lovely", "good"), ("rotten", "bad"))
    for n in range(9)
)
RECIPE = """\
version: 1
name: mood
model: gpt-4.1-mini
read: moods.csv
transform:
  - chat: {user: "{text}", assistant: "{mood}"}
check:
  - labels: {min_each: 1}
split: {from: split}
write:
  - openai_chat
"""
BASE = "gpt-4.1-mini"


@contextmanager
def service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: Sequence[Mapping[str, object]] = ()
) -> Iterator[StandIn]:
    """A stand-in that the recipe leads to, and a ledger of its own."""
    with StandIn(faults=faults) as server:
        monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        monkeypatch.setenv("FTPREP_STATE_DIR", (tmp_path / "state").as_posix())
        put(tmp_path, "moods.csv", MOODS)
        put(tmp_path, "mood.yaml", f"{RECIPE}upload:\n  openai: {{base_url: {server.address}}}\n")
        yield server


def tuned_model(ftprep: Call) -> str:
    """Runs the recipe, uploads, waits; the model's name."""
    assert ftprep("run", "mood.yaml").code == 0
    assert ftprep("upload", "out/mood", "--yes").code == 0
    return ftprep("jobs", "wait", "--every", "0").out.strip()


def questions(server: StandIn) -> int:
    """How often a model was asked."""
    return sum("completions" in one.path for one in server.log)
