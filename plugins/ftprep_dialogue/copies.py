"""Changed copies, made field by field: several times as fast as `with_`, for what is done once per example."""

from __future__ import annotations

from ftprep import Example, Message


def with_messages(example: Example, messages: tuple[Message, ...]) -> Example:
    """The example with other messages."""
    return Example(
        example.fields, messages, example.tools, example.rejected, example.group, example.extra, example.source
    )


def with_text(message: Message, text: str) -> Message:
    """The message with another text."""
    return Message(
        message.role, text, message.name, message.weight, message.reasoning, message.tool_calls, message.tool_call_id
    )
