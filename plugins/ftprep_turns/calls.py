"""What is wrong with the tool calls of a conversation: their results, their names, their arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from ftprep import Message, ToolCall

from . import faults
from .faults import Found
from .schema import mismatches

_NOT_JSON = object()


def pairing(messages: Sequence[Message]) -> Iterator[Found]:
    """Results without their call, and calls without their result; those of the last message may stay open."""
    waiting: list[str] = []
    caller = 0
    for number, message in enumerate(messages, 1):
        if message.role == "tool":
            if message.tool_call_id in waiting:
                waiting.remove(message.tool_call_id)
            else:
                fault = faults.RESULT_ALONE if message.tool_call_id else faults.RESULT_WITHOUT_ID
                yield Found(fault, f"message {number}")
            continue
        if waiting:
            yield Found(faults.CALL_ALONE, f"message {caller}")
        waiting = [call.id for call in message.tool_calls] if message.role == "assistant" else []
        caller = number
    if waiting and caller < len(messages):
        yield Found(faults.CALL_ALONE, f"message {caller}")


def of_calls(tools: Sequence[Mapping[str, Any]], said: Sequence[Message], size: int) -> Iterator[Found]:
    """Calls that do not fit the tools; `size` messages are the conversation, the others rejected answers."""
    defined = dict(map(_definition, tools))
    for number, message in enumerate(said, 1):
        for call in message.tool_calls:
            where = f"{faults.place(number, size)}: {call.name}"
            if call.name not in defined:
                yield Found(faults.NO_SUCH_TOOL if defined else faults.NO_TOOLS, where)
            yield from _of_arguments(call, defined.get(call.name), where)


def _of_arguments(call: ToolCall, schema: Any, where: str) -> Iterator[Found]:
    arguments = _parsed(call.arguments)
    if not isinstance(arguments, dict):
        yield Found(faults.NO_OBJECT, where)
        return
    for fault, path in mismatches(arguments, schema):
        yield Found(fault, f"{where}: {'.'.join(path)}")


def _definition(tool: Mapping[str, Any]) -> tuple[Any, Any]:
    """Name and schema of a tool, as OpenAI nests them or flat."""
    function = tool.get("function", tool)
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return None, None
    return function["name"], function.get("parameters")


def _parsed(text: Any) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, TypeError, RecursionError):
        return _NOT_JSON
