"""What to make of a chat log, from its columns and from who speaks how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ftprep import Proposal, Row, as_text

from .names import plain_name, word_set
from .pauses import apart

_COLUMNS = ("talk", "time", "speaker", "text", "kind")
_ANSWERERS = word_set("assistant chatgpt claude gemini copilot bot ai agent support operator")
_MOST_ASKED = 20
"""Speakers among whom the assistant is asked for."""
_MOST_NAMES = 500
"""Names that a recipe lists."""
_MOST_TALKS = 1_000_000
"""Talks that are told apart."""
_SOON = 3600
"""Seconds within which a message is an answer to the one before it."""
_LONG = 60
"""Messages of an average talk from which a talk is a log that goes on, not a conversation."""


class Log:
    """Who speaks how often in a log, and what its columns tell of its conversations."""

    def __init__(self) -> None:
        self.said: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.talks: set[int] = set()
        self.starts = self.timed = self.replies = self.others = 0
        self._before: tuple[str, str, str] | None = None

    def add(self, row: Row) -> None:
        """Counts one row."""
        speaker = row["speaker"].strip() if isinstance(row.get("speaker"), str) else ""
        if not speaker or row.get("kind") == "system":
            self.others += 1
            return
        talk, time = as_text(row.get("talk")), as_text(row.get("time"))
        self.said[speaker] += 1
        self.timed += bool(time)
        self.replies += bool(row.get("reply_to"))
        if self._before is None or self._before[0] != talk:
            self.starts += 1
            if len(self.talks) < _MOST_TALKS:
                self.talks.add(hash(talk))
        elif self._before[1] != speaker and (apart(self._before[2], time) or 0) <= _SOON:
            self.answers[speaker] += 1
        self._before = (talk, speaker, time)

    @property
    def messages(self) -> int:
        """Messages of all speakers."""
        return self.said.total()

    def cut(self) -> tuple[dict[str, Any], str]:
        """The options of `split_talks`, and why."""
        if self.replies > self.messages / 2:
            return {"by": "thread"}, "most messages answer one, so threads are conversations"
        if len(self.talks) > 1 and self.messages / len(self.talks) <= _LONG:
            scattered = {"scattered": True} if self.starts > len(self.talks) else {}
            return {"by": "talk", **scattered}, f"{len(self.talks):,} talks are conversations"
        if self.timed > self.messages / 2:
            return {"gap": "1h"}, "a silence of an hour ends a conversation"
        return {"by": "talk"}, "a talk is a conversation"

    def answering(self) -> list[str]:
        """The speakers, those with most answers first; of equal ones, who opens fewer talks."""
        return sorted(self.said, key=lambda name: (-self.answers[name], self.said[name], name))

    def known(self) -> list[str]:
        """Those who are called like one who answers."""
        return [name for name in self.answering() if plain_name(name) in _ANSWERERS]


def of_rows(rows: Iterable[Row]) -> Sequence[Proposal]:
    """One proposal for each speaker who may be the assistant; none where these are no rows of a chat log."""
    log = Log()
    for row in rows:
        if not log.messages and not all(column in row for column in _COLUMNS):
            return ()
        log.add(row)
    return tuple(_proposals(log)) if len(log.said) > 1 else ()


def _proposals(log: Log) -> Iterator[Proposal]:
    known = log.known()
    if known and len(known) < len(log.said):
        assistant = known[0] if len(known) == 1 else known
        yield _proposal(log, assistant, f"'{known[0]}' answers", "", "")
        return
    able = [name for name in log.answering() if log.answers[name]]
    for name in (able or log.answering())[:_MOST_ASKED]:
        told = f"{_count(log.said[name])}, {log.answers[name]:,} of them answers"
        yield _proposal(log, name, f"{name} has {told}", name, told)


def _count(messages: int) -> str:
    return f"{messages:,} message{'s' if messages > 1 else ''}"


def _proposal(log: Log, assistant: str | list[str], why: str, name: str, told: str) -> Proposal:
    cut, because = log.cut()
    names = sorted(log.said, key=lambda speaker: (-log.said[speaker], speaker))[:_MOST_NAMES]
    people = [name for name in names if plain_name(name) not in _ANSWERERS and plain_name(name) != "user"]
    after: list[tuple[Any, str]] = [
        ("merge_turns", "what one speaker writes in a row is one message"),
        ({"roles": {"assistant": assistant}}, "all others are users"),
    ]
    if people:
        after.append(({"anonymise": {"names": people}}, "add whoever else is talked about"))
    after.append(("redact", "e-mail addresses, phone numbers, accounts"))
    after.append(({"min_turns": 2}, ""))
    return Proposal(
        kind="messages",
        options=cut,
        sure=0.97,
        why=f"a chat log of {len(log.said):,} speakers; {because}; {why}",
        task="chatbot",
        columns={"talk": "talk", "speaker": "speaker", "text": "text"},
        before=(("drop_system_lines", "who joined or left, and what was taken back"),),
        after=tuple(after),
        question="who is the assistant?" if name else "",
        answer=name,
        told=told,
        more=True,
    )
