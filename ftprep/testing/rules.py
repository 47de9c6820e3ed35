"""Rules of the plugin contract, each with a name and one sentence, and the error that lists those a plugin breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import msgspec

_SHOWN = 3
"""Places a broken rule is shown at."""

Look = Callable[[Any], Iterable[str]]


class Rule(msgspec.Struct, frozen=True):
    """One thing a plugin must hold to."""

    name: str
    """What it is called, with hyphens."""
    text: str
    """What must be, and how to reach it."""
    kinds: tuple[str, ...]
    """Kinds of step it is for."""
    look: Look
    """Gives a line for each place where a case breaks it."""


RULES: dict[str, Rule] = {}
"""All rules, by name, in the order in which they are looked at."""


class Broken(AssertionError):
    """A plugin breaks rules of the contract. `str()` names each rule, what it says, and where it is broken."""

    def __init__(self, who: str, found: dict[str, list[str]]):
        self.rules = tuple(found)
        """The names of the broken rules."""
        self.places = found
        count = "a rule" if len(found) == 1 else f"{len(found)} rules"
        lines = [f"{who} breaks {count} of the plugin contract"]
        for name, places in found.items():
            lines += [f"- {name}: {RULES[name].text}", *(f"    {place}" for place in places)]
        super().__init__("\n".join(lines))


def rule(*kinds: str) -> Callable[[Look], Look]:
    """Makes a function a rule: its name names it, its docstring says it. It is given a case of one of these kinds and
    yields a line for each place that breaks it.
    """

    def keep(look: Look) -> Look:
        name = look.__name__.replace("_", "-")
        RULES[name] = Rule(name, " ".join((look.__doc__ or "").split()), kinds, look)
        return look

    return keep


def judge(kind: str, who: str, case: Any) -> None:
    """Looks at a case with every rule of its kind. Raises Broken."""
    found = {}
    for one in RULES.values():
        if kind in one.kinds and (places := list(islice(one.look(case), _SHOWN))):
            found[one.name] = places
    if found:
        raise Broken(who, found)


def short(value: Any, size: int = 120) -> str:
    """A value on one line of bounded length."""
    text = " ".join(repr(value).split())
    return text if len(text) <= size else f"{text[: size - 1]}…"
