"""What the written examples are made of: messages, roles, lengths. Counted for every output, whatever checks it has.

`manifest["makeup"][output]`:

- `examples`; `with_system`, `with_tools`, `with_images`, `with_rejected`: those that have a system or developer
  message, tools or calls of them, an image, an answer that is not wanted;
- `messages` (of an example) and `characters` (of the text of all its messages): `total`, `p50`, `p95`, `max`, by
  nearest rank; `messages` has `bins`, too: [from, up to (not included), examples], at most 60;
- `roles`: messages by role; `trained_messages`: those of the assistant whose weight is not 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import chain, compress
from operator import attrgetter
from typing import Any, get_args

import msgspec

from ..example import Example, Image, Message, Role
from ..steps.binning import binned, percentile

_MESSAGES, _TOOLS, _REJECTED = attrgetter("messages"), attrgetter("tools"), attrgetter("rejected")
_ROLE, _CONTENT, _WEIGHT, _CALLS = map(attrgetter, ("role", "content", "weight", "tool_calls"))
_ROLES: tuple[Role, ...] = get_args(Role)
_SYSTEM: tuple[Role, ...] = ("system", "developer")
_COUNTS = ("trained", "with_system", "with_tools", "with_images", "with_rejected")


class Makeup(msgspec.Struct):
    """Counts that add up in any order. Different lengths are few: n of them need n²/2 characters, so memory grows with
    the root of the data."""

    messages: Counter[int] = msgspec.field(default_factory=Counter)
    """Number of messages -> examples."""
    characters: Counter[int] = msgspec.field(default_factory=Counter)
    roles: dict[Role, int] = msgspec.field(default_factory=lambda: dict.fromkeys(_ROLES, 0))
    """Role -> messages."""
    trained: int = 0
    with_system: int = 0
    with_tools: int = 0
    with_images: int = 0
    with_rejected: int = 0

    def add(self, other: Makeup) -> None:
        """Adds what was counted elsewhere."""
        self.messages.update(other.messages)
        self.characters.update(other.characters)
        for role, n in other.roles.items():
            self.roles[role] += n
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def as_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "examples": self.messages.total(),
            "messages": {**_spread(self.messages), "bins": binned(self.messages)},
            "roles": {role: n for role, n in self.roles.items() if n},
            "trained_messages": self.trained,
            **{name: getattr(self, name) for name in _COUNTS[1:]},
            "characters": _spread(self.characters),
        }


def makeup_of(
    examples: Sequence[Example],
    talks: Sequence[Sequence[Message]] | None = None,
    carries: Container[str] = ("tools", "images", "rejected"),
) -> Makeup:
    """What a batch is made of; it is done of every example of every run, so lists are walked in C. `talks` are the
    messages as they are written, `carries` what the format can say beside text."""
    talks = list(map(_MESSAGES, examples)) if talks is None else talks
    flat = list(chain.from_iterable(talks))
    contents = list(map(_CONTENT, flat))
    numbers = list(map(len, talks))
    plain = set(map(type, contents)) <= {str}
    lengths = list(map(len, contents)) if plain else [len(message.text) for message in flat]
    roles = list(map(_ROLE, flat))
    made = Makeup(Counter(numbers), Counter(_sums(lengths, numbers)), {role: roles.count(role) for role in _ROLES})
    of_answers = compress(map(_WEIGHT, flat), map("assistant".__eq__, roles))
    made.trained = made.roles["assistant"] - list(of_answers).count(0)
    made.with_system = _told(talks, made.roles["system"] + made.roles["developer"])
    if "tools" in carries and (any(map(_TOOLS, examples)) or any(map(_CALLS, flat))):
        made.with_tools = sum(bool(e.tools) or any(map(_CALLS, e.messages)) for e in examples)
    if not plain and "images" in carries:
        made.with_images = sum(any(map(_shows, talk)) for talk in talks)
    if "rejected" in carries and any(map(_REJECTED, examples)):
        made.with_rejected = sum(map(bool, map(_REJECTED, examples)))
    return made


def _told(talks: Iterable[Sequence[Message]], messages: int) -> int:
    """How many talks have one of so many system messages, which mostly stand first."""
    if not messages:
        return 0
    begins = [talk[0].role for talk in talks if talk]
    first = sum(map(begins.count, _SYSTEM))
    return first if first == messages else sum(any(one.role in _SYSTEM for one in talk) for talk in talks)


def _shows(message: Message) -> bool:
    return not isinstance(message.content, str) and any(isinstance(part, Image) for part in message.content)


def _sums(values: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """The sum of the next n values, for each n."""
    import numpy as np

    each = np.array(values, dtype=np.int64)
    if numbers and numbers[0] and numbers.count(numbers[0]) == len(numbers):
        sums = each.reshape(-1, numbers[0]).sum(axis=1)
    else:
        sums = np.diff(np.cumsum(np.r_[0, each])[np.r_[0, np.cumsum(numbers, dtype=np.int64)]])
    found: list[int] = sums.tolist()
    return found


def _spread(counts: Mapping[int, int]) -> dict[str, int]:
    total = {"total": sum(value * times for value, times in counts.items())}
    return total | (
        {"p50": percentile(counts, 50), "p95": percentile(counts, 95), "max": max(counts)} if counts else {}
    )
