"""`openai_chat`: one conversation a line, as OpenAI's supervised fine-tuning takes it, and many others with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Literal

from ftprep import DataError, Example, Message, ModelFacts, StepRun, Template, Writer

from . import decode
from .encode import ASKING, ChatEncoder, parallel_tool_calls
from .wire import WRITTEN, Refused, WireMessage, WireRow, plain, written_name


class OpenAIChat(Writer):
    """`{"messages": [...]}`, with `tools` and `parallel_tool_calls` where an example has them.

    Every row ends with an answer that is trained. An answer to nothing gets an empty user message before it. The role
    `developer` is written as `system`, the only one that this format has, and reported.
    """

    name: ClassVar[str] = "openai_chat"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    most_logprobs: ClassVar[int] = 20
    """Source: "top_logprobs" of chat completions in OpenAI's API description."""
    carries: ClassVar[frozenset[str]] = frozenset({"weight", "tools", "images", "names", "system"})

    system: Template | None = None
    """Text of a system message, put first where an example has none; a template. An empty text adds none."""
    names: bool = False
    """Write the speakers' names. A name that the API refuses (white space, `<|\\/>`, over 64 characters) is lost."""
    allow_empty: bool = False
    """Keep examples whose answer is empty or white space; otherwise they are dropped."""
    weights: bool = True
    """Write `weight` where a message has one: 0 is context, 1 is trained. Some services refuse the key."""

    @cached_property
    def encoder(self) -> ChatEncoder:
        """The encoder with these options."""
        return ChatEncoder(system=self.system, names=self.names, weights=self.weights, allow_empty=self.allow_empty)

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """The encoder: per example, or per batch with `encode_all`."""
        return self.encoder

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        return self.encoder(example)

    def as_written(self, examples: Sequence[Example]) -> Sequence[Sequence[Message]]:
        """With the system message that the option adds, and the empty question before an answer to nothing."""
        return self.encoder.as_written(examples)

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether the row has a list of messages that have roles."""
        return decode.matches(row)

    @classmethod
    def decode(cls, row: Any) -> Example:
        """The example a row says; an empty user message that stands alone before the answer is left out again."""
        return decode.decode(row)

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """Role, content and name of each message as it is written. Tool calls, tool definitions and images have no
        published rule and are not in it. Source: "How to count tokens with tiktoken" in OpenAI's cookbook.
        """
        messages, count = example.messages, len(example.messages)
        found: list[str] = [message.role for message in messages]
        contents: list[Any] = [message.content for message in messages]
        if "developer" in found:
            found = [WRITTEN[message.role] for message in messages]
        if set(map(type, contents)) <= {str}:
            found += contents
        else:
            found += [message.text for message in messages]
        add = found.append
        if (count < 2 or messages[-2].role != "user") and not any(message.role in ASKING for message in messages):
            add("user")
            count += 1
        if self.system is not None:
            for opening in self.encoder.opening(example):
                found += (opening.role, str(opening.content))
                count += 1
        added = count * facts.message_tokens + facts.reply_tokens
        if self.names:
            names = [name for message in messages if (name := written_name(message)) is not None]
            found += names
            added += len(names) * facts.name_tokens
        return found, added

    def request(self, example: Example) -> dict[str, Any]:
        """Arguments of `chat.completions.create`, but for the model. Raises DataError for what cannot be sent."""
        try:
            history = self.encoder.prompt(example)
        except Refused as refused:
            raise DataError(f"the request cannot be sent: {refused}", hint=refused.detail) from None
        answer = WireMessage("assistant", "")
        return self.prompt_of(WireRow([*history, answer], example.tools, parallel_tool_calls(example)))

    def arguments(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Where to stop, how many tokens, and how many log probabilities of each."""
        made = super().arguments(facts)
        if facts.get("max_tokens"):
            made["max_completion_tokens"] = facts["max_tokens"]
        if facts.get("logprobs"):
            made |= {"logprobs": True, "top_logprobs": facts["logprobs"]}
        return made

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """All messages but the answer, without weights; with the tools."""
        said = plain(row)
        prompt = {key: said[key] for key in ("tools", "parallel_tool_calls") if said.get(key) not in (None, [])}
        messages = [{key: m[key] for key in m if key != "weight"} for m in said["messages"][:-1]]
        return {"messages": messages, **prompt}
