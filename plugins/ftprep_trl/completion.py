"""`trl_completion`: a prompt and its completion as texts, the standard format of TRL."""

from __future__ import annotations

from typing import ClassVar

from ftprep import PairWriter


class TrlCompletion(PairWriter):
    """`{"prompt": "...", "completion": "..."}`, for base models and texts without a chat template.

    An answer to nothing has an empty prompt. Longer conversations are made a pair by the steps `dialogue` and `prompt`.
    TRL trains the completion alone. Source: "Dataset formats" of TRL's documentation; tried with TRL 1.16.
    """

    name: ClassVar[str] = "trl_completion"
    most_logprobs: ClassVar[int] = 20
    """Source: `--max-logprobs` of vLLM, which serves such models, by default."""
    added_tokens: ClassVar[int] = 1
    """The end-of-text token."""
