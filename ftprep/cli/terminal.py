"""What a stream can show: how wide it is, whether in colour, and which characters."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import TextIO

USUAL = 80
"""Characters of a line where nobody says how many there are."""


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody watches."""
    return stream is not None and not stream.closed and stream.isatty()


def terminal_width(stream: TextIO | None) -> int | None:
    """Characters of a line of stdout where people watch; None: it goes to a file or a program, which wants whole
    lines."""
    return shutil.get_terminal_size().columns if is_terminal(stream) else None


def width_of(stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> int:
    """Characters of a line: COLUMNS, or what the terminal says."""
    if environ.get("COLUMNS", "").isdecimal() and int(environ["COLUMNS"]) > 0:
        return int(environ["COLUMNS"])
    try:
        return os.get_terminal_size(stream.fileno()).columns or USUAL if stream is not None else USUAL
    except (OSError, ValueError, AttributeError):
        return USUAL


def takes_colour(stream: TextIO | None, environ: Mapping[str, str] = os.environ) -> bool:
    """On a terminal, unless NO_COLOR is set to anything (https://no-color.org) or it is a dumb one."""
    return is_terminal(stream) and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def can_show(stream: TextIO | None, text: str) -> bool:
    """Whether the stream's encoding has all these characters."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
