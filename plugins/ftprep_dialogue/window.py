"""`window`: from a conversation to training samples, each with the messages before its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import Literal, NamedTuple

from pydantic import Field

from ftprep import Drop, Example, Map, Message, Outcome, StepRun

from .copies import with_messages
from .room import SYSTEM, Room, leading

Piece = tuple[int, int, int]
"""Where its context starts, its first answer to train, and its end."""
_AFTER = "messages after the last answer"
_ROLE, _WEIGHT = attrgetter("role"), attrgetter("weight")
_LONGEST_SHAPE = 64
_MOST_SHAPES = 4096


class Window(Map):
    """Cuts a conversation into examples that end in an answer, so that each answer is trained exactly once.

    Leading system messages stay in every example and are not counted as context. A tool's result never parts from
    its call: the context then begins with the call, a few messages earlier. Answers inside the context get weight 0.
    An answer that has weight 0 already is context, and no example of its own.
    """

    name = "window"
    needs_messages = True
    many = True

    context: int = Field(default=5, ge=0)
    """At most so many messages before each answer; 0 gives the answer alone."""
    tokens: int | None = Field(default=None, ge=1)
    """At most so many tokens before each answer, system messages included, counted as chat messages of the recipe's
    model (without names and tool definitions): the oldest context goes first. The answer itself is not counted: at
    inference it is not there yet, and the model has to be asked with the context it was trained with. The check
    `tokens` looks at whole examples."""
    one_per: Literal["answer", "window"] = "answer"
    """`answer`: an example for each answer. `window`: long conversations in few, overlapping pieces. A piece begins
    with the `context` of its first answer, which the piece before has trained, and goes on for as many answers as
    `tokens` allow, or, without `tokens`, while it has at most 2 x `context` + 1 messages."""

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """The cutter. Raises RecipeError where `tokens` is given and the recipe names no model."""
        return _Cutter(self, run)

    def request(self, example: Example, run: StepRun) -> Example:
        """The window of the empty answer, cut as in training."""
        waiting = example
        if example.answer is None:
            waiting = with_messages(example, (*example.messages, Message("assistant")))
        cut = _Cutter(self, run)(waiting)
        last = cut[-1] if isinstance(cut, list) else example
        assert isinstance(last, Example)
        return last if waiting is example else with_messages(last, last.messages[:-1])


class _Shape(NamedTuple):
    """What follows from the roles of a conversation alone."""

    plain: bool
    """It has an answer, and only the context bounds its windows."""
    answers: list[int]
    lead: int
    pieces: list[Piece]
    after: int


class _Cutter:
    """Cuts one conversation after the other."""

    def __init__(self, step: Window, run: StepRun):
        self._context, self._run, self._whole = step.context, run, step.one_per == "window"
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._each, reply = (run.model.message_tokens, run.model.reply_tokens) if run.model else (0, 0)
        self._budget = None if step.tokens is None else step.tokens - reply
        if self._budget is not None:
            run.count([""])

    def __call__(self, example: Example) -> Outcome:
        return self._cut(example, () if self._budget is None else self._counted([example])[0])

    def apply_all(self, examples: Sequence[Example]) -> list[Outcome]:
        """As one by one, but the tokens of all are counted in one go."""
        if self._budget is not None:
            return list(map(self._cut, examples, self._counted(examples)))
        shapes = self._shapes
        made: list[Outcome] = []
        after = 0
        for example in examples:
            messages = example.messages
            roles = tuple(map(_ROLE, messages))
            shape = shapes.get(roles) or self._shape(roles)
            if shape.plain and 0 not in map(_WEIGHT, messages):
                after += shape.after
                made.append(_made(example, shape.answers, shape.lead, shape.pieces))
            else:
                made.append(self._unusual(example, roles, ()))
        if after:
            self._run.tally(_AFTER, after)
        return made

    def _cut(self, example: Example, before: Sequence[int]) -> Outcome:
        return self._unusual(example, tuple(map(_ROLE, example.messages)), before)

    def _unusual(self, example: Example, roles: Sequence[str], before: Sequence[int]) -> Outcome:
        messages = example.messages
        answers = [at for at, role in enumerate(roles) if role == "assistant" and messages[at].weight != 0]
        if not answers:
            return Drop("no answer")
        if after := len(messages) - 1 - answers[-1]:
            self._run.tally(_AFTER, after)
        if self._whole or self._budget is not None or "tool" in roles:
            room = Room(messages, self._budget, before)
            return _made(example, answers, room.lead, self._pieces(answers, room))
        lead = leading(messages)
        return _made(example, answers, lead, self._plain_pieces(answers, lead))

    def _plain_pieces(self, answers: Sequence[int], lead: int) -> list[Piece]:
        context = self._context
        return [(at - context if at - context > lead else lead, at, at + 1) for at in answers]

    def _shape(self, roles: tuple[str, ...]) -> _Shape:
        """Where conversations with these roles are cut; kept, as most conversations of a table have few shapes."""
        answers = [at for at, role in enumerate(roles) if role == "assistant"]
        plain = bool(answers) and not (self._whole or self._budget is not None or "tool" in roles)
        lead = next((at for at, role in enumerate(roles) if role not in SYSTEM), len(roles))
        after = len(roles) - 1 - answers[-1] if answers else 0
        shape = _Shape(plain, answers, lead, self._plain_pieces(answers, lead), after)
        if len(roles) <= _LONGEST_SHAPE and len(self._shapes) < _MOST_SHAPES:
            self._shapes[roles] = shape
        return shape

    def _pieces(self, answers: Sequence[int], room: Room) -> Iterator[Piece]:
        number = 0
        while number < len(answers):
            first = answers[number]
            number += 1
            start, end = room.start(first, self._context), first + 1
            if (left_out := start - max(first - self._context, room.lead)) > 0:
                self._run.tally("context messages left out for tokens", left_out)
            while self._whole and number < len(answers) and self._goes_on(start, answers[number], room):
                end = answers[number] + 1
                number += 1
            yield start, first, end

    def _goes_on(self, start: int, answer: int, room: Room) -> bool:
        return room.fits(start, answer) if self._budget is not None else answer - start <= 2 * self._context

    def _counted(self, examples: Sequence[Example]) -> list[list[int]]:
        """For each example the tokens before each of its messages."""
        texts = [_texts(message) for example in examples for message in example.messages]
        counts = iter(self._run.count([text for some in texts for text in some]))
        costs = iter([self._each + sum(next(counts) for _ in some) for some in texts])
        return [list(accumulate((next(costs) for _ in example.messages), initial=0)) for example in examples]


def _made(example: Example, answers: Sequence[int], lead: int, pieces: Iterable[Piece]) -> list[Example]:
    messages, rejected = example.messages, example.rejected
    fields, tools, group, extra, source = example.fields, example.tools, example.group, example.extra, example.source
    size = len(messages)
    quiet = list(messages)
    for at in answers[:-1]:
        m = quiet[at]
        quiet[at] = Message(m.role, m.content, m.name, 0, m.reasoning, m.tool_calls, m.tool_call_id)
    system = messages[:lead]
    # what is rejected stands against the last answer, and no other
    return [
        Example(
            fields, (*system, *quiet[start:first], *messages[first:end]), tools,
            rejected if end == size else (), group, extra, source,
        )
        for start, first, end in pieces
    ]  # fmt: skip


def _texts(message: Message) -> list[str]:
    """What is counted of a message."""
    return [message.text, *(text for call in message.tool_calls for text in (call.name, call.arguments))]
