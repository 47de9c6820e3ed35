"""Naming the plugin that broke its contract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import FtprepError, PluginError
from ..plugins import one_line
from ..registry import Registered
from ..template import MissingColumn


def broken(origin: Registered, what: str, error: Exception | None = None) -> PluginError:
    """The one line for a plugin that broke its contract."""
    why = f": {one_line(error)}" if error is not None else ""
    by = f"{origin.dist} {origin.version}".strip() or "a local file"
    return PluginError(
        f"{origin.kind} '{origin.name}' (plugin '{origin.plugin}' of {by}) {what}{why}",
        hint="please report this to its maintainer, or leave the step out",
    )


@contextmanager
def guarded(origin: Registered, what: str) -> Iterator[None]:
    """An exception that is not ours, from a plugin's code in here, names the plugin; `what` says what it did."""
    try:
        yield
    except (FtprepError, MissingColumn):
        raise
    except Exception as error:
        raise broken(origin, what, error) from error


def kind_of(value: Any) -> str:
    """What a value is, for messages: `None`, `a list`, `an int`."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeio' else 'a'} {name}"
