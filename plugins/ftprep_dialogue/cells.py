"""Conversations that stand in one cell each, their messages parted by a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ftprep import Drop, Example, Gather, Message, Outcome, Row

from .fields import cell_text
from .talk import RoleName

_SHOWN = 60


class Cells(Gather):
    """A cell holds a whole conversation. The speakers take turns, the user first, or stand before each message."""

    name = "conversations"

    cell: str
    """The conversation's column."""
    turn: str = "\n###\n"
    """What stands between two messages."""
    names: dict[RoleName, str | tuple[str, ...]] = {}
    """Role -> the name, or names, that stand before its messages, followed by a colon; empty: they take turns."""

    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return (self.cell,)

    def same(self, previous: Row, row: Row) -> bool:
        """Never: each row is a conversation."""
        return False

    def make(self, rows: Sequence[Row]) -> Outcome:
        """The messages of the one row."""
        text = cell_text(rows[0].get(self.cell)).replace("\r\n", "\n")
        parts = [part.strip() for part in text.split(self.turn.replace("\r\n", "\n"))]
        messages: list[Message] = []
        for number, part in enumerate(parts):
            message = self._named(part) if self.names else Message("assistant" if number % 2 else "user", part)
            if part and message is None:
                return Drop("message without a known name", f"message {number + 1}: {part[:_SHOWN]!r}")
            if message is not None and message.content:
                messages.append(message)
        if not messages:
            return Drop("no messages")
        return Example({name: value for name, value in rows[0].items() if name != self.cell}, tuple(messages))

    def _named(self, part: str) -> Message | None:
        before, colon, after = part.partition(":")
        name = before.strip()
        role = next((role for role, known in self.names.items() if name in _each(known)), None)
        return Message(role, after.strip(), name) if colon and role is not None else None

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """As `names` says, where a role has one."""
        return {str(role): names for role, names in self.names.items() if isinstance(names, str)}


def _each(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else names
