"""The page of the docs names every fault and every deviation."""

from __future__ import annotations

from pathlib import Path

from ftprep_openai.standin.faults import KINDS
from ftprep_openai.standin.wire import DEVIATIONS

PAGE = Path(__file__).parents[2] / "docs" / "tasks" / "rehearse.md"


def test_the_page_has_them_as_they_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    rows = [f"| `{name}` | {told} |" for name, told in {**KINDS, **DEVIATIONS}.items()]
    assert [row for row in rows if row not in text] == []
