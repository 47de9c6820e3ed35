"""The content of a message in a list: a text, or parts of it (text, images, reasoning, refusals, calls)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ftprep import Image, Text, ToolCall, as_text

from .calls import calls_of

_TEXTS = ("text", "input_text", "output_text", "refusal")
_REASONING = ("reasoning", "thinking")
_IMAGES = ("image_url", "input_image", "image")
_CALLS = ("tool_call", "tool_use")


class Said(NamedTuple):
    """What one message says."""

    content: str | tuple[Text | Image, ...]
    reasoning: str | None = None
    calls: tuple[ToolCall, ...] = ()


def said(value: Any, more: Mapping[str, Any], calls: int) -> Said:
    """What a message's content, and the keys beside it, say; calls without an id are numbered from `calls` + 1.
    Raises ValueError, saying what is wrong."""
    content, reasoning, made = _of_parts(value, calls) if isinstance(value, (list, tuple)) else Said(as_text(value))
    if not content and (refusal := as_text(more.get("refusal"))):
        content = refusal
    given = more.get("tool_calls") or more.get("function_call")
    if given:
        made = (*made, *calls_of(given, calls + len(made) + 1))
    beside = as_text(more.get("reasoning_content") or more.get("reasoning"))
    return Said(content, beside or reasoning, made)


def result_text(value: Any) -> str:
    """The text of a tool's result: parts of text are joined, anything else is as it is printed."""
    if isinstance(value, (list, tuple)) and value and all(_kind(part) in _TEXTS for part in value):
        return "".join(_text(part) for part in value)
    return as_text(value)


def _of_parts(parts: Sequence[Any], calls: int) -> Said:
    content: list[Text | Image] = []
    reasoning: list[str] = []
    made: tuple[ToolCall, ...] = ()
    for part in parts:
        kind = _kind(part)
        if kind in _TEXTS:
            content.append(Text(_text(part)))
        elif kind in _REASONING:
            reasoning.append(_text(part))
        elif kind in _IMAGES:
            content.append(_image(part))
        elif kind in _CALLS:
            given = {"id": part.get("id"), "name": part.get("name"), "arguments": part.get("input", {})}
            made = (*made, *calls_of(part.get("value", given), calls + len(made) + 1))
        else:
            known = ", ".join(("text", "image_url", "refusal", "reasoning", "tool_call"))
            raise ValueError(f"a part of its content is of type {as_text(kind) or 'none'}, none of {known}")
    return Said(_plain(content), "\n".join(reasoning) or None, made)


def _plain(content: list[Text | Image]) -> str | tuple[Text | Image, ...]:
    """A lone text stands as a text."""
    if not content:
        return ""
    first = content[0]
    return first.text if len(content) == 1 and isinstance(first, Text) else tuple(content)


def _kind(part: Any) -> Any:
    return part.get("type") if isinstance(part, Mapping) else None


def _text(part: Mapping[str, Any]) -> str:
    """The text stands under the part's own type, as `text`, or as `value`."""
    return as_text(next((part[key] for key in (part["type"], "text", "value") if key in part), None))


def _image(part: Mapping[str, Any]) -> Image:
    image = part.get("image_url", part.get("url", part.get("value")))
    if isinstance(image, Mapping):
        return Image(as_text(image.get("url")), image.get("detail"))
    return Image(as_text(image), part.get("detail"))
