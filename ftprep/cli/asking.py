"""Questions on a terminal. Where there is none, nothing is ever asked."""

from __future__ import annotations

import sys


def can_ask() -> bool:
    """Whether somebody is there to answer: questions go to stderr, answers come from stdin."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def agreed(question: str, *, default: bool = True) -> bool:
    """Whether it is answered with yes: Enter is the default, the end of the input is no."""
    while True:
        answer = asked(f"{question} [{'Y/n' if default else 'y/N'}]")
        if answer is None:
            return False
        if answer.lower() in ("", "y", "yes", "n", "no"):
            return default if not answer else answer.lower() in ("y", "yes")


def asked(question: str) -> str | None:
    """The line that is answered; None at the end of the input."""
    from .saying import visible

    sys.stderr.write(f"{visible(question)} ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    return line.strip() if line else None
