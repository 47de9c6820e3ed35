"""Rows of the conversational forms back to examples, with the first thing that is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ftprep import Example, Message

from .forms import Form
from .wire import read

_COLUMNS: dict[Form, tuple[str, ...]] = {
    "messages": ("messages",),
    "prompt_completion": ("prompt", "completion"),
    "preference": ("chosen", "rejected"),
}
_ANSWERS: dict[Form, tuple[str, ...]] = {
    "messages": (),
    "prompt_completion": ("completion",),
    "preference": ("chosen", "rejected"),
}
_OWN: dict[Form, tuple[str, ...]] = {
    form: (*columns, "prompt", "tools", "images") if form == "preference" else (*columns, "tools", "images")
    for form, columns in _COLUMNS.items()
}


def form_of(row: Any) -> Form | None:
    """The form that a row has; None: none of them."""
    if not isinstance(row, Mapping):
        return None
    return next((form for form, names in _COLUMNS.items() if all(_is_talk(row.get(name)) for name in names)), None)


def decode(row: Any) -> Example:
    """The example that a row says. Raises ValueError."""
    form = form_of(row)
    if form is None:
        raise ValueError("a line needs messages, prompt and completion, or chosen and rejected, as lists of messages")
    said, other = _whole(row, form)
    images = row.get("images") or []
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        raise ValueError("'images' has to be a list of addresses")
    messages = _without_empty_prompt(read(said, images))
    if form == "prompt_completion":
        messages = [*map(_untrained, messages[:-1]), messages[-1]]
    return Example(
        messages=tuple(messages),
        rejected=tuple(read(other, ())),
        tools=tuple(_tools(row.get("tools"))),
        extra={key: value for key, value in row.items() if key not in _OWN[form] and value is not None},
    )


def _is_talk(messages: Any) -> bool:
    return (
        isinstance(messages, list) and bool(messages) and all(isinstance(m, Mapping) and "role" in m for m in messages)
    )


def _whole(row: Mapping[str, Any], form: Form) -> tuple[list[Any], list[Any]]:
    """The messages with the answer that is wanted, and the other answer."""
    if form == "messages":
        return row["messages"], []
    prompt = row["prompt"] if _is_talk(row.get("prompt")) else []
    answers = [list(row[name]) for name in _ANSWERS[form]]
    if not prompt:
        shared = _shared(*answers)
        if row.get("prompt") and not shared:
            raise ValueError("'prompt' has to be a list of messages, as the answers are")
        prompt, answers = answers[0][:shared], [answer[shared:] for answer in answers]
    for name, answer in zip(_ANSWERS[form], answers, strict=True):
        if len(answer) != 1:
            raise ValueError(f"'{name}' has to be one message after the prompt, not {len(answer)}")
    return [*prompt, *answers[0]], answers[1] if len(answers) > 1 else []


def _shared(wanted: list[Any], other: list[Any]) -> int:
    """How many messages both answers of a preference begin with: its prompt, where it has no other."""
    return next((n for n, pair in enumerate(zip(wanted, other, strict=False)) if pair[0] != pair[1]), len(wanted) - 1)


def _untrained(message: Message) -> Message:
    return message.with_(weight=0) if message.role == "assistant" else message


def _without_empty_prompt(messages: list[Message]) -> list[Message]:
    """Undoes what the writer does for an answer that nothing was said before."""
    asked = [message for message in messages if message.role in ("user", "tool")]
    alone = len(messages) > 1 and len(asked) == 1 and asked[0] == Message("user") and messages[-2] is asked[0]
    return [*messages[:-2], messages[-1]] if alone else messages


def _tools(tools: Any) -> list[dict[str, Any]]:
    """The definitions; TRL takes them as JSON text too."""
    if isinstance(tools, str):
        try:
            tools = json.loads(tools)
        except (ValueError, RecursionError):
            raise ValueError("'tools' is a text that is no JSON") from None
    if not isinstance(tools or [], list) or not all(isinstance(tool, Mapping) for tool in tools or []):
        raise ValueError("'tools' has to be a list of objects")
    return [dict(tool) for tool in tools or []]
