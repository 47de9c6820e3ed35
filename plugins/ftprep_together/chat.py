"""`together`: conversations, or preferences, as Together's fine-tuning takes them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar, Literal

import msgspec

from ftprep import DataError, Drop, Example, Lossy, Message, ModelFacts, Writer

from .wire import Refused, read, told

Form = Literal["chat", "preference"]

_OUTPUTS = ("preferred_output", "non_preferred_output")
_ASKING = ("user", "tool")


class Together(Writer):
    """By `form`: `{"messages": [...]}`, with `tools` where an example has them; or `{"input": {"messages": [...]},
    "preferred_output": [...], "non_preferred_output": [...]}` for DPO, with the tools in `input`.

    Where a message has a weight, the others get one too: all that has none would be trained then, questions too. The
    role `developer` is written as `system`. An answer to nothing gets an empty user message before it. Speakers' names
    and other keys have no place. What the rules of `together_rules` would refuse is dropped. Source: "Data
    preparation" of Together's documentation, read on 2026-11-21.
    """

    name: ClassVar[str] = "together"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    most_logprobs: ClassVar[int] = 20
    """Source: "logprobs" of chat completions in together 3.1.1."""
    carries: ClassVar[frozenset[str]] = frozenset({"weight", "tools", "images", "system", "rejected"})

    form: Form = "chat"
    """`chat` or `preference`."""
    weights: Literal["where_given", "everywhere"] = "where_given"
    """`everywhere`: rows without any weight get them too. Together's documentation leaves open whether weights in some
    rows have the questions of the other rows trained."""
    allow_empty: bool = False
    """Keep examples whose answer is empty or white space; otherwise they are dropped."""

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        pair = self.form == "preference"
        drop = _refusal(example, self.allow_empty) or (_no_pair(example) if pair else None)
        if drop is not None:
            return drop
        messages = _asked(example.messages)
        if (drop := _out_of_order(messages)) is not None:
            return drop
        try:
            said, lost = told(messages, weights=not pair, every=self.weights == "everywhere")
            others, lost_too = told(example.rejected, weights=False) if pair else ([], set[str]())
        except Refused as refused:
            return Drop(refused.reason, refused.detail)
        tools = {"tools": list(example.tools)} if example.tools else {}
        row: dict[str, Any] = {"messages": said} | tools
        if pair:
            outputs = dict(zip(_OUTPUTS, ([said[-1]], others), strict=True))
            row = {"input": {"messages": said[:-1]} | tools} | outputs
        lost |= lost_too | set(example.extra) | ({"rejected"} if example.rejected and not pair else set())
        return Lossy(row, tuple(sorted(lost))) if lost else row

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether a row has messages, or an input and two outputs."""
        return isinstance(row, Mapping) and (_is_talk(row.get("messages")) or _is_pair(row))

    @classmethod
    def decode(cls, row: Any) -> Example:
        """The example that a row of either form says. Raises ValueError."""
        if not cls.matches(row):
            raise ValueError("a line has to be an object with messages, or with input and both outputs")
        pair = _is_pair(row)
        said = row["input"] if pair else row
        wanted, other = (row[key] for key in _OUTPUTS) if pair else ([], [])
        tools = said.get("tools") or []
        if not isinstance(tools, list) or not all(isinstance(tool, Mapping) for tool in tools):
            raise ValueError("'tools' has to be a list of objects")
        extra = {key: value for key, value in said.items() if key not in ("messages", "tools")}
        extra |= {key: value for key, value in row.items() if pair and key not in ("input", *_OUTPUTS)}
        return Example(
            messages=_without_empty_prompt(read([*said["messages"], *wanted])),
            rejected=tuple(read(other)),
            tools=tuple(dict(tool) for tool in tools),
            extra=extra,
        )

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """Role and content of each message, its reasoning and the calls. Chat templates differ in what they add; the
        definitions of tools and images are not in it."""
        messages = (*example.messages, *example.rejected) if self.form == "preference" else example.messages
        found = [text for message in messages for text in _texts(message)]
        return found, len(messages) * facts.message_tokens + facts.reply_tokens

    def request(self, example: Example) -> dict[str, Any]:
        """Arguments of `chat.completions.create`, but for the model. Raises DataError for what cannot be sent."""
        history = example.messages[:-1] if example.answer is not None else example.messages
        asked = example.with_(messages=(*history, Message("assistant", "?")), rejected=())
        made = Together().encode(asked)
        if isinstance(made, Drop):
            raise DataError(f"the request cannot be sent: {made.reason}", hint=made.detail)
        return self.prompt_of(made.row if isinstance(made, Lossy) else made)

    def arguments(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Where to stop, how many tokens, and how many log probabilities of each."""
        made = super().arguments(facts)
        return made | {key: facts[key] for key in ("max_tokens", "logprobs") if facts.get(key)}

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """All messages but the answer, without weights; with the tools."""
        said = msgspec.to_builtins(row)
        messages = said["messages"][:-1] if "messages" in said else said["input"]["messages"]
        tools = said.get("input", said).get("tools")
        plain = [{key: message[key] for key in message if key != "weight"} for message in messages]
        return {"messages": plain} | ({"tools": tools} if tools else {})


def _is_talk(messages: Any) -> bool:
    if not isinstance(messages, list) or not messages:
        return False
    return all(isinstance(message, Mapping) and "role" in message for message in messages)


def _is_pair(row: Mapping[str, Any]) -> bool:
    said = row.get("input")
    if not isinstance(said, Mapping) or not _is_talk(said.get("messages")):
        return False
    return all(_is_talk(row.get(key)) and len(row[key]) == 1 for key in _OUTPUTS)


def _texts(message: Message) -> list[str]:
    calls = [text for call in message.tool_calls for text in (call.name, call.arguments)]
    return [message.role, message.text, *([message.reasoning] if message.reasoning else []), *calls]


def _asked(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """With an empty user message before an answer to nothing."""
    if any(message.role in _ASKING for message in messages):
        return messages
    return (*messages[:-1], Message("user"), messages[-1])


def _without_empty_prompt(messages: list[Message]) -> tuple[Message, ...]:
    """Undoes what the writer does for an answer that nothing was said before."""
    asked = [message for message in messages if message.role in _ASKING]
    alone = len(messages) > 1 and len(asked) == 1 and asked[0] == Message("user") and messages[-2] is asked[0]
    return (*messages[:-2], messages[-1]) if alone else tuple(messages)


def _refusal(example: Example, allow_empty: bool) -> Drop | None:
    """Why an example is no conversation to train."""
    answer = example.messages[-1] if example.messages else None
    if answer is None:
        return Drop("no messages")
    if answer.role != "assistant":
        return Drop("the last message is not the assistant's", f"its role is {answer.role}")
    if not any(message.role == "assistant" and message.weight != 0 for message in example.messages):
        return Drop("no answer is trained", "the weight of all is 0")
    empty = not answer.text.strip() and not answer.tool_calls and not allow_empty
    return Drop("empty answer") if empty else None


def _no_pair(example: Example) -> Drop | None:
    """Why an example is no preference."""
    hint = "give one in 'rejected' of the step that makes the messages"
    if len(example.rejected) != 1 or example.rejected[0].role != "assistant":
        return Drop("no answer that is not wanted", hint)
    wanted, other = example.messages[-1], example.rejected[0]
    if (wanted.content, wanted.tool_calls) == (other.content, other.tool_calls):
        return Drop("both answers are the same")
    if not other.text.strip() and not other.tool_calls:
        return Drop("the answer that is not wanted is empty")
    return None


def _out_of_order(messages: tuple[Message, ...]) -> Drop | None:
    """Why Together would refuse who speaks when; the results of several calls may follow each other."""
    roles = ["system" if message.role == "developer" else message.role for message in messages]
    if roles[0] not in ("system", "user"):
        return Drop("the first message is not the system's or the user's", f"its role is {roles[0]}")
    for one, other in pairwise(roles):
        if one == other != "tool":
            return Drop("two messages of the same role follow each other", f"both are {one}")
        if other == "tool" and one not in ("assistant", "tool"):
            return Drop("a result that follows no call", f"the role before it is {one}")
    return None
