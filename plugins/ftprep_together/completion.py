"""`together_completion`: a prompt and its completion as texts, as Together's fine-tuning takes them."""

from __future__ import annotations

from typing import ClassVar

from ftprep import PairWriter


class TogetherCompletion(PairWriter):
    """`{"prompt": "...", "completion": "..."}`, called instruction data there.

    An answer to nothing has an empty prompt. Longer conversations are made a pair by the steps `dialogue` and `prompt`.
    The completion alone is trained by default. Source: "Data preparation" of Together's documentation, read on
    2026-11-21.
    """

    name: ClassVar[str] = "together_completion"
    most_logprobs: ClassVar[int] = 20
    """Source: "logprobs" of completions in together 3.1.1."""
