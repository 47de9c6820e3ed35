"""All that a model reads of an example: to look at it, and to change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ftprep import Example, Message, Text

Change = Callable[[str], str]


def texts(example: Example) -> list[str]:
    """The text of all messages and rejected answers, with names, reasoning and calls of tools; and the tools."""
    found: list[str] = []
    for message in (*example.messages, *example.rejected):
        content = message.content
        if isinstance(content, str):
            found.append(content)
        else:
            found += [part.text for part in content if isinstance(part, Text)]
        if message.name:
            found.append(message.name)
        if message.reasoning:
            found.append(message.reasoning)
        for call in message.tool_calls:
            found += (call.name, call.arguments)
    if example.tools:
        changed(example.tools, lambda text: found.append(text) or text)  # type: ignore[func-returns-value]
    return found


def with_texts(example: Example, change: Change) -> Example:
    """The example with `change` applied to each of its `texts`; the very same object where nothing changes."""
    if all(change(text) == text for text in texts(example)):
        return example
    return example.with_(
        messages=_messages(example.messages, change),
        rejected=_messages(example.rejected, change),
        tools=tuple(changed(tool, change) for tool in example.tools),
    )


def changed(value: Any, change: Change) -> Any:
    """A JSON value with `change` applied to every text in it, keys apart."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, (list, tuple)):
        return [changed(item, change) for item in value]
    if isinstance(value, dict):
        return {key: changed(item, change) for key, item in value.items()}
    return value


def _messages(messages: Sequence[Message], change: Change) -> tuple[Message, ...]:
    return tuple(_message(message, change) for message in messages)


def _message(message: Message, change: Change) -> Message:
    content: Any = message.content
    if isinstance(content, str):
        content = change(content)
    else:
        content = tuple(Text(change(part.text)) if isinstance(part, Text) else part for part in content)
    calls = (
        msgspec.structs.replace(call, name=change(call.name), arguments=change(call.arguments))
        for call in message.tool_calls
    )
    return message.with_(
        content=content,
        name=message.name and change(message.name),
        reasoning=message.reasoning and change(message.reasoning),
        tool_calls=tuple(calls),
    )
