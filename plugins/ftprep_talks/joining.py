"""Messages that follow each other, made one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ftprep import Message, Text


def merged(messages: Sequence[Message], alike: Callable[[Message, Message], bool], joint: str) -> tuple[Message, ...]:
    """The messages with neighbours that are alike joined. Tool calls and results stay messages of their own."""
    made: list[Message] = []
    for message in messages:
        if made and _plain(made[-1]) and _plain(message) and alike(made[-1], message):
            made[-1] = _joined(made[-1], message, joint)
        else:
            made.append(message)
    return tuple(made)


def _plain(message: Message) -> bool:
    return message.role in ("user", "assistant") and not message.tool_calls


def _joined(one: Message, other: Message, joint: str) -> Message:
    name = one.name if one.name == other.name else None
    weight = (
        one.weight if one.weight == other.weight else max(w for w in (one.weight, other.weight, 0) if w is not None)
    )
    reasoning = joint.join(filter(None, (one.reasoning, other.reasoning))) or None
    if isinstance(one.content, str) and isinstance(other.content, str):
        content: object = f"{one.content}{joint}{other.content}"
    else:
        content = (*_parts(one), Text(joint), *_parts(other))
    return one.with_(content=content, name=name, weight=weight, reasoning=reasoning)


def _parts(message: Message) -> tuple[object, ...]:
    return (Text(message.content),) if isinstance(message.content, str) else message.content
