"""`split_talks`: a log of messages is cut into conversations."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import tzinfo
from functools import cached_property
from typing import Any, ClassVar, Literal

import xxhash
from pydantic import Field, PrivateAttr, field_validator, model_validator

from ftprep import (
    Drop,
    Example,
    Gather,
    Message,
    Outcome,
    Problem,
    Proposal,
    RecipeError,
    Row,
    as_text,
    did_you_mean,
)  # fmt: skip

from .pauses import apart, day_of, seconds_of
from .propose import of_rows

SPEAKERS = "speakers"
"""The column it adds: everybody who speaks in the conversation, in the order of their first messages."""
_MOST_REPLIES = 500_000
"""Replies that are remembered to find what replies to them answer: some 60 MB."""
_USED = frozenset(("time", "speaker", "text", "id", "reply_to", "kind", SPEAKERS))


class SplitTalks(Gather):
    """The rows of a chat log become conversations: one message a row, all of role `user`, with the speaker's name.

    It reads the columns that readers of chat logs give: `talk, time, speaker, text, id, reply_to, kind`. Rows of
    different `talk` are never one conversation. `roles` then says who is the assistant. A line that nobody said, or
    that says nothing, is a drop; `drop_system_lines` before it says which of them go, and why.
    """

    name: ClassVar[str] = "split_talks"

    gap: str | None = None
    """A longer silence ends a conversation: `45s`, `30m`, `1h`, `2d`. Default: `1h`, unless `by` is given. Between rows
    of which one has no time no silence is seen. A row that is older than the one before it counts as it is apart."""
    by: Literal["talk", "thread", "day"] | None = None
    """What else a conversation is. `talk`: all rows of one `talk` (chat, channel or ticket). `thread`: a message with
    all replies to it and to those, wherever they stand. `day`: one date."""
    scattered_: bool = Field(default=False, alias="scattered")
    """With `by: talk`: rows of one talk may stand anywhere in the file; their order is the file's."""
    zone: str | None = None
    """With `by: day`: the time zone whose dates count, such as `Europe/Berlin`, for times with an offset. Default: as
    the log writes them."""
    max_rows: int = Field(default=100_000, ge=1)
    """Messages a conversation may have; a longer one stops the run, as it is held in memory."""
    _roots: dict[int, int] = PrivateAttr(default_factory=dict)

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """Where the columns are those of a chat log."""
        return next(iter(of_rows(rows)), None)

    @classmethod
    def proposals(cls, rows: Sequence[Row]) -> Sequence[Proposal]:
        """One for each speaker who may be the assistant, the one with most answers first."""
        return of_rows(rows)

    @classmethod
    def proposals_of_all(cls, rows: Any) -> Sequence[Proposal]:
        """The same, counted over the whole file."""
        return of_rows(rows)

    @field_validator("gap")
    @classmethod
    def _a_time(cls, gap: str | None) -> str | None:
        if gap is not None:
            seconds_of(gap)
        return gap

    @field_validator("zone")
    @classmethod
    def _a_zone(cls, zone: str | None) -> str | None:
        if zone is not None:
            _zone(zone)
        return zone

    @model_validator(mode="after")
    def _go_together(self) -> SplitTalks:
        if self.by == "thread" and self.gap is not None:
            raise ValueError(
                "'gap' does not go with by: thread, whose messages may be days apart; leave one of them out"
            )
        if self.scattered_ and (self.by != "talk" or self.gap is not None):
            raise ValueError("'scattered' goes with by: talk alone; leave it out, or the gap")
        if self.zone is not None and self.by != "day":
            raise ValueError("'zone' goes with by: day; leave it out")
        return self

    @cached_property
    def _seconds(self) -> float | None:
        if self.gap is not None:
            return seconds_of(self.gap)
        return 3600.0 if self.by is None else None

    @cached_property
    def _day_zone(self) -> tzinfo | None:
        return _zone(self.zone) if self.zone is not None else None

    @cached_property
    def _needed(self) -> tuple[str, ...]:
        by = {"talk": ("talk",), "thread": ("id", "reply_to"), "day": ("time",)}.get(self.by or "", ())
        return (*by, *(("time",) if self._seconds is not None and self.by != "day" else ()), "speaker", "text")

    def columns(self) -> tuple[str, ...]:
        """The columns it cannot do without."""
        return self._needed

    def bind(self, columns: Sequence[str]) -> Gather:
        """The step for one file. Raises RecipeError, with the columns there are, where one is missing."""
        if problems := [_no_column(name, columns) for name in self._needed if name not in columns]:
            raise RecipeError(*problems)
        made = self.model_copy()
        made._roots = {}  # of this file alone
        return made

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """With the speakers."""
        return [*(column for column in columns if column != SPEAKERS), SPEAKERS]

    def same(self, previous: Row, row: Row) -> bool:
        """Whether the conversation goes on with this row."""
        if self.by == "thread" or self.scattered_:
            return self.key(previous) == self.key(row)
        if _of(previous, "talk") != _of(row, "talk"):
            return False
        before, now = _of(previous, "time"), _of(row, "time")
        if self.by == "day":
            days = day_of(before, self._day_zone), day_of(now, self._day_zone)
            if all(days) and days[0] != days[1]:
                return False
        if self._seconds is None:
            return True
        silence = apart(before, now)
        return silence is None or silence <= self._seconds

    def key(self, row: Row) -> Hashable | None:
        """The talk, or the message that a thread began with; conversations that a silence or a day ends have none."""
        if self.by == "thread":
            return self._root_of(row)
        return (_of(row, "talk"),) if self.by == "talk" and self._seconds is None else None

    def scattered(self) -> bool:
        """Threads always are."""
        return self.scattered_ or self.by == "thread"

    def most_rows(self) -> int:
        """As the option says."""
        return self.max_rows

    def _root_of(self, row: Row) -> int | None:
        """The thread of a row, as a number. What was told once stays so: a row may be asked for again. A reply that
        stands before what it answers begins a thread; so does one to a message that is not there."""
        talk, own, to = _of(row, "talk"), _of(row, "id"), _of(row, "reply_to")
        if not to or to == own:
            return _number(talk, own) if own else None
        answered = _number(talk, to)
        if not own:
            return self._roots.get(answered, answered)
        number = _number(talk, own)
        root = self._roots.get(number)
        if root is None:
            root = self._roots.get(answered, answered)
            if len(self._roots) < _MOST_REPLIES:
                self._roots[number] = root
        return root

    def make(self, rows: Sequence[Row]) -> Outcome:
        """The messages in the order of their rows."""
        messages: list[Message] = []
        lost: list[Drop] = []
        for number, row in enumerate(rows):
            speaker, text = _of(row, "speaker"), row.get("text")
            text = text if text.__class__ is str else as_text(text)
            if not speaker or row.get("kind") == "system":
                lost.append(Drop("said by nobody", row=number))
            elif not text.strip():
                lost.append(Drop("no text", row=number))
            else:
                messages.append(Message("user", text, speaker))
        if not messages:
            return Drop(lost[0].reason) if len({drop.reason for drop in lost}) == 1 else Drop("nobody says anything")
        names = list(dict.fromkeys(message.name for message in messages))
        example = Example({**_shared(rows), SPEAKERS: names}, tuple(messages), group=self._group(rows[0]))
        return [example, *lost] if lost else example

    def _group(self, row: Row) -> str:
        """Talks and threads are groups of the split; what a silence or a day parts is not."""
        if self.by == "thread":
            return "\t".join(filter(None, (_of(row, "talk"), _of(row, "id"))))
        return _of(row, "talk") if self.by == "talk" and self._seconds is None else ""


def _of(row: Row, column: str) -> str:
    value = row.get(column)
    return (value if value.__class__ is str else as_text(value)).strip()


def _number(talk: str, name: str) -> int:
    return xxhash.xxh3_64_intdigest(f"{talk}\0{name}".encode("utf-8", "surrogatepass"))


def _shared(rows: Sequence[Row]) -> Row:
    """The other columns, where they have one value in all rows."""
    names = [name for name in rows[0] if name not in _USED]
    missing = object()
    return {name: rows[0][name] for name in names if all(row.get(name, missing) == rows[0][name] for row in rows)}


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"'{name}' is no time zone that is known here; give one such as Europe/Berlin") from None


def _no_column(name: str, columns: Sequence[str]) -> Problem:
    hint = did_you_mean(name, columns, otherwise="columns")
    return Problem(
        code="FT124", message=f"split_talks: no column '{name}'; the columns are: {', '.join(columns) or 'none'}",
        hint=hint if hint.startswith("did") else "bring the column there with 'rename'",
    )  # fmt: skip
