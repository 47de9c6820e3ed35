"""The texts that are looked through, of many examples at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from operator import attrgetter

from ftprep import Example, Message, Text

_SAID, _REJECTED, _CONTENT = attrgetter("messages"), attrgetter("rejected"), attrgetter("content")
_ASIDE = (attrgetter("name"), attrgetter("reasoning"), attrgetter("tool_calls"))


def texts_of(examples: Sequence[Example]) -> tuple[list[str], list[int]]:
    """The texts that `redacted` looks at, in order; and for each example how many there are up to its end."""
    said = list(map(_SAID, examples))
    if any(map(_REJECTED, examples)):
        said = [example.messages + example.rejected for example in examples]
    flat = list(chain.from_iterable(said))
    texts = list(map(_CONTENT, flat))
    if set(map(type, texts)) <= {str} and not any(any(map(part, flat)) for part in _ASIDE):
        return texts, list(accumulate(map(len, said)))
    lists = [list(chain.from_iterable(map(_texts, messages))) for messages in said]
    return list(chain.from_iterable(lists)), list(accumulate(map(len, lists)))


def _texts(message: Message) -> Iterator[str]:
    yield from filter(None, (message.name, message.reasoning))
    if isinstance(message.content, str):
        yield message.content
    else:
        yield from (part.text for part in message.content if isinstance(part, Text))
    yield from (call.arguments for call in message.tool_calls)
