"""OpenAI's formats: chat and prompt/completion files, and the facts about its models."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_writers() -> list[type[ftprep.Writer]]:
    """`openai_chat`, `openai_completion` and `openai_preference`."""
    from .chat import OpenAIChat
    from .completion import OpenAICompletion
    from .preference import OpenAIPreference

    return [OpenAIChat, OpenAICompletion, OpenAIPreference]


@ftprep.hookimpl
def ftprep_models() -> list[ftprep.ModelFacts]:
    """The models of `models.json`."""
    from .models import facts

    return facts()
