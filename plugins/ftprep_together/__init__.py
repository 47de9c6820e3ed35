"""What Together takes as training files: writers, and rules for its rows."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_writers() -> list[type[ftprep.Writer]]:
    """`together` and `together_completion`."""
    from .chat import Together
    from .completion import TogetherCompletion

    return [Together, TogetherCompletion]


@ftprep.hookimpl
def ftprep_transformers() -> list[type[ftprep.Map]]:
    """`together_rules`."""
    from .rules import TogetherRules

    return [TogetherRules]
