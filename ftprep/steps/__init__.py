"""The contract of plugins: readers, the four shapes of step, writers, uploaders, tokenizers, facts about models.

A step is its options: a frozen pydantic model whose fields are the keys in the recipe, the first one its shorthand.
A step never loops: the engine owns loop, order, counting and parallelism.
"""

from __future__ import annotations

from .base import NAME, ModelFacts, Proposal, Split, Step, StepRun
from .ends import Lossy, Reader, Rows, Survey, Tokenizer, Uploader, Writer
from .shapes import Check, Gather, Map, Met, Select, Verdict

__all__ = [
    "NAME", "Check", "Gather", "Lossy", "Map", "Met", "ModelFacts", "Proposal", "Reader", "Rows", "Select",
    "Split", "Step", "StepRun", "Survey", "Tokenizer", "Uploader", "Verdict", "Writer",
]  # fmt: skip
