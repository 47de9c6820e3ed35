"""One message as axolotl's `type: chat_template` reads it.

Source: `prompt_strategies/chat_template.py` of axolotl 0.19: it parses the arguments of calls that are JSON text, which
keeps them of one type in a columnar file; and it joins parts of text and skips those that are images.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from ftprep import Image, Message, ToolCall

WireRole = Literal["system", "developer", "user", "assistant", "tool"]
TRAIN = "train"
"""The key of a message that says whether it is trained."""


class Function(Struct, frozen=True):
    """The function a call names; rows of other origin may have its arguments as an object."""

    name: str
    arguments: str | dict[str, Any] = "{}"


class Call(Struct, frozen=True, omit_defaults=True):
    """A tool call of an assistant message. Many files have no ids: results follow in the order of the calls."""

    function: Function
    id: str = ""
    type: Literal["function"] = "function"


class WireMessage(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One message."""

    role: WireRole
    content: str = ""
    name: str | None = None
    reasoning_content: str | None = None
    tool_calls: tuple[Call, ...] = ()
    tool_call_id: str | None = None
    train: bool | None = None


class Refused(Exception):
    """A conversation that cannot be written: the reason and detail of the example's Drop."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def told(messages: Sequence[Message], *, names: bool) -> tuple[list[dict[str, Any]], set[str]]:
    """Messages as they are written, and what they lose. Raises Refused for what axolotl could not read."""
    calls = {call.id: call.name for message in messages for call in message.tool_calls if call.id}
    lost = {what for message in messages for what in _lost(message)}
    return [_wire(message, calls, names=names) for message in messages], lost


def read(messages: Sequence[Any]) -> list[Message]:
    """The messages that a row says. Raises ValueError with the number of the message (from 1) that is wrong."""
    made: list[Message] = []
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping):
            raise ValueError(f"message {number}: it has to be an object, not {type(message).__name__}")
        try:
            made.append(_message(msgspec.convert(_said(message), WireMessage, strict=True)))
        except msgspec.ValidationError as error:
            raise ValueError(f"message {number}: {error}") from None
    return _without_call_names(made)


def _wire(message: Message, calls: Mapping[str, str], *, names: bool) -> dict[str, Any]:
    role = "system" if message.role == "developer" else message.role
    if any(isinstance(part, Image) for part in message.content):
        raise Refused("an image, which this type of dataset skips")
    tool_calls = [_call(call) for call in message.tool_calls] if role == "assistant" else []
    made: dict[str, Any] = {"role": role}
    if message.content or not tool_calls:
        made["content"] = message.text
    name = message.name or calls.get(message.tool_call_id or "") if role == "tool" else names and message.name
    more = {
        "name": name,
        "reasoning_content": message.reasoning if role == "assistant" else None,
        "tool_calls": tool_calls,
        "tool_call_id": message.tool_call_id if role == "tool" else None,
    }
    made |= {key: value for key, value in more.items() if value}
    return made if message.weight is None else made | {TRAIN: message.weight == 1}


def _call(call: ToolCall) -> dict[str, Any]:
    try:
        said = json.loads(call.arguments)
    except (ValueError, RecursionError) as error:
        raise Refused("the arguments of a tool call are no JSON", str(error)) from None
    if not isinstance(said, dict):
        raise Refused("the arguments of a tool call are no object", f"they are {call.arguments[:50]!r}")
    function = {"name": call.name, "arguments": call.arguments}
    return {"type": "function"} | ({"id": call.id} if call.id else {}) | {"function": function}


def _lost(message: Message) -> list[str]:
    assistant = message.role == "assistant"
    losses = {
        "developer role": message.role == "developer",
        "text parts": not isinstance(message.content, str),
        "reasoning": bool(message.reasoning) and not assistant,
        "tool calls": bool(message.tool_calls) and not assistant,
        "tool_call_id": bool(message.tool_call_id) and message.role != "tool",
    }
    return [what for what, is_lost in losses.items() if is_lost]


def _said(message: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keys that say nothing: columnar files fill what a row has not got with null."""
    said = {key: value for key, value in message.items() if value is not None and value != []}
    if "content" not in said and not said.get("tool_calls"):
        raise msgspec.ValidationError("it has no content")
    return said


def _message(wire: WireMessage) -> Message:
    return Message(
        role=wire.role,
        content=wire.content,
        name=wire.name,
        weight=None if wire.train is None else int(wire.train),
        reasoning=wire.reasoning_content,
        tool_calls=tuple(ToolCall(c.id, c.function.name, _text(c.function.arguments)) for c in wire.tool_calls),
        tool_call_id=wire.tool_call_id,
    )


def _text(said: str | dict[str, Any]) -> str:
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _without_call_names(messages: list[Message]) -> list[Message]:
    """A result has the name of the function that was called, which the call says already."""
    calls = {call.id: call.name for message in messages for call in message.tool_calls if call.id}
    return [
        message.with_(name=None)
        if message.role == "tool" and message.name and calls.get(message.tool_call_id or "") == message.name
        else message
        for message in messages
    ]
