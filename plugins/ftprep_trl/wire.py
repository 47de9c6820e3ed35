"""One conversation as chat templates read it: roles, texts, reasoning, calls whose arguments are objects.

Source: "Dataset formats" of TRL's documentation, and the chat templates that come with TRL 1.16.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from ftprep import Image, Message, Text, ToolCall

WireRole = Literal["system", "developer", "user", "assistant", "tool"]


class Part(Struct, frozen=True, gc=False, omit_defaults=True):
    """A part of a content: a text, or the place of the next image of the row."""

    type: Literal["text", "image"]
    text: str = ""


class Function(Struct, frozen=True):
    """The function a call names. Its arguments are an object; rows of other origin may have them as JSON text."""

    name: str
    arguments: dict[str, Any] | str = {}


class Call(Struct, frozen=True, omit_defaults=True):
    """A tool call of an assistant message. Many files have no ids: results follow in the order of the calls."""

    function: Function
    id: str = ""
    type: Literal["function"] = "function"


class WireMessage(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One message."""

    role: WireRole
    content: str | list[Part] = ""
    name: str | None = None
    reasoning_content: str | None = None
    tool_calls: tuple[Call, ...] = ()
    tool_call_id: str | None = None


class Refused(Exception):
    """A conversation that cannot be written: the reason and detail of the example's Drop."""

    def __init__(self, reason: str, detail: str):
        super().__init__(reason)
        self.reason, self.detail = reason, detail


class Told(NamedTuple):
    """A conversation as it is written."""

    messages: list[dict[str, Any]]
    images: list[str]
    """The addresses, in the order of their places."""
    lost: set[str]


def told(messages: Sequence[Message], *, names: bool) -> Told:
    """Messages as they are written. Raises Refused for what no chat template could read."""
    calls = {call.id: call.name for message in messages for call in message.tool_calls if call.id}
    made, images, lost = [], [], set[str]()
    for message in messages:
        made.append(_wire(message, calls, names=names))
        images += [part.url for part in message.content if isinstance(part, Image)]
        lost |= _lost(message)
    return Told(made, images, lost)


def read(messages: Sequence[Any], images: Sequence[str]) -> list[Message]:
    """The messages that rows say. Raises ValueError with the number of the message (from 1) that is wrong."""
    left = list(images)
    made: list[Message] = []
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping):
            raise ValueError(f"message {number}: it has to be an object, not {type(message).__name__}")
        try:
            made.append(_message(msgspec.convert(_said(message), WireMessage, strict=True), left))
        except (msgspec.ValidationError, Refused) as error:
            raise ValueError(f"message {number}: {error}") from None
    if left:
        raise ValueError("there are more images than places for them")
    return _without_call_names(made)


def _wire(message: Message, calls: Mapping[str, str], *, names: bool) -> dict[str, Any]:
    role = "system" if message.role == "developer" else message.role
    tool_calls = [_call(call) for call in message.tool_calls] if role == "assistant" else []
    made: dict[str, Any] = {"role": role}
    if message.content or not tool_calls:
        made["content"] = _content(message)
    name = message.name or calls.get(message.tool_call_id or "") if role == "tool" else names and message.name
    more = {
        "name": name,
        "reasoning_content": message.reasoning if role == "assistant" else None,
        "tool_calls": tool_calls,
        "tool_call_id": message.tool_call_id if role == "tool" else None,
    }
    return made | {key: value for key, value in more.items() if value}


def _content(message: Message) -> str | list[dict[str, str]]:
    """Parts only where there is an image: templates of models that have no eyes take texts."""
    if isinstance(message.content, str) or not any(isinstance(part, Image) for part in message.content):
        return message.text
    if message.role != "user":
        raise Refused("image outside a user message", f"in a message of role {message.role}")
    return [{"type": "text", "text": p.text} if isinstance(p, Text) else {"type": "image"} for p in message.content]


def _call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": arguments(call.arguments)}
    return {"type": "function"} | ({"id": call.id} if call.id else {}) | {"function": function}


def arguments(text: str) -> dict[str, Any]:
    """The object that a call's JSON text says. Raises Refused for what is none, or has a key twice."""
    try:
        made = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
        msgspec.json.encode(made)
    except (ValueError, OverflowError, RecursionError) as error:
        raise Refused("the arguments of a tool call are no JSON that every reader takes", str(error)) from None
    if not isinstance(made, dict):
        raise Refused("the arguments of a tool call are no object", f"they are {text[:50]!r}")
    return made


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    return made if math.isfinite(made := float(text)) else _no_number(text)


def _lost(message: Message) -> set[str]:
    parts = message.content if not isinstance(message.content, str) else ()
    images = [part for part in parts if isinstance(part, Image)]
    assistant, tool = message.role == "assistant", message.role == "tool"
    losses = {
        "developer role": message.role == "developer",
        "text parts": bool(parts) and not images,
        "image detail": any(image.detail for image in images),
        "reasoning": bool(message.reasoning) and not assistant,
        "tool calls": bool(message.tool_calls) and not assistant,
        "tool_call_id": bool(message.tool_call_id) and not tool,
        "weight of other roles": bool(message.weight) and not assistant,
    }
    return {what for what, is_lost in losses.items() if is_lost}


def _said(message: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keys that say nothing: columnar files fill what a row has not got with null."""
    said = {key: value for key, value in message.items() if value is not None and value != []}
    if "content" not in said and not said.get("tool_calls"):
        raise msgspec.ValidationError("it has no content")
    if isinstance(said.get("content"), list):
        said["content"] = [_part(part) for part in said["content"]]
    return said


def _part(part: Any) -> Any:
    return {key: value for key, value in part.items() if value is not None} if isinstance(part, Mapping) else part


def _message(wire: WireMessage, images: list[str]) -> Message:
    return Message(
        role=wire.role,
        content=wire.content if isinstance(wire.content, str) else tuple(_seen(p, images) for p in wire.content),
        name=wire.name,
        reasoning=wire.reasoning_content,
        tool_calls=tuple(ToolCall(c.id, c.function.name, _text(c.function.arguments)) for c in wire.tool_calls),
        tool_call_id=wire.tool_call_id,
    )


def _seen(part: Part, images: list[str]) -> Text | Image:
    if part.type == "text":
        return Text(part.text)
    if not images:
        raise Refused("there are fewer images than places for them", "")
    return Image(images.pop(0))


def _text(said: dict[str, Any] | str) -> str:
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
