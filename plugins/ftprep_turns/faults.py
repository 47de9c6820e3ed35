"""What can be wrong with a conversation: one text for each, so that equal ones are counted together."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Fault(NamedTuple):
    """One kind of fault, as it is told."""

    code: str
    text: str
    hint: str
    level: Literal["warning", "error"] | None = None
    """How serious it is, where that is not the level of its code."""


class Found(NamedTuple):
    """A fault, and where in the example it is."""

    fault: Fault
    where: str


_CUT = "add the answer, cut the end off (window), or drop it (turns: {on_fail: drop})"
NO_MESSAGES = Fault("FT360", "conversation without messages", "drop it (turns: {on_fail: drop})")
ENDS = {
    "user": Fault("FT360", "conversation ends with a message of the user, not with an answer", _CUT),
    "tool": Fault("FT360", "conversation ends with a tool's result, not with an answer", _CUT),
    "system": Fault("FT360", "conversation ends with a system message, not with an answer", _CUT),
}
_JOIN = "join them, or look for the message that is missing between them"
REPEATS = {
    "user": Fault("FT361", "two messages of the user follow each other", _JOIN),
    "assistant": Fault("FT361", "two answers follow each other", _JOIN),
    "system": Fault("FT361", "two system messages follow each other", "join them"),
}
_FILL = "fill it in, or drop the conversation (turns: {on_fail: drop})"
EMPTY = Fault("FT362", "empty answer", _FILL)
NOTHING_LEARNED = Fault("FT362", "empty answer at the end", _FILL, "error")
RESULT_WITHOUT_ID = Fault("FT363", "tool's result without a tool_call_id", "give it the id of the call it answers")
RESULT_ALONE = Fault(
    "FT363", "tool's result without its call", "put it directly after the call that has its tool_call_id"
)
CALL_ALONE = Fault("FT364", "tool call without its result", "put a tool message after it for each of its calls")
NO_TOOLS = Fault("FT365", "tool call in an example that defines no tools", "add their definitions to 'tools'")
NO_SUCH_TOOL = Fault(
    "FT365", "call of a tool that is not defined", "add its definition to 'tools', or correct the name"
)
NO_OBJECT = Fault("FT366", "arguments of a tool call are no JSON object", 'write them as JSON text: {"name": value}')
_CORRECT = "correct the call, or the tool's definition"
LACKING = Fault("FT366", "tool call lacks an argument that is required", _CORRECT)
UNKNOWN = Fault("FT366", "tool call has an argument that its tool does not define", _CORRECT)
OTHER_TYPE = Fault("FT366", "argument of a tool call is of another type than its tool defines", _CORRECT)
OTHER_VALUE = Fault("FT366", "argument of a tool call is not among the values that its tool lists", _CORRECT)
WEIGHT = Fault("FT367", "weight other than 0 or 1", "write 0 or 1, or leave the weight out")
UNTRAINED = Fault("FT368", "conversation in which no answer is trained", "give one the weight 1, or leave it out")
LATE_SYSTEM = Fault("FT369", "system message after the first turn", "put it first, or make a user's message of it")
SAME = Fault(
    "FT379", "the wanted and the other answer are the same", "give the answer that is not wanted, or leave the row out"
)


def place(number: int, size: int) -> str:
    """The message of this number (from 1) in a conversation of `size` messages; after them stand rejected answers."""
    return f"message {number}" if number <= size else "the rejected answer"
