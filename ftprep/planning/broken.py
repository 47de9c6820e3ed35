"""Naming the plugin that broke its contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from ..errors import FtprepError, PluginError
from ..plugins import one_line
from ..registry import Registered
from ..template import MissingColumn

FAULTS = (Exception, SystemExit)
"""What a plugin's code may raise that is its own fault: ending the program is nothing a step may do."""


def broken(origin: Registered, what: str, error: BaseException | None = None) -> PluginError:
    """The one line for a plugin that broke its contract."""
    why = f": {one_line(error)}" if error is not None else ""
    return PluginError(f"{named(origin)} {what}{why}", hint=REPORT)


REPORT = "please report this to its maintainer, or leave the step out"


def named(origin: Registered) -> str:
    """A step as messages name it, with its plugin and its distribution."""
    by = f"{origin.dist} {origin.version}".strip() or "a local file"
    return f"{origin.kind} '{origin.name}' (plugin '{origin.plugin}' of {by})"


def at_work(frame: FrameType | None) -> Registered | None:
    """The step whose code runs in a frame, or was called on the way to it; None where none was."""
    while frame is not None:
        if frame.f_globals.get("__name__", "").startswith("ftprep."):
            for value in frame.f_locals.values():
                origin = value if isinstance(value, Registered) else getattr(value, "origin", None)
                if isinstance(origin, Registered):
                    return origin
        frame = frame.f_back
    return None


@contextmanager
def guarded(origin: Registered, what: str) -> Iterator[None]:
    """An exception that is not ours, from a plugin's code in here, names the plugin; `what` says what it did."""
    try:
        yield
    except (FtprepError, MissingColumn):
        raise
    except FAULTS as error:
        raise broken(origin, what, error) from error


def kind_of(value: Any) -> str:
    """What a value is, for messages: `None`, `a list`, `an int`."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeio' else 'a'} {name}"
