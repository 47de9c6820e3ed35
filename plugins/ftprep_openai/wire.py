"""The chat format on the wire: what one message and one line of a training file look like.

The structs serve both ways: written, and read with `msgspec.convert`. Source of the rules: the line schema
`FineTuneChatRequestInput` of OpenAI's API description (2025-07-04).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from ftprep import Image, Message, Text

WireRole = Literal["system", "developer", "user", "assistant", "tool"]
NAME = re.compile(r"[^\s<|\\/>]{1,64}")
"""What the API takes as a message's `name` (the pattern its error message quotes)."""


WRITTEN: dict[str, WireRole] = {role: role for role in get_args(WireRole)} | {"developer": "system"}
"""How a role is written: supervised training knows no `developer`."""


class TextPart(Struct, frozen=True, gc=False, tag_field="type", tag="text"):
    """A part of text."""

    text: str


class Url(Struct, frozen=True, gc=False, omit_defaults=True):
    """Where an image is (http, https or data), and how closely to look at it."""

    url: str
    detail: str | None = None


class ImagePart(Struct, frozen=True, gc=False, tag_field="type", tag="image_url"):
    """A part that is an image; user messages only."""

    image_url: Url


class Function(Struct, frozen=True, gc=False):
    """The function a call names; `arguments` is a JSON string, never an object."""

    name: str
    arguments: str


class Call(Struct, frozen=True, gc=False):
    """A tool call of an assistant message."""

    id: str
    function: Function
    type: Literal["function"] = "function"


class WireMessage(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """One message. `content` has no default, so that an empty one is written all the same."""

    role: WireRole
    content: str | list[TextPart | ImagePart] | UnsetType
    name: str | None = None
    weight: Literal[0, 1] | None = None
    tool_calls: tuple[Call, ...] = ()
    tool_call_id: str | None = None


class WireRow(Struct, frozen=True, gc=False, omit_defaults=True):
    """One line of a training file."""

    messages: Sequence[Any]
    """WireMessages, or messages that are written as they are."""
    tools: tuple[dict[str, Any], ...] = ()
    parallel_tool_calls: bool | UnsetType = UNSET


EMPTY_USER = WireMessage("user", "")
"""Stands before an answer that nothing was said before."""


class Refused(Exception):
    """A message that cannot be written: the reason and detail of the example's Drop."""

    def __init__(self, reason: str, detail: str):
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def wire(message: Message, *, names: bool, weights: bool) -> tuple[WireMessage, tuple[str, ...]]:
    """A message of any kind on the wire, and what it loses. Raises Refused where nothing sensible is left."""
    role, calls = message.role, message.tool_calls
    if role == "tool" and not message.tool_call_id:
        raise Refused("tool message without a tool_call_id", "")
    assistant = role == "assistant"
    made = WireMessage(
        role=WRITTEN[role],
        content=UNSET if assistant and calls and not message.content else _content(message),
        name=written_name(message) if names else None,
        weight=message.weight if assistant and weights else None,  # type: ignore[arg-type]
        tool_calls=tuple(Call(c.id, Function(c.name, c.arguments)) for c in calls) if assistant else (),
        tool_call_id=message.tool_call_id if role == "tool" else None,
    )
    return made, tuple(_lost(message, made, names=names))


def written_name(message: Message) -> str | None:
    """The name of a message, where the API takes it: tool messages have none."""
    name = message.name
    return name if name and message.role != "tool" and NAME.fullmatch(name) else None


def _lost(message: Message, made: WireMessage, *, names: bool) -> list[str]:
    trained = message.weight if message.role == "assistant" else message.weight or None
    losses = {
        "developer role": message.role != made.role,
        "name": names and bool(message.name) and made.name is None,
        "weight": trained is not None and made.weight is None,
        "reasoning": bool(message.reasoning),
        "tool calls": bool(message.tool_calls) and not made.tool_calls,
        "tool_call_id": bool(message.tool_call_id) and made.tool_call_id is None,
    }
    return [what for what, lost in losses.items() if lost]


def _content(message: Message) -> str | list[TextPart | ImagePart]:
    if isinstance(message.content, str):
        return message.content
    return [_part(part, message.role) for part in message.content]


def _part(part: Text | Image, role: str) -> TextPart | ImagePart:
    if isinstance(part, Text):
        return TextPart(part.text)
    if role != "user":
        raise Refused("image outside a user message", f"in a message of role {role}")
    return ImagePart(Url(part.url, part.detail))


def plain(row: Any) -> Any:
    """A row as lists and dicts, whatever it is made of."""
    return msgspec.json.decode(msgspec.json.encode(row))
