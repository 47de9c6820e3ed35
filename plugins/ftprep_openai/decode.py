"""Rows of a chat training file back to examples, with the first thing that is wrong and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from ftprep import Example, Image, Message, Text, ToolCall

from .wire import TextPart, WireMessage

_OWN = ("messages", "tools")


def matches(row: Any) -> bool:
    """Whether a row looks like a line of a chat training file: it has a list of things with roles."""
    messages = row.get("messages") if isinstance(row, Mapping) else None
    return (
        isinstance(messages, list) and bool(messages) and all(isinstance(m, Mapping) and "role" in m for m in messages)
    )


def decode(row: Any) -> Example:
    """The example a row says. Raises ValueError with the number of the message (from 1) that is wrong."""
    if not isinstance(row, Mapping):
        raise ValueError(f"a line has to be a JSON object, not {type(row).__name__}")
    messages = row.get("messages")
    if not isinstance(messages, list) or not messages:
        raise ValueError("'messages' has to be a list with at least one message")
    tools = row.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, Mapping) for tool in tools):
        raise ValueError("'tools' has to be a list of objects")
    return Example(
        messages=_without_empty_prompt([_message(n, message) for n, message in enumerate(messages, 1)]),
        tools=tuple(dict(tool) for tool in tools),
        extra={key: value for key, value in row.items() if key not in _OWN},
    )


def _without_empty_prompt(messages: list[Message]) -> tuple[Message, ...]:
    """Undoes what the writer does for an answer that nothing was said before."""
    asked = [message for message in messages if message.role in ("user", "tool")]
    if len(messages) > 1 and len(asked) == 1 and asked[0] == Message("user") and messages[-2] is asked[0]:
        return (*messages[:-2], messages[-1])
    return tuple(messages)


def _message(number: int, message: Any) -> Message:
    if not isinstance(message, Mapping):
        raise ValueError(f"message {number}: it has to be an object, not {type(message).__name__}")
    try:
        return _from_wire(msgspec.convert(_said(message), WireMessage, strict=True))
    except msgspec.ValidationError as error:
        raise ValueError(f"message {number}: {error}") from None


def _said(message: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keys that say nothing: answers saved from the API are full of `"refusal": null`."""
    if message.get("function_call") or message.get("role") == "function":
        raise msgspec.ValidationError("functions are the form of 2023; write them as tool_calls and role tool")
    said = {key: value for key, value in message.items() if value is not None and value != []}
    if "content" not in said:
        if not said.get("tool_calls"):
            raise msgspec.ValidationError("it has no content")
        said["content"] = ""
    return said


def _from_wire(message: WireMessage) -> Message:
    return Message(
        role=message.role,
        content=_content(message),
        name=message.name,
        weight=message.weight,
        tool_calls=tuple(ToolCall(c.id, c.function.name, c.function.arguments) for c in message.tool_calls),
        tool_call_id=message.tool_call_id,
    )


def _content(message: WireMessage) -> str | tuple[Text | Image, ...]:
    content = message.content
    if content is UNSET or isinstance(content, str):
        return "" if content is UNSET else content
    return tuple(
        Text(part.text) if isinstance(part, TextPart) else Image(part.image_url.url, part.image_url.detail)
        for part in content
    )
