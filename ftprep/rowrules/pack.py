"""A rule pack: what one service takes as training files, as data that has a date and a source."""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import msgspec

Others = Literal["error", "warning", "allow"]


class Role(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a message of one role may hold beside its role and content."""

    keys: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    """Those of the keys that must be there."""
    parts: tuple[str, ...] = ("text",)
    """Types of content parts; empty: content is text."""
    instead: tuple[str, ...] = ()
    """Keys that may stand instead of a content."""
    now: str | None = None
    """For an old role: the one that took its place."""


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of row, known by its keys; kinds are tried in the order of the file."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    others: Others = "warning"
    """What other keys are."""
    texts: tuple[str, ...] = ()
    """Those of the keys that hold a text."""
    messages: str | None = None
    """The key that holds the list of messages."""
    inside: str | None = None
    """The key of an object that holds the messages and their tools, e.g. `input`."""
    outputs: tuple[str, ...] = ()
    """Keys that hold a list of one answer each."""
    roles: tuple[str, ...] = ()
    """Roles it takes; empty: all."""
    last: tuple[str, ...] = ()
    """Roles of the last message; empty: any."""
    told_by_last: bool = False
    """Only rows that end so, and have other keys, are of this kind."""
    answer: bool = False
    """There has to be a message of the assistant."""


class Images(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for image parts."""

    most: int
    """Images in a row."""
    bytes: int
    """Bytes of one image."""
    types: tuple[str, ...]
    """As in `image/TYPE`."""
    urls: tuple[str, ...] = ("http", "https", "data")
    suffixes_refused: tuple[str, ...] = ()
    """Endings of addresses that tell another type, with the dot."""
    roles: tuple[str, ...] = ("user",)


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may speak when."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    follows: dict[str, tuple[str, ...]] = {}
    """Role -> roles that may come directly after it. Roles that are not listed: any."""
    most_system: int | None = None
    results: bool = False
    """No more results than calls."""


class Tools(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for the definitions of tools and for calls."""

    lists: tuple[str, ...] = ("tools",)
    """Keys that hold tool definitions; one of them in a row."""
    bare: tuple[str, ...] = ()
    """Keys that hold functions without a tool around them: the old form."""
    most: int | None = None
    name: str = ".+"
    """Pattern of a function's name."""
    needs: tuple[str, ...] = ("name",)
    """What a function must have."""
    call_id: str | None = None
    """Pattern of a call's id; None: any text."""


class Pack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """All rules of a service. `rules.json` of a plugin holds one."""

    service: str
    """Its name, for people."""
    date: str
    """The ISO date the rules were gathered."""
    source: dict[str, str]
    """What was read -> where it is."""
    sure: float = 0.5
    """From 0 to 1: how sure it is that a file of such rows is meant for this service."""
    kinds: dict[str, Kind]
    roles: dict[str, Role]
    content: tuple[str, ...] = ("content",)
    """Keys of a message that hold its content; one of them in a message."""
    keys: Others = "warning"
    """What keys are that a message cannot have."""
    weights: tuple[int, ...] = (0, 1)
    weight_roles: tuple[str, ...] = ("assistant",)
    name: str | None = None
    """Pattern of a message's `name`; None: any text."""
    images: Images | None = None
    order: Order | None = None
    tools: Tools = Tools()

    @cached_property
    def name_pattern(self) -> re.Pattern[str] | None:
        """The pattern of names, compiled."""
        return re.compile(self.name) if self.name is not None else None

    @cached_property
    def function_pattern(self) -> re.Pattern[str]:
        """The pattern of function names, compiled."""
        return re.compile(self.tools.name)

    @cached_property
    def id_pattern(self) -> re.Pattern[str] | None:
        """The pattern of ids, compiled."""
        return re.compile(self.tools.call_id) if self.tools.call_id is not None else None

    @property
    def current_roles(self) -> list[str]:
        """Roles that are not old."""
        return [name for name, role in self.roles.items() if role.now is None]


@cache
def read_pack(path: Path) -> Pack:
    """The pack in a file, read once. Raises msgspec.ValidationError for one that is not well made."""
    return msgspec.json.decode(path.read_bytes(), type=Pack)
