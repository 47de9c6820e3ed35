"""What a row does not say any more, whatever its writer reports: it is decoded again and compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..example import Example, Image, Message


def unsaid(before: Example, after: Example, told: Collection[str]) -> tuple[str, ...]:
    """Names of what `before` has and `after` has not, but for what is `told` already. What a writer adds is no loss."""
    found = dict.fromkeys(_differences(before, after, bool(told)))
    return tuple(name for name in found if not any(_root(name) in other for other in told))


def _root(name: str) -> str:
    """A word that stands in all names of one loss: `image` in `images`."""
    return name.removesuffix("s")


def _differences(before: Example, after: Example, told: bool) -> Iterator[str]:
    if before.tools and before.tools != after.tools:
        yield "tools"
    yield from (key for key, value in before.extra.items() if key not in after.extra or after.extra[key] != value)
    yield from _of_messages(before.messages, after.messages, "messages", told)
    yield from _of_messages(before.rejected, after.rejected, "rejected", told)


def _of_messages(before: tuple[Message, ...], after: tuple[Message, ...], whole: str, told: bool) -> Iterator[str]:
    if before == after:
        return
    if len(before) != len(after):
        if not told or whole == "rejected":  # a system message that is lost shifts the others
            yield whole
        return
    for one, other in zip(before, after, strict=True):
        yield from _of_message(one, other)


def _of_message(before: Message, after: Message) -> Iterator[str]:
    if before.role != after.role:
        yield f"{before.role} role"
    if before.text != after.text:
        yield "text"
    if _images(before) != _images(after):
        yield "images"
    if before.name and before.name != after.name:
        yield "name"
    if _trained(before) != _trained(after):
        yield "weight"
    if before.reasoning and before.reasoning != after.reasoning:
        yield "reasoning"
    if before.tool_calls and before.tool_calls != after.tool_calls:
        yield "tool calls"
    if before.tool_call_id and before.tool_call_id != after.tool_call_id:
        yield "tool_call_id"


def _images(message: Message) -> list[Image]:
    return [] if isinstance(message.content, str) else [part for part in message.content if isinstance(part, Image)]


def _trained(message: Message) -> bool:
    """Whether a message is trained, said or unsaid: only assistants are."""
    return bool(message.weight) if message.weight is not None else message.role == "assistant"
