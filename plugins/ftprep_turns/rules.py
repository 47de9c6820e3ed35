"""What is wrong with a conversation: who speaks when, what is said, and what is trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from operator import attrgetter
from typing import NamedTuple

from ftprep import Example, Image, Message

from . import faults
from .calls import of_calls, pairing
from .faults import Found

_ROLE, _WEIGHT, _CALLS = attrgetter("role"), attrgetter("weight"), attrgetter("tool_calls")
_SHAPE, _CONTENT = attrgetter("role", "weight"), attrgetter("content")
_SAID, _REJECTED = attrgetter("messages"), attrgetter("rejected")
_MOST_SHAPES, _LONGEST_SHAPE = 10_000, 50


class Ending(NamedTuple):
    """How conversations have to end."""

    answered: bool = True
    """With an answer; else with a question, as data for reinforcement do."""
    filled: bool = False
    """The writer drops one whose last answer is empty."""


ANSWERED = Ending()


class Rules:
    """The rules, and the shapes of plain conversations that are known to be right: a table has few."""

    def __init__(self, ending: Ending = ANSWERED) -> None:
        self._ending = ending
        self._right: set[tuple[tuple[str, int | None], ...]] = set()

    def found(self, example: Example) -> list[Found]:
        """All that is wrong with an example."""
        messages = example.messages
        if example.rejected or len(messages) > _LONGEST_SHAPE or any(map(_CALLS, messages)):
            return found_in(example, self._ending)
        shape = tuple(map(_SHAPE, messages))
        if shape in self._right and all(map(_is_text, map(_CONTENT, messages))):
            return []
        found = found_in(example, self._ending)
        if not found and len(self._right) < _MOST_SHAPES:
            self._right.add(shape)
        return found

    def all_right(self, examples: Sequence[Example]) -> bool:
        """Whether all are plain conversations of shapes that are known to be right, as most are."""
        said = list(map(_SAID, examples))
        flat = list(chain.from_iterable(said))
        texts = list(map(_CONTENT, flat))
        if set(map(type, texts)) - {str} or not all(texts) or any(map(str.isspace, texts)):
            return False
        if any(map(_CALLS, flat)) or any(map(_REJECTED, examples)):
            return False
        shapes = map(_SHAPE, flat)
        return {tuple(islice(shapes, len(messages))) for messages in said} <= self._right


def found_in(example: Example, ending: Ending = ANSWERED) -> list[Found]:
    """All that is wrong with an example; its rejected answer is looked at as its last message is."""
    messages = example.messages
    if not messages:
        return [Found(faults.NO_MESSAGES, "no messages")]
    said = messages + example.rejected
    roles = ["system" if role == "developer" else role for role in map(_ROLE, messages)]
    found = list(_order(messages, roles))
    if ending.answered and roles[-1] != "assistant":
        found.append(Found(faults.ENDS[roles[-1]], f"message {len(roles)}"))
    found += _empty(said, len(messages), ending)
    if example.rejected and _same(messages[-1], example.rejected[-1]):
        found.append(Found(faults.SAME, "the rejected answer"))
    if any(weight is not None for weight in map(_WEIGHT, said)):
        found += _weights(messages)
    if "tool" in roles or any(map(_CALLS, said)):
        found += pairing(messages)
        found += of_calls(example.tools, said, len(messages))
    return found


def _order(messages: Sequence[Message], roles: Sequence[str]) -> Iterator[Found]:
    before, begun = "", False
    for at, role in enumerate(roles):
        # after a call it is the result that is missing, not a user's message
        if role == before and role != "tool" and not (role == "assistant" and messages[at - 1].tool_calls):
            yield Found(faults.REPEATS[role], f"messages {at} and {at + 1}")
        elif role == "system" and begun:
            yield Found(faults.LATE_SYSTEM, f"message {at + 1}")
        begun = begun or role != "system"
        before = role


def _empty(said: Sequence[Message], size: int, ending: Ending) -> Iterator[Found]:
    for number, message in enumerate(said, 1):
        if message.role == "assistant" and not message.tool_calls and _says_nothing(message):
            fault = faults.NOTHING_LEARNED if ending.filled and number >= size else faults.EMPTY
            yield Found(fault, faults.place(number, size))


def _same(wanted: Message, other: Message) -> bool:
    return (wanted.role, wanted.content, wanted.tool_calls) == (other.role, other.content, other.tool_calls)


def _is_text(content: object) -> bool:
    return isinstance(content, str) and content != "" and not content.isspace()


def _says_nothing(message: Message) -> bool:
    content = message.content
    if isinstance(content, str):
        return not content or content.isspace()
    return not any(isinstance(part, Image) or part.text.strip() for part in content)


def _weights(messages: Sequence[Message]) -> Iterator[Found]:
    for number, message in enumerate(messages, 1):
        weight = message.weight
        if weight is not None and (weight.__class__ is not int or weight not in (0, 1)):
            yield Found(faults.WEIGHT, f"message {number}: {weight!r}")
    answers = [message.weight for message in messages if message.role == "assistant"]
    if answers and all(weight == 0 for weight in answers):
        yield Found(faults.UNTRAINED, "all weights are 0")
