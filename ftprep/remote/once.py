"""What must not be done twice: where an answer is lost, what it was about is looked for first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..errors import RemoteError
from .link import Link

T = TypeVar("T")
_TRIES = 4
"""How often something is sent whose answer was lost."""
_LOOKS = 3
"""How often it is looked for: lists may lag behind."""


def found_late(link: Link, look: Callable[[], T | None]) -> T | None:
    """What is found at the first, second or third look."""
    for n in range(_LOOKS):
        if (found := look()) is not None:
            return found
        if n < _LOOKS - 1:
            link.session.sleep(1.0 + n)
    return None


def sent_once(call: Callable[[], T], look: Callable[[], T | None], link: Link) -> T:
    """What a call gives that must not be made twice: where its answer is lost, what it made is looked for."""
    for n in range(_TRIES):
        try:
            return call()
        except RemoteError as error:
            if error.kind == "lost":
                link.session.say(f"{error.problems[0].message}; looking whether it arrived")
                if (found := _looked(look)) is not None:
                    return found
            wait = link.session.wait_after(error, n)
            if wait is None or n == _TRIES - 1:
                raise
            link.session.say(f"{error.problems[0].message}; trying again in {wait:g} s")
            link.session.sleep(wait)
    raise AssertionError("it is tried at least once")


def _looked(look: Callable[[], T | None]) -> T | None:
    """What is found. Where nobody can look, it stays unknown whether it arrived."""
    try:
        return look()
    except RemoteError as error:
        raise RemoteError(*error.problems, kind="lost", wait=error.wait) from error
