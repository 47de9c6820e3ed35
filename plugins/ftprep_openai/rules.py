"""`openai_rules`: what OpenAI would refuse of a training file, by the dated rules of `rules.json`."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ftprep import RowRules


class OpenAIRules(RowRules):
    """Looks at rows of OpenAI's training files as they were read (chat, preference, reinforcement, prompt/completion),
    and reports all that OpenAI would refuse or that is old. Every row goes on as it is.
    """

    name: ClassVar[str] = "openai_rules"
    rules_of: ClassVar[str | None] = "openai"
    pack: ClassVar[Path] = Path(__file__).with_name("rules.json")
