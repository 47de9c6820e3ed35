"""Chat examples to rows of a training file: the hot path, so windows of one conversation share their wire messages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, compress, repeat
from operator import attrgetter
from typing import Any

from msgspec import UNSET, UnsetType

from ftprep import Drop, Example, Lossy, Message, Template

from .wire import EMPTY_USER, Refused, WireMessage, WireRow, wire

SYSTEM = ("system", "developer")
ASKING = ("user", "tool")
_PLAIN = ("user", "assistant", "system")
_REST = attrgetter("tool_calls", "reasoning", "tool_call_id")
_NOTHING = ((), None, None)
_ROLE, _CONTENT, _WEIGHT = attrgetter("role"), attrgetter("content"), attrgetter("weight")
_KIND = attrgetter("role", "weight")
_ALL = attrgetter("role", "weight", "name", "tool_calls", "reasoning", "tool_call_id")
_MESSAGES, _TOOLS = attrgetter("messages"), attrgetter("tools")
_EXTRA, _REJECTED = attrgetter("extra"), attrgetter("rejected")
_TRAINED = frozenset({("assistant", None), ("assistant", 1)})
_KINDS = _TRAINED | {("assistant", 0), ("user", None), ("system", None)}
_PLAIN_KINDS = frozenset((role, weight, None, (), None, None) for role, weight in _KINDS)


class ChatEncoder:
    """What `openai_chat` calls per example (`__call__`) or per batch (`encode_all`)."""

    def __init__(self, *, system: Template | None, names: bool, weights: bool, allow_empty: bool):
        self._names, self._weights, self._allow_empty = names, weights, allow_empty
        self._system = system
        fixed = system is not None and not system.columns and not system.uses_messages
        self._fixed = _system_wire(system.render(Example())) if system is not None and fixed else None

    def __call__(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        return self.encode_all([example])[0]

    def encode_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for a batch. Messages are known by identity, which holds while the batch is alive."""
        if self._plain(examples):
            return self._encode_plain(examples)
        batch = _Batch(examples, names=self._names, weights=self._weights)
        find, answers, losses, refused = batch.wires.__getitem__, batch.answers, batch.losses, batch.refused
        adds = self._system is not None
        made: list[Any] = []
        for example in examples:
            messages = example.messages
            wires = list(map(find, map(id, messages)))
            if not messages or id(messages[-1]) not in answers or refused:
                drop = batch.refusal(messages) or self._refusal(messages)
                if drop is not None:
                    made.append(drop)
                    continue
            if adds:
                wires = self.opening(example) + wires
            if len(wires) < 2 or wires[-2].role != "user":
                _ask(wires)
            if losses or example.tools or example.extra or example.rejected:
                made.append(_special(example, wires, losses))
            else:
                made.append(WireRow(wires))
        return made

    def _plain(self, examples: Sequence[Example]) -> bool:
        """Whether all messages are as they are written: text, of plain roles, without names or anything more."""
        if (
            self._system is not None
            or not self._weights
            or any(chain(map(_TOOLS, examples), map(_EXTRA, examples), map(_REJECTED, examples)))
        ):
            return False
        messages = list(chain.from_iterable(map(_MESSAGES, examples)))
        if not set(map(_ALL, messages)) <= _PLAIN_KINDS:
            return False
        contents = list(map(_CONTENT, messages))
        return set(map(type, contents)) == {str} and all(contents) and all(map(_MESSAGES, examples))

    def _encode_plain(self, examples: Sequence[Example]) -> list[Any]:
        """Rows of the messages themselves: their struct has the names and the order of the wire."""
        made: list[Any] = []
        for messages in map(_MESSAGES, examples):
            last = messages[-1]
            odd = last.role != "assistant" or last.weight == 0 or last.content.isspace()
            if odd and (drop := self._refusal(messages)) is not None:
                made.append(drop)
            elif len(messages) > 1 and messages[-2].role == "user":
                made.append(WireRow(messages))
            else:
                wires = list(messages)
                _ask(wires)
                made.append(WireRow(wires))
        return made

    def prompt(self, example: Example) -> list[WireMessage]:
        """What inference sends of an example: no answer, no weights. Raises Refused."""
        history = example.messages[:-1] if example.answer is not None else example.messages
        wires = self.opening(example)
        wires += (wire(message, names=self._names, weights=False)[0] for message in history)
        wires.append(WireMessage("assistant", ""))
        _ask(wires)
        return wires[:-1]

    def as_written(self, examples: Sequence[Example]) -> list[Sequence[Message]]:
        """The messages of each example, as its row has them."""
        talks: list[Sequence[Message]] = list(map(_MESSAGES, examples))
        developer = "developer" in set(map(_ROLE, chain.from_iterable(talks)))
        if self._system is not None:
            talks = [(*self._opened(example), *example.messages) for example in examples]
        if developer or not self._weights:
            talks = [[self._shown(message) for message in talk] for talk in talks]
        return [talk if len(talk) > 1 and talk[-2].role == "user" else _asked(talk) for talk in talks]

    def _opened(self, example: Example) -> list[Message]:
        return [Message("system", str(wire.content)) for wire in self.opening(example)]

    def _shown(self, message: Message) -> Message:
        role = "system" if message.role == "developer" else message.role
        return message.with_(role=role, weight=message.weight if self._weights else None)

    def opening(self, example: Example) -> list[WireMessage]:
        """The system message that the option adds to this example, if it does."""
        if self._system is None or (example.messages and example.messages[0].role in SYSTEM):
            return []
        message = self._fixed or _system_wire(self._system.render(example))
        return [message] if message.content else []

    def _refusal(self, messages: tuple[Message, ...]) -> Drop | None:
        answer = messages[-1] if messages else None
        if answer is None:
            return Drop("no messages")
        if answer.role != "assistant":
            return Drop("the last message is not the assistant's", f"its role is {answer.role}")
        if answer.weight == 0:
            return Drop("the last answer is not trained", "its weight is 0")
        empty = not answer.text.strip() and not answer.tool_calls and not self._allow_empty
        return Drop("empty answer") if empty else None


