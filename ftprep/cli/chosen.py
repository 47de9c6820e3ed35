"""Codes of problems on the command line: `--select FT37,FT360`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..registry import Registry


def codes(option: str, given: Sequence[str], registry: Registry) -> tuple[str, ...]:
    """The codes, or their beginnings, that an option was given. Raises click.UsageError for one that no code has."""
    if not given:
        return ()
    starts = tuple(dict.fromkeys(start.strip().upper() for text in given for start in text.split(",") if start.strip()))
    known = [found.code for found, _ in registry.codes()]
    for start in starts:
        if not any(code.startswith(start) for code in known):
            raise click.UsageError(f"{option}: no code begins with '{start}'; {_meant(start, known)}")
    if not starts:
        raise click.UsageError(f"{option}: no code is named; write one, or its beginning: {option} FT37")
    return starts


def _meant(start: str, known: Sequence[str]) -> str:
    """The longest beginning that codes have, where it has a digit; else the code that is most like it."""
    from ..errors import nearest

    begun = next(start[:n] for n in range(len(start), -1, -1) if any(code.startswith(start[:n]) for code in known))
    near = begun if begun[-1:].isdigit() else nearest(start, known)
    return f"did you mean '{near}'?" if near else "the docs list all codes, and 'ftprep rule CODE' explains one"
