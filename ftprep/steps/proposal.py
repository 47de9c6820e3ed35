"""What a step says of data that it is shown: how it would make messages of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """How a step would make messages of rows like those it was shown."""

    kind: str
    """What such data is called: `chat`, `prompt/completion`."""
    options: Mapping[str, Any]
    """The step's options, as a recipe has them."""
    sure: float
    """From 0 to 1; the surest proposal is taken."""
    why: str
    """What it goes by, for people."""
    task: str = ""
    """What such data is for, as a recipe's `use_case` has it: `classifier`, `chatbot`; empty: it does not tell."""
    columns: Mapping[str, str] = {}
    """Part -> the column that holds it: `{"text": "body", "label": "kind"}`. The values of `label` are classes."""
    before: tuple[tuple[Any, str], ...] = ()
    after: tuple[tuple[Any, str], ...] = ()
    """Items of the recipe that stand before and after the step, each with a remark for people (empty: none). Those of
    transformers that are not installed are left out."""
    question: str = ""
    """What only a person can decide, where several proposals of one step differ in nothing else: `who is the
    assistant?`. `ftprep init` asks it, or takes the first."""
    answer: str = ""
    """What this proposal answers to the question; people choose by it."""
    told: str = ""
    """What helps to choose this answer: how often it occurs."""
    more: bool = False
    """The first rows do not tell all: `ftprep init` asks `proposals_of_all` before it writes."""
