"""What Mistral takes as training files: rules for its rows."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`mistral_rules`."""
    from .rules import MistralRules

    return [MistralRules]
