"""The formats of TRL, the trainers of Hugging Face: conversations, prompt and completion, preference."""

from __future__ import annotations

import ftprep

FTPREP_API = 1


@ftprep.hookimpl
def ftprep_writers() -> list[type[ftprep.Writer]]:
    """`trl` and `trl_completion`."""
    from .chat import Trl
    from .completion import TrlCompletion

    return [Trl, TrlCompletion]
