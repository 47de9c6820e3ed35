"""Where a window of a conversation may start, and what fits into it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from ftprep import Message

SYSTEM = ("system", "developer")


def leading(messages: Sequence[Message]) -> int:
    """How many system messages a conversation begins with."""
    count = 0
    for message in messages:
        if message.role not in SYSTEM:
            break
        count += 1
    return count


class Room:
    """The bounds of one conversation: tools' results stay with their calls, and prompts within the budget of tokens.

    It is asked for one answer after the other, and looks at nothing that comes after the answer: at inference there
    is nothing. `before` holds the tokens before each message; it, and `budget`, only count where there is a budget.
    """

    def __init__(self, messages: Sequence[Message], budget: int | None, before: Sequence[int]):
        self.lead = leading(messages)
        self._budget, self._before = budget, before
        self._calls = _calls(messages)
        self._starts: list[int] = []
        self._seen = 0

    def start(self, answer: int, context: int) -> int:
        """Where the context of an answer starts: earlier than asked where a call would be lost, later where it has
        too many tokens.
        """
        self._look_up_to(answer)
        asked = max(answer - context, self.lead)
        if asked >= answer:
            return answer
        index = bisect_right(self._starts, asked) - 1
        while index < len(self._starts) and not self.fits(self._starts[index], answer):
            index += 1
        return self._starts[index] if index < len(self._starts) else answer

    def fits(self, start: int, answer: int) -> bool:
        """Whether the prompt of an answer, from this start, is within the budget."""
        return self._budget is None or self._tokens(start, answer) <= self._budget

    def _tokens(self, start: int, answer: int) -> int:
        return self._before[self.lead] + self._before[answer] - self._before[start]

    def _look_up_to(self, answer: int) -> None:
        """Notes where windows may start: not between a call and its result."""
        for at in range(self._seen, answer):
            self._starts.append(at)
            call = max(self._calls.get(at, at), self.lead)
            while self._starts[-1] > call:
                self._starts.pop()
        self._seen = max(self._seen, answer)


def _calls(messages: Sequence[Message]) -> dict[int, int]:
    """Where a tool's result stands -> where its call does, the nearest one before it where the ids do not say."""
    calls: dict[int, int] = {}
    latest: int | None = None
    by_id: dict[str | None, int] = {}
    for at, message in enumerate(messages):
        if message.tool_calls:
            latest = at
            by_id |= {call.id: at for call in message.tool_calls}
        elif message.role == "tool" and latest is not None:
            calls[at] = by_id.get(message.tool_call_id, latest)
    return calls
