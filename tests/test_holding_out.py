"""How much of data with classes is held out: a fifth, at most about 1,000 rows, of each class its share."""

from __future__ import annotations

import pytest

from ftprep import Proposal
from ftprep.doctor import Data
from ftprep.doctor.holdout import split_for

CLASSES = Proposal(kind="classification", options={}, sure=1.0, why="", columns={"text": "a", "label": "b"})


@pytest.mark.parametrize(
    ("rows", "share"),
    [(10, "20%"), (5000, "20%"), (5001, "20%"), (37561, "2.66%"), (200_000, "0.5%"), (10_000_000, "0.01%")],
)
def test_a_fifth_is_held_out_and_at_most_a_thousand_rows(rows: int, share: str) -> None:
    assert split_for(Data(name="a", proposal=CLASSES), rows) == {"validation": share, "stratify": "b"}


@pytest.mark.parametrize(
    ("proposal", "rows"),
    [(CLASSES, 9), (Proposal(kind="chat", options={}, sure=1.0, why=""), 100), (None, 100)],
    ids=["few rows", "no classes", "rows of no known kind"],
)
def test_else_nothing_is_held_out(proposal: Proposal | None, rows: int) -> None:
    assert split_for(Data(name="a", proposal=proposal), rows) is None