def _system_wire(text: str) -> WireMessage:
    return WireMessage("system", text)


def _ask(wires: list[WireMessage]) -> None:
    """Puts an empty user message before an answer to nothing."""
    if not any(message.role in ASKING for message in wires):
        wires.insert(-1, EMPTY_USER)


def _asked(talk: Sequence[Message]) -> Sequence[Message]:
    """The same for messages."""
    if any(message.role in ASKING for message in talk):
        return talk
    return (*talk[:-1], Message("user"), *talk[-1:])


class _Batch:
    """What is known of the messages of one batch, by their identity."""

    def __init__(self, examples: Sequence[Example], *, names: bool, weights: bool):
        self._names, self._weights = names, weights
        self.wires: dict[int, WireMessage] = {}
        self.losses: dict[int, tuple[str, ...]] = {}
        self.answers: set[int] = set()
        """Messages that may stand last: the others have to be looked at."""
        self.refused: dict[int, Drop] = {}
        known = {id(message): message for example in examples for message in example.messages}
        if not self._learn_usual(known):
            for key, message in known.items():
                self._learn(key, message)

    def _learn_usual(self, known: dict[int, Message]) -> bool:
        """All at once, mostly in C, where every message is plain text of a plain role."""
        messages = known.values()
        usual = not self._names and self._weights and set(map(_REST, messages)) <= {_NOTHING}
        if not usual or not set(map(_KIND, messages)) <= _KINDS:
            return False
        contents = list(map(_CONTENT, messages))
        if set(map(type, contents)) != {str}:
            return False
        wires = map(WireMessage, map(_ROLE, messages), contents, repeat(None), map(_WEIGHT, messages))
        self.wires = dict(zip(known, wires, strict=True))
        trained = compress(zip(known, contents, strict=True), map(_TRAINED.__contains__, map(_KIND, messages)))
        self.answers = {key for key, content in trained if content.strip()}
        return True

    def refusal(self, messages: Sequence[Message]) -> Drop | None:
        """Why an example with these messages cannot be written, if one of them cannot."""
        return next((self.refused[key] for key in map(id, messages) if key in self.refused), None)

    def _learn(self, key: int, message: Message) -> None:
        role, content, weight = message.role, message.content, message.weight
        if (
            content.__class__ is not str
            or _REST(message) != _NOTHING
            or (weight is not None and (role != "assistant" or not self._weights))
            or self._names
            or role not in _PLAIN
        ):
            self._learn_unusual(key, message)
            return
        self.wires[key] = WireMessage(role, content, None, weight)  # type: ignore[arg-type]
        if role == "assistant" and weight != 0 and content and not content.isspace():
            self.answers.add(key)

    def _learn_unusual(self, key: int, message: Message) -> None:
        try:
            made, lost = wire(message, names=self._names, weights=self._weights)
        except Refused as refused:
            made, lost = EMPTY_USER, ()
            self.refused[key] = Drop(refused.reason, refused.detail)
        self.wires[key] = made
        if lost:
            self.losses[key] = lost


def _special(example: Example, wires: list[WireMessage], losses: dict[int, tuple[str, ...]]) -> Any:
    """An example with tools, keys of its own, or something that this format cannot say."""
    lost = {what for message in example.messages for what in losses.get(id(message), ())}
    parallel = parallel_tool_calls(example)
    lost.update(key for key in example.extra if key != "parallel_tool_calls" or parallel is UNSET)
    if example.rejected:
        lost.add("rejected")
    row = WireRow(wires, example.tools, parallel)
    return Lossy(row, tuple(sorted(lost))) if lost else row


def parallel_tool_calls(example: Example) -> bool | UnsetType:
    """The one key of its own that a row may have."""
    value = example.extra.get("parallel_tool_calls")
    return value if isinstance(value, bool) else UNSET
