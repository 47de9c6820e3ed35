"""OpenAI's formats, what it refuses, facts about its models, and uploaders for it and services that speak its API."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_writers() -> list[type[ftprep.Writer]]:
    """`openai_chat`, `openai_completion`, `openai_preference` and `openai_reinforcement`."""
    from .chat import OpenAIChat
    from .completion import OpenAICompletion
    from .preference import OpenAIPreference
    from .reinforcement import OpenAIReinforcement

    return [OpenAIChat, OpenAICompletion, OpenAIPreference, OpenAIReinforcement]


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
def ftprep_uploaders() -> list[type[ftprep.Uploader]]:
    """`openai` and `azure`."""
    from .azure import Azure
    from .uploader import OpenAI

    return [OpenAI, Azure]


@ftprep.hookimpl
def ftprep_models() -> list[ftprep.ModelFacts]:
    """The models of `models.json`."""
    from .models import facts

    return facts()
