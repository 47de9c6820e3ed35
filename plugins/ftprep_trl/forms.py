"""Examples to rows of the three conversational forms."""

from __future__ import annotations

from typing import Any, Literal

from ftprep import Drop, Example, Lossy, Message

from .wire import Refused, Told, told

Form = Literal["messages", "prompt_completion", "preference"]

_ASKING = ("user", "tool")
_NO_PAIR = "give one in 'rejected' of the step that makes the messages"


def encode(example: Example, form: Form, *, names: bool, allow_empty: bool = False) -> Any:
    """A row, a Lossy one, or a Drop."""
    drop = _refusal(example, allow_empty) or (_no_pair(example) if form == "preference" else None)
    if drop is not None:
        return drop
    messages = _asked(example.messages)
    if form != "messages" and messages[-2].role not in _ASKING:
        return Drop("nothing is asked before the answer", f"the role before it is {messages[-2].role}")
    try:
        said = told(messages, names=names)
        other = told(example.rejected, names=names) if form == "preference" else Told([], [], set())
    except Refused as refused:
        return Drop(refused.reason, refused.detail)
    row = _parts(said, other, form)
    row |= {key: value for key, value in (("tools", list(example.tools)), ("images", said.images)) if value}
    lost = said.lost | other.lost | set(example.extra) | _lost(example, form)
    return Lossy(row, tuple(sorted(lost))) if lost else row


def _parts(said: Told, other: Told, form: Form) -> dict[str, Any]:
    *before, answer = said.messages
    if form == "messages":
        return {"messages": said.messages}
    if form == "prompt_completion":
        return {"prompt": before, "completion": [answer]}
    return {"prompt": before, "chosen": [answer], "rejected": other.messages}


def _asked(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """With an empty user message before an answer to nothing: a prompt has to end with a question."""
    if any(message.role in _ASKING for message in messages):
        return messages
    return (*messages[:-1], Message("user"), messages[-1])


def _refusal(example: Example, allow_empty: bool) -> Drop | None:
    """Why an example is no conversation to train."""
    answer = example.messages[-1] if example.messages else None
    if answer is None:
        return Drop("no messages")
    if answer.role != "assistant":
        return Drop("the last message is not the assistant's", f"its role is {answer.role}")
    if answer.weight == 0:
        return Drop("the last answer is not trained", "its weight is 0")
    empty = not answer.text.strip() and not answer.tool_calls and not allow_empty
    return Drop("empty answer") if empty else None


def _no_pair(example: Example) -> Drop | None:
    """Why an example is no preference."""
    if len(example.rejected) != 1 or example.rejected[0].role != "assistant":
        return Drop("no answer that is not wanted", _NO_PAIR)
    wanted, other = example.messages[-1], example.rejected[0]
    if (wanted.content, wanted.tool_calls) == (other.content, other.tool_calls):
        return Drop("both answers are the same")
    if not other.text.strip() and not other.tool_calls:
        return Drop("the answer that is not wanted is empty")
    return None


def _lost(example: Example, form: Form) -> set[str]:
    """What the form says of training otherwise than the example, and an answer that it has no place for."""
    weights = [message.weight for message in example.messages if message.role == "assistant"]
    if form == "prompt_completion":
        earlier = {"weight of earlier answers"} if any(weight != 0 for weight in weights[:-1]) else set()
        lost = earlier | ({"weight 1"} if weights[-1] == 1 else set())
    else:
        lost = {f"weight {weight}" for weight in weights if weight is not None}
    lost |= {f"weight {message.weight}" for message in example.rejected if message.weight is not None}
    return lost | ({"rejected"} if example.rejected and form != "preference" else set())
