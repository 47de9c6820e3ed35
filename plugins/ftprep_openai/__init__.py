"""OpenAI's formats: chat, preference and prompt/completion files, what it refuses, and the facts about its models."""

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
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`openai_rules`."""
    from .rules import OpenAIRules

    return [OpenAIRules]


@ftprep.hookimpl
def ftprep_checks() -> list[type[ftprep.Check]]:
    """`advice`."""
    from .advice import Advice

    return [Advice]


@ftprep.hookimpl
def ftprep_models() -> list[ftprep.ModelFacts]:
    """The models of `models.json`."""
    from .models import facts

    return facts()
