"""Conversations with one message a row: an id, who speaks, and the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain, compress, count, islice
from operator import itemgetter, ne
from typing import Any, Literal

from pydantic import Field

from ftprep import Drop, Example, Finding, Gather, Message, Outcome, Row, as_text

from .fields import cell_text, everywhere, missing, shared_fields

RoleName = Literal["system", "developer", "user", "assistant", "tool"]
_ROLES: tuple[RoleName, ...] = ("system", "developer", "user", "tool")


class Talk(Gather):
    """A row holds one message; rows of one id are one conversation, and the id is its group."""

    name = "conversations"

    by: str
    """The id's column."""
    speaker: str
    """The speaker's column."""
    text: str
    """The message's column."""
    assistant: tuple[str, ...] = ("assistant",)
    """Who gives the answers."""
    user: str | None = None
    """The user's name, where there is one."""
    scattered_: bool = Field(default=False, alias="scattered")
    """Rows of one id may stand anywhere."""

    @cached_property
    def _known(self) -> dict[str, tuple[RoleName, str | None]]:
        """Speaker -> role and name; a name that says no more than the role is left away."""
        known: dict[str, tuple[RoleName, str | None]] = {role: (role, None) for role in _ROLES}
        known |= {name: ("assistant", None if name == "assistant" else name) for name in self.assistant}
        return known

    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return (self.by, self.speaker, self.text)

    def same(self, previous: Row, row: Row) -> bool:
        """Whether both rows have one id."""
        one, other = previous.get(self.by), row.get(self.by)
        if one.__class__ is str and other.__class__ is str:
            return one.strip() == other.strip() if one != other else True
        return self.key(previous) == self.key(row)

    def ends(self, rows: Sequence[Row]) -> list[int]:
        """As by `same`, in C for the usual rows."""
        try:
            ids = list(map(str.strip, map(itemgetter(self.by), rows)))
        except (KeyError, TypeError):
            return super().ends(rows)
        return list(compress(count(1), map(ne, ids, islice(ids, 1, None))))

    def key(self, row: Row) -> str | None:
        """The id as text, without white space around it; None where it is empty."""
        value = row.get(self.by)
        return (value if value.__class__ is str else as_text(value)).strip() or None

    def scattered(self) -> bool:
        """As the option says."""
        return self.scattered_

    def make(self, rows: Sequence[Row]) -> Outcome:
        """The messages in the order of their rows."""
        group = self.key(rows[0])
        if group is None:
            return Drop("no conversation id", f"column '{self.by}' is empty")
        known, speaker_column, text_column = self._known.get, self.speaker, self.text
        messages: list[Message] = []
        findings: list[Finding] = []
        for number, row in enumerate(rows):
            text = row.get(text_column)
            if text.__class__ is not str or not text or text.isspace():
                text = cell_text(text)
                if not text:
                    continue
            speaker = row.get(speaker_column)
            role_name = known(speaker) if speaker.__class__ is str else None
            if role_name is None:
                role_name = self._other(speaker, number, findings)
            messages.append(Message(role_name[0], text, role_name[1]))
        if not messages:
            return Drop("no messages")
        fields = {self.by: rows[0][self.by], **shared_fields(rows, {self.by, speaker_column, text_column})}
        example = Example(fields, tuple(messages), (), (), group)
        return [example, *findings] if findings else example

    def make_all(self, rows: list[Row], ends: Sequence[int]) -> list[Outcome]:
        """As one by one; where all rows are as usual (known speakers, texts that are not blank) in fewer turns."""
        known = self._known
        try:
            texts = list(map(itemgetter(self.text), rows))
            roles = list(map(known.__getitem__, map(itemgetter(self.speaker), rows)))
            ids = [rows[start][self.by].strip() for start in chain((0,), ends[:-1])]
            usual = all(map(str.strip, texts)) and all(ids)
        except (KeyError, TypeError, AttributeError):
            usual = False
        if not usual:
            return super().make_all(rows, ends)
        messages = list(map(Message, map(itemgetter(0), roles), texts, map(itemgetter(1), roles)))
        others = [name for name in rows[0] if name not in (self.by, self.speaker, self.text)]
        made: list[Outcome] = []
        start = 0
        for end, group in zip(ends, ids, strict=True):
            fields = {self.by: rows[start][self.by]}
            for name in others:
                value = rows[start].get(name, missing)
                if rows[end - 1].get(name, missing) == value and everywhere(name, value, rows[start:end]):
                    fields[name] = value
            made.append(Example(fields, tuple(messages[start:end]), (), (), group))
            start = end
        return made

    def _other(self, speaker: Any, number: int, findings: list[Finding]) -> tuple[RoleName, str | None]:
        name = cell_text(speaker).strip()
        if not name:
            message = f"a message without a speaker in column '{self.speaker}'"
            findings.append(Finding("FT314", message, "taken as the user's", row=number))
        return self._known.get(name, ("user", name or None))

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """The names that the options tell."""
        known = {"user": self.user} if self.user is not None else {}
        return known | ({"assistant": self.assistant[0]} if self._one_assistant() else {})

    def _one_assistant(self) -> bool:
        return len(self.assistant) == 1 and self.assistant != ("assistant",)
