"""One message as Together takes it: the chat format of the API, with reasoning, and a weight for any role.

Source: "Data preparation", "Function-calling fine-tuning" and "Reasoning fine-tuning" of Together's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from ftprep import Image, Message, Text, ToolCall

WireRole = Literal["system", "developer", "user", "assistant", "tool"]
IMAGE = re.compile(r"data:image/(jpeg|png|webp);base64,")
"""How the address of an image has to begin. Source: the checks of together-python."""
MOST_IMAGES = 10
"""In a row. Source: `MAX_IMAGES_PER_EXAMPLE` of together 3.1.1."""


class TextPart(Struct, frozen=True, gc=False, tag_field="type", tag="text"):
    """A part of text."""

    text: str


class Url(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where an image is."""

    url: str
    detail: str | None = None


class ImagePart(Struct, frozen=True, gc=False, tag_field="type", tag="image_url"):
    """A part that is an image; user messages only."""

    image_url: Url


class Function(Struct, frozen=True, gc=False):
    """The function a call names; `arguments` is JSON text."""

    name: str
    arguments: str


class Call(Struct, frozen=True, gc=False):
    """A tool call of an assistant message."""

    id: str
    function: Function
    type: Literal["function"] = "function"


class WireMessage(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One message. `reasoning` may be called `reasoning_content`."""

    role: WireRole
    content: str | list[TextPart | ImagePart] | UnsetType = UNSET
    reasoning: str | None = None
    reasoning_content: str | None = None
    tool_calls: tuple[Call, ...] = ()
    tool_call_id: str | None = None
    name: str | None = None
    weight: Literal[0, 1] | None = None


class Refused(Exception):
    """A conversation that cannot be written: the reason and detail of the example's Drop."""

    def __init__(self, reason: str, detail: str = ""):
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def told(messages: Sequence[Message], *, weights: bool, every: bool = False) -> tuple[list[dict[str, Any]], set[str]]:
    """Messages as they are written, and what they lose. Raises Refused for what Together would refuse.

    Where one message has a weight, Together trains all that have none, so those that are not the assistant's get 0;
    with `every` in all rows.
    """
    images = sum(isinstance(part, Image) for message in messages for part in message.content)
    if images > MOST_IMAGES:
        raise Refused(f"more than {MOST_IMAGES} images", f"it has {images}")
    weights = weights and (every or any(message.weight is not None for message in messages))
    lost = {what for message in messages for what in _lost(message, weights=weights)}
    return [_wire(message, weights=weights) for message in messages], lost


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
    return made


def _wire(message: Message, *, weights: bool) -> dict[str, Any]:
    role = "system" if message.role == "developer" else message.role
    assistant = role == "assistant"
    if role == "tool" and not message.tool_call_id:
        raise Refused("tool message without a tool_call_id")
    made: dict[str, Any] = {"role": role}
    if message.content or not (assistant and message.tool_calls):
        made["content"] = _content(message)
    more = {
        "reasoning": message.reasoning if assistant else None,
        "tool_calls": [_call(call) for call in message.tool_calls] if assistant else [],
        "tool_call_id": message.tool_call_id if role == "tool" else None,
    }
    made |= {key: value for key, value in more.items() if value}
    weight = message.weight if assistant else message.weight or 0
    return made | {"weight": weight} if weights and weight is not None else made


def _content(message: Message) -> str | list[dict[str, Any]]:
    if isinstance(message.content, str) or not any(isinstance(part, Image) for part in message.content):
        return message.text
    if message.role != "user":
        raise Refused("image outside a user message", f"in a message of role {message.role}")
    return [_part(part) for part in message.content]


def _part(part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if IMAGE.match(part.url) is None:
        raise Refused("an image that is not in the row itself", "Together takes jpeg, png and webp as data URLs")
    return {"type": "image_url", "image_url": {"url": part.url}}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _lost(message: Message, *, weights: bool) -> list[str]:
    parts = message.content if not isinstance(message.content, str) else ()
    images = [part for part in parts if isinstance(part, Image)]
    assistant = message.role == "assistant"
    weighs = message.weight is not None if assistant else bool(message.weight)
    losses = {
        "developer role": message.role == "developer",
        "name": bool(message.name),
        "text parts": bool(parts) and not images,
        "image detail": any(image.detail for image in images),
        "reasoning": bool(message.reasoning) and not assistant,
        "tool calls": bool(message.tool_calls) and not assistant,
        "tool_call_id": bool(message.tool_call_id) and message.role != "tool",
        f"weight {message.weight}": weighs and not weights,
    }
    return [what for what, is_lost in losses.items() if is_lost]


def _said(message: Mapping[str, Any]) -> dict[str, Any]:
    """Without the keys that say nothing."""
    said = {key: value for key, value in message.items() if value is not None and value != []}
    if "content" not in said and not said.get("tool_calls"):
        raise msgspec.ValidationError("it has no content")
    return said


def _message(wire: WireMessage) -> Message:
    content = wire.content if wire.content is not UNSET else ""
    return Message(
        role=wire.role,
        content=content if isinstance(content, str) else tuple(_read_part(part) for part in content),
        name=wire.name,
        weight=wire.weight if wire.role == "assistant" else wire.weight or None,
        reasoning=wire.reasoning or wire.reasoning_content,
        tool_calls=tuple(ToolCall(c.id, c.function.name, c.function.arguments) for c in wire.tool_calls),
        tool_call_id=wire.tool_call_id,
    )


def _read_part(part: TextPart | ImagePart) -> Text | Image:
    return Text(part.text) if isinstance(part, TextPart) else Image(part.image_url.url, part.image_url.detail)
