"""`axolotl`: one conversation a line, for axolotl's `type: chat_template`, and a config that uses the files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import msgspec

from ftprep import DataError, Drop, Example, Lossy, Message, ModelFacts, Writer

from .config import config
from .wire import TRAIN, Refused, read, told

_OWN = ("messages", "tools")


class Axolotl(Writer):
    """`{"messages": [...]}`, with `tools` where an example has them, and `axolotl.yaml` beside the files.

    A message that has a weight has `train`: true for 1, false for 0; the others are trained where the assistant says
    them. Every row has an answer that is trained. Reasoning is `reasoning_content`, and the arguments of tool calls are
    JSON text, which axolotl parses. A result without a name gets that of the function that was called. The role
    `developer` is written as `system`. An answer to nothing gets an empty user message before it.

    `axolotl.yaml` says how the files are read, and what is to be set in it. The types of columns are taken from the
    first 10 MB of a file, so a larger one whose first rows have no `train` or calls wants `split: {shuffle: true}`.
    Source: "Conversation" of axolotl's documentation; tried with axolotl 0.19.
    """

    name: ClassVar[str] = "axolotl"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    most_logprobs: ClassVar[int] = 20
    """Source: `--max-logprobs` of vLLM, which serves such models, by default."""
    carries: ClassVar[frozenset[str]] = frozenset({"weight", "tools", "names", "system"})

    base_model: str | None = None
    """The model that the config names: one of the Hugging Face Hub, or a folder. Without it a person has to set it."""
    names: bool = True
    """Write the speakers' names, though few chat templates read them."""
    allow_empty: bool = False
    """Keep examples whose answer is empty or white space; otherwise they are dropped."""

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        drop = _refusal(example, self.allow_empty)
        if drop is not None:
            return drop
        try:
            messages, lost = told(_asked(example.messages), names=self.names)
        except Refused as refused:
            return Drop(refused.reason, refused.detail)
        row: dict[str, Any] = {"messages": messages}
        if example.tools:
            row["tools"] = list(example.tools)
        lost |= set(example.extra) | ({"rejected"} if example.rejected else set())
        return Lossy(row, tuple(sorted(lost))) if lost else row

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether the row has a list of messages that have roles."""
        messages = row.get("messages") if isinstance(row, Mapping) else None
        if not isinstance(messages, list) or not messages:
            return False
        return all(isinstance(message, Mapping) and "role" in message for message in messages)

    @classmethod
    def decode(cls, row: Any) -> Example:
        """The example a row says. Raises ValueError with the number of the message (from 1) that is wrong."""
        if not cls.matches(row):
            raise ValueError("a line has to be an object with 'messages', a list of objects that have roles")
        tools = row.get("tools") or []
        if not isinstance(tools, list) or not all(isinstance(tool, Mapping) for tool in tools):
            raise ValueError("'tools' has to be a list of objects")
        return Example(
            messages=_without_empty_prompt(read(row["messages"])),
            tools=tuple(dict(tool) for tool in tools),
            extra={key: value for key, value in row.items() if key not in _OWN and value is not None},
        )

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """Role and content of each message, its reasoning and the calls. Chat templates differ in what they add; the
        definitions of tools are not in it."""
        found = [text for message in example.messages for text in _texts(message)]
        return found, len(example.messages) * facts.message_tokens + facts.reply_tokens

    def request(self, example: Example) -> dict[str, Any]:
        """Arguments of `chat.completions.create`, but for the model. Raises DataError for what cannot be sent."""
        history = example.messages[:-1] if example.answer is not None else example.messages
        made = self.encode(example.with_(messages=(*history, Message("assistant", "?"))))
        if isinstance(made, Drop):
            raise DataError(f"the request cannot be sent: {made.reason}", hint=made.detail)
        return self.prompt_of(made.row if isinstance(made, Lossy) else made)

    def arguments(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Where to stop, how many tokens, and how many log probabilities of each."""
        made = super().arguments(facts)
        if facts.get("max_tokens"):
            made["max_tokens"] = facts["max_tokens"]
        if facts.get("logprobs"):
            made |= {"logprobs": True, "top_logprobs": facts["logprobs"]}
        return made

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """All messages but the answer, without what is trained of them; with the tools."""
        said = msgspec.to_builtins(row)
        messages = [{key: m[key] for key in m if key != TRAIN} for m in said["messages"][:-1]]
        return {"messages": messages} | ({"tools": said["tools"]} if said.get("tools") else {})

    def finish(self, folder: Path) -> None:
        """Writes `axolotl.yaml`."""
        text = config(self.base_model, validation=(folder / "validation.jsonl").is_file())
        (folder / "axolotl.yaml").write_text(text, encoding="utf-8", newline="\n")


def _texts(message: Message) -> list[str]:
    calls = [text for call in message.tool_calls for text in (call.name, call.arguments)]
    return [message.role, message.text, *([message.reasoning] if message.reasoning else []), *calls]


def _asked(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """With an empty user message before an answer to nothing."""
    if any(message.role in ("user", "tool") for message in messages):
        return messages
    return (*messages[:-1], Message("user"), messages[-1])


def _without_empty_prompt(messages: list[Message]) -> tuple[Message, ...]:
    """Undoes what the writer does for an answer that nothing was said before."""
    asked = [message for message in messages if message.role in ("user", "tool")]
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
