"""Naming the plugin that broke its contract."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from ..errors import FtprepError, PluginError
from ..example import Example
from ..files import Input
from ..plugins import one_line
from ..registry import Registered
from ..template import MissingColumn

FAULTS = (Exception, SystemExit)
"""What a plugin's code may raise that is its own fault: ending the program is nothing a step may do."""

REPORT = "please report this to its maintainer, or leave the step out"


def broken(origin: Registered, what: str, error: BaseException | None = None, *, hint: str = REPORT) -> PluginError:
    """The one line for a plugin that broke its contract."""
    why = f": {one_line(error)}" if error is not None else ""
    return PluginError(f"{named(origin)} {what}{why}", hint=hint)


def named(origin: Registered) -> str:
    """A step as messages name it, with its plugin and its distribution."""
    by = f"{origin.dist} {origin.version}".strip() or "a local file"
    return f"{origin.kind} '{origin.name}' (plugin '{origin.plugin}' of {by})"


def at_work(frame: FrameType | None) -> Registered | None:
    """The step whose code runs in a frame, or was called on the way to it; None where none was."""
    return next(itertools.chain.from_iterable(map(_origins_in, _outwards(frame))), None)


def row_at_work(frame: FrameType | None) -> str:
    """The place of the example, or the file, that was worked on there; empty where it cannot be told."""
    for ours in _outwards(frame):
        for value in ours.f_locals.values():
            if isinstance(value, Example) and value.source is not None:
                return str(value.source)
            if isinstance(value, Input):
                return value.name
    return ""


def behind(error: BaseException) -> Registered | None:
    """The step that was being worked with when an error was raised; None where that cannot be told."""
    found: list[Registered] = []
    trace = error.__traceback__
    while trace is not None:
        found = list(_origins_in(trace.tb_frame)) or found
        trace = trace.tb_next
    if found:
        return found[0] if all(origin is found[0] for origin in found) else None
    return behind(error.__cause__) if error.__cause__ is not None else None


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _origins_in(frame: FrameType) -> Iterator[Registered]:
    """The steps that a function of ours has in hand: what calls a plugin's code knows where that comes from."""
    if str(frame.f_globals.get("__name__")).startswith("ftprep."):
        for value in frame.f_locals.values():
            with suppress(Exception):  # a value may be a plugin's, and do anything
                origin = value if isinstance(value, Registered) else getattr(value, "origin", None)
                if isinstance(origin, Registered):
                    yield origin


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
