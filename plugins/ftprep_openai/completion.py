"""`openai_completion`: a prompt and its completion a line, the older of OpenAI's formats and the simplest there is."""

from __future__ import annotations

from typing import ClassVar

from ftprep import PairWriter


class OpenAICompletion(PairWriter):
    """`{"prompt": ..., "completion": ...}`, from a user message and the answer to it.

    An answer to nothing has an empty prompt. Longer conversations are made a pair by the steps `dialogue` and `prompt`.
    """

    name: ClassVar[str] = "openai_completion"
    most_logprobs: ClassVar[int] = 5
    """Source: "logprobs" of completions in OpenAI's API description."""
