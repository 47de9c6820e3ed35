"""`messages`: conversations that stand as a list in one column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal, get_args

from pydantic import Field

from ftprep import (
    Column,
    Drop,
    Example,
    Map,
    Message,
    MissingColumn,
    Outcome,
    Proposal,
    Row,
    StepRun,
    Template,
    as_text,
)

from .calls import calls_of, listed, parsed, results_of, tools_of
from .parts import result_text, said
from .propose import of_lists
from .training import OLD_TOOLS, of_preferences, opened, with_beside

Role = Literal["system", "developer", "user", "assistant", "tool"]
_Known = Role | Literal["call", "drop"]
_KNOWN: dict[str, str] = {
    **{role: role for role in get_args(Role)},
    **dict.fromkeys(("human", "prompter", "customer", "instruction"), "user"),
    **dict.fromkeys(("gpt", "bot", "model", "chatgpt", "agent", "ai"), "assistant"),
    **dict.fromkeys(("observation", "function", "function_response", "tool_response"), "tool"),
    **dict.fromkeys(("function_call", "tool_call"), "call"),
}
_SPEAKING = frozenset(("system", "developer", "user", "assistant"))
_ROLE_KEYS = ("role", "from", "speaker")
_TEXT_KEYS = ("content", "value", "text", "utterance")
_INSTEAD = ("tool_calls", "function_call", "refusal")
"""Keys that a message may have instead of a text."""


class Messages(Map):
    """Makes messages of a list in a column: objects as OpenAI has them (`role`, `content`), as ShareGPT has them
    (`from`, `value`), or pairs of speaker and text; also where the cell holds the list as JSON text.

    The contract begins after this step: inference is given messages. Preference data has the wanted and the other
    answer in the columns `chosen` and `rejected`, as text, a message, or the messages that end in it.
    """

    name: ClassVar[str] = "messages"
    makes_messages: ClassVar[bool] = True
    unpacks: ClassVar[bool] = True

    column: Column
    """The column of the list, or of an object that has it as `messages`, perhaps with `tools`."""
    role_key: str | None = Field(default=None, alias="role")
    """Key of the speaker; without: role, from or speaker."""
    text_key: str | None = Field(default=None, alias="text")
    """Key of the text; without: content, value, text or utterance."""
    roles: dict[str, _Known] = {}
    """Speaker in the data -> role, beside those that are known (human, gpt, observation, …). `call` is an assistant's
    tool call as JSON text; `drop` leaves the message out, and counts it."""
    tools: Column | None = None
    """The column of tool definitions: a list, or JSON text of one; a bare function will do. Where a row has no `tools`,
    its `functions` are taken, their older form."""
    system: Template | None = None
    """A system message in front, where the list has none."""
    chosen: Column | None = None
    """Preference data: the column of the wanted answer."""
    rejected: Column | None = None
    """Preference data: the column of the answer not wanted."""
    extra: list[Column] | Literal["all"] = []
    """Columns that are keys of the example itself, e.g. `parallel_tool_calls`; where a row has one, it is kept. `all`:
    every column that no other option names, as rows for reinforcement have them for their graders."""

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """By the columns' names and content, where such data is widely known."""
        return with_beside(of_preferences(rows) or of_lists(rows), rows)

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What makes the messages, and counts those that are left out."""
        return lambda example: self._made(example, run)

    def apply(self, example: Example) -> Outcome:
        """The example with its messages, or a Drop that says which message is wrong. Raises MissingColumn."""
        return self._made(example, StepRun())

    def _made(self, example: Example, run: StepRun) -> Outcome:
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        try:
            value, inner = opened(example.fields[self.column])
            messages = self._messages(value, run)
            if self.chosen is not None:
                messages = (*messages, *self._answer(example, self.chosen, run)[-1:])
            rejected = self._answer(example, self.rejected, run)[-1:] if self.rejected is not None else ()
            tools = self._tools(example, inner)
        except ValueError as error:
            return Drop("not a list of messages", str(error))
        if not messages:
            return Drop("no messages")
        system = self.system.render(example) if self.system is not None else ""
        if system and messages[0].role not in ("system", "developer"):
            messages = (Message("system", system), *messages)
        keys = self.extra if self.extra != "all" else [key for key in example.fields if key not in self._read]
        own = {str(key): value for key in keys if (value := example.fields.get(key)) is not None}
        return example.with_(messages=messages, rejected=rejected, tools=tools, extra={**example.extra, **own})

    def _tools(self, example: Example, inner: Any) -> tuple[dict[str, Any], ...]:
        if self.tools is not None:
            given = example.fields.get(self.tools)
            return tools_of(example.fields.get(OLD_TOOLS.get(self.tools, "")) if given is None else given)
        return tools_of(inner) if inner is not None else example.tools

    def _answer(self, example: Example, column: Column, run: StepRun) -> tuple[Message, ...]:
        if column not in example.fields:
            raise MissingColumn(column)
        value = example.fields[column]
        if isinstance(value, str) and value.lstrip().startswith(("[", "{")):
            try:
                value = parsed(value)
            except ValueError:
                return (Message("assistant", value),)
        if isinstance(value, Mapping):
            value = [value]
        if isinstance(value, (list, tuple)):
            return self._messages(value, run)
        text = as_text(value)
        return (Message("assistant", text),) if text else ()

    @cached_property
    def _read(self) -> frozenset[str]:
        """The columns that other options name."""
        named = self.columns()
        return frozenset((*named, *(OLD_TOOLS[column] for column in named if column in OLD_TOOLS)))

    @cached_property
    def _as_usual(self) -> bool:
        """Whether keys and roles are called as everywhere."""
        return self.role_key is None and self.text_key is None and not self.roles

    def _messages(self, value: Any, run: StepRun) -> tuple[Message, ...]:
        if self._as_usual and value.__class__ is list and (plain := _plain(value)) is not None:
            return plain
        made: list[Message] = []
        calls = 0
        for number, item in enumerate(listed(value), 1):
            try:
                found = self._read_one(item, made, calls)
            except ValueError as error:
                raise ValueError(f"message {number}: {error}") from None
            if not found:
                run.tally("messages left out")
            calls += sum(len(message.tool_calls) for message in found)
            made += found
        return tuple(made)

    def _read_one(self, item: Any, before: list[Message], calls: int) -> Sequence[Message]:
        """The messages of one item: none where it is dropped, several where it has the results of several calls."""
        speaker, value, more = self._parts(item)
        role = self.roles.get(speaker) or _KNOWN.get(speaker) or _KNOWN.get(speaker.lower())
        if role is None:
            raise ValueError(f"its speaker '{speaker[:60]}' has no role; say which under 'roles'")
        if role == "drop":
            return ()
        if role == "call":
            return (Message("assistant", "", tool_calls=calls_of(value, calls + 1)),)
        if role == "tool":
            return _results(result_text(value), as_text(more.get("tool_call_id")), before)
        content, reasoning, made = said(value, more, calls)
        weight = more.get("weight")
        if weight not in (None, 0, 1) or isinstance(weight, bool):
            raise ValueError(f"its weight is {as_text(weight)}; write 0 (context) or 1 (trained)")
        message = Message(
            role=role,  # type: ignore[arg-type]
            content=content,
            name=as_text(more.get("name")) or None,
            weight=None if weight is None else int(weight),
            reasoning=reasoning,
            tool_calls=made,
        )
        return (message,)

    def _parts(self, item: Any) -> tuple[str, Any, Mapping[str, Any]]:
        """Speaker, text, and what else there is."""
        if isinstance(item, (list, tuple)) and len(item) == 2:
            return as_text(item[0]), item[1], {}
        if not isinstance(item, Mapping):
            raise ValueError("it is neither an object nor a pair of speaker and text")
        roles = (self.role_key,) if self.role_key is not None else _ROLE_KEYS
        texts = (self.text_key,) if self.text_key is not None else _TEXT_KEYS
        role = next((key for key in roles if key in item), None)
        text = next((key for key in texts if key in item), None)
        if role is None or (text is None and not any(map(item.get, _INSTEAD))):
            wanted = roles if role is None else texts
            raise ValueError(f"it has no {' or '.join(map(repr, wanted))}; its keys: {', '.join(map(str, item))}")
        return as_text(item[role]), item[text] if text is not None else "", item


def _plain(items: list[Any]) -> tuple[Message, ...] | None:
    """The messages of a list that holds nothing but roles and texts, as most do: a short way, for speed."""
    made = []
    for item in items:
        if item.__class__ is not dict or len(item) != 2:
            return None
        role, content = item.get("role"), item.get("content")
        if content.__class__ is not str or role.__class__ is not str or role not in _SPEAKING:
            return None
        made.append(Message(role, content))  # type: ignore[arg-type]
    return tuple(made)


def _results(text: str, id_: str, before: list[Message]) -> Sequence[Message]:
    """The result of the call with this id, or of the first that has none yet; where the text is a list of as many
    results as calls are waiting, one of each."""
    waiting = [] if id_ else _waiting(before)
    texts = results_of(text) if len(waiting) > 1 else ()
    if len(texts) != len(waiting) or len(waiting) < 2:
        return (Message("tool", text, tool_call_id=id_ or (waiting[0] if waiting else None)),)
    return [Message("tool", one, tool_call_id=call) for one, call in zip(texts, waiting, strict=True)]


def _waiting(before: list[Message]) -> list[str]:
    """The ids of the calls before that have no result yet."""
    answered = {message.tool_call_id for message in before}
    return [call.id for message in before for call in message.tool_calls if call.id not in answered]
