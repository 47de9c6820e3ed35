"""The command line: one file a command. Only this package prints, asks or exits."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point. Leaves with 0 (done), 1 (findings at error level), 2 (usage, recipe, input or output), 3 (remote),
    4 (plugin or internal) or 130 (interrupted)."""
    try:
        from .interrupt import interruptible
        from .leaving import outcome

        with interruptible():
            code = outcome(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # while modules were imported, or while the result was being said
        code = 130
        if sys.stderr is not None:
            print("interrupted; nothing half-done is left", file=sys.stderr)
    sys.exit(code)
