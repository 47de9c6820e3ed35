"""`openai_preference`: an input, the answer that is wanted and the one that is not, a line (DPO)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from ftprep import Drop, Example, Lossy, ModelFacts, StepRun, Writer

from . import decode
from .chat import OpenAIChat
from .wire import plain

_KEYS = ("input", "preferred_output", "non_preferred_output")


class OpenAIPreference(Writer):
    """`{"input": {"messages": [...]}, "preferred_output": [...], "non_preferred_output": [...]}`.

    The last message is the wanted answer, `rejected` the other one; a step such as `chat` (option `rejected`) or
    `messages` (`chosen`, `rejected`) makes them. Source: `FineTunePreferenceRequestInput` of OpenAI's API description.
    """

    name: ClassVar[str] = "openai_preference"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    kinds: ClassVar[tuple[str, ...]] = ("preference",)
    most_logprobs: ClassVar[int] = 20
    """Source: "top_logprobs" of chat completions in OpenAI's API description."""
    carries: ClassVar[frozenset[str]] = frozenset({"tools", "images", "system", "rejected"})

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """The encoder."""
        encode = OpenAIChat(weights=False).start(run)
        return lambda example: self._row(example, encode)

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        return self.start(StepRun())(example)

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether a row has an input and two outputs."""
        return isinstance(row, Mapping) and all(key in row for key in _KEYS)

    @classmethod
    def decode(cls, row: Any) -> Example:
        """The example a row says. Raises ValueError."""
        if not cls.matches(row):
            raise ValueError(f"a line has to be an object with {', '.join(_KEYS)}")
        said, wanted, other = (row[key] for key in _KEYS)
        if not isinstance(said, Mapping):
            raise ValueError("'input' has to be an object")
        if not all(isinstance(answer, list) and len(answer) == 1 for answer in (wanted, other)):
            raise ValueError("each output has to be a list of one message")
        made = decode.decode({**said, "messages": [*(said.get("messages") or []), *wanted]})
        return made.with_(rejected=decode.decode({"messages": other}).messages)

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """The texts of input and wanted answer as a chat, and those of the other answer."""
        found, added = OpenAIChat(weights=False).texts(example.with_(rejected=()), facts)
        others = [text for message in example.rejected for text in (message.role, message.text)]
        return [*found, *others], added + facts.message_tokens * len(example.rejected)

    def request(self, example: Example) -> dict[str, Any]:
        """Arguments of `chat.completions.create`, but for the model."""
        return OpenAIChat(weights=False).request(example.with_(rejected=()))

    def prompt_of(self, row: Any) -> dict[str, Any]:
        """The input."""
        said = plain(row)["input"]
        return {key: value for key, value in said.items() if value not in (None, [])}

    def _row(self, example: Example, encode: Callable[[Example], Any]) -> Any:
        refused = _refusal(example)
        if refused is not None:
            return refused
        made = encode(example.with_(rejected=()))
        other = encode(example.with_(messages=(*example.messages[:-1], *example.rejected), rejected=()))
        for one in (made, other):
            if isinstance(one, Drop):
                return one
        row, lost = (made.row, made.lost) if isinstance(made, Lossy) else (made, ())
        other = plain(other.row if isinstance(other, Lossy) else other)
        whole = plain(row)
        *said, wanted = whole.pop("messages")
        line = {
            "input": {"messages": said, **whole},
            "preferred_output": [wanted],
            "non_preferred_output": [other["messages"][-1]],
        }
        return Lossy(line, lost) if lost else line


def _refusal(example: Example) -> Drop | None:
    """Why an example is no pair."""
    if example.answer is None:
        return Drop("no answer")
    if len(example.rejected) != 1 or example.rejected[0].role != "assistant":
        return Drop("no answer that is not wanted", "give one in 'rejected' of the step that makes the messages")
    if not any(message.role == "user" for message in example.messages):
        return Drop("no question", "a pair needs a user message")
    wanted, other = example.messages[-1], example.rejected[0]
    if (wanted.content, wanted.tool_calls) == (other.content, other.tool_calls):
        return Drop("both answers are the same")
    if not other.text.strip() and not other.tool_calls:
        return Drop("the answer that is not wanted is empty")
    return None
