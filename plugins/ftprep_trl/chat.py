"""`trl`: conversations as the trainers of TRL take them, whole, as prompt and completion, or as preference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import msgspec

from ftprep import DataError, Drop, Example, Lossy, Message, ModelFacts, Writer

from . import forms, rows
from .card import card
from .forms import Form


class Trl(Writer):
    """The conversational formats of TRL, by `form`:

    - `messages`: `{"messages": [...]}`. All of it is trained, or with TRL's `assistant_only_loss` all answers.
    - `prompt_completion`: `{"prompt": [...], "completion": [...]}`. The last answer alone is trained.
    - `preference`: `{"prompt": [...], "chosen": [...], "rejected": [...]}`, for DPO and its relatives.

    Beside them stand `tools`, and `images`: addresses, whose places are parts `{"type": "image"}` (TRL wants the column
    cast to `datasets.List(datasets.Image())`). The arguments of tool calls are objects, as chat templates want them;
    reasoning is `reasoning_content`. A result without a name gets that of the function that was called. The role
    `developer` is written as `system`. An answer to nothing gets an empty user message before it.

    `README.md` beside the files is the dataset card: `datasets.load_dataset("out/name/trl")` loads the folder by it.

    There is no weight in these formats: one that the form does not imply is reported as lost. Source: "Dataset formats"
    of TRL's documentation; tried with TRL 1.16.
    """

    name: ClassVar[str] = "trl"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"
    most_logprobs: ClassVar[int] = 20
    """Source: `--max-logprobs` of vLLM, which serves such models, by default."""
    carries: ClassVar[frozenset[str]] = frozenset({"tools", "images", "names", "system", "rejected"})

    form: Form = "messages"
    """`messages`, `prompt_completion` or `preference`."""
    names: bool = True
    """Write the speakers' names, though few chat templates read them."""
    allow_empty: bool = False
    """Keep examples whose answer is empty or white space; otherwise they are dropped."""

    def encode(self, example: Example) -> Any:
        """A row, a Lossy one, or a Drop."""
        return forms.encode(example, self.form, names=self.names, allow_empty=self.allow_empty)

    @classmethod
    def matches(cls, row: Any) -> bool:
        """Whether a row has messages, as one of the three forms has them."""
        return rows.form_of(row) is not None

    @classmethod
    def decode(cls, row: Any) -> Example:
        """The example that a row of any of the three forms says. Raises ValueError.

        The prompt of a preference may be part of both answers, as in many files. Of a prompt and a completion, earlier
        answers have weight 0.
        """
        return rows.decode(row)

    def texts(self, example: Example, facts: ModelFacts) -> tuple[list[str], int]:
        """Role and content of each message, its reasoning and the calls. Chat templates differ in what they add; the
        definitions of tools and images are not in it."""
        messages = (*example.messages, *example.rejected) if self.form == "preference" else example.messages
        found = [text for message in messages for text in _texts(message)]
        return found, len(messages) * facts.message_tokens + facts.reply_tokens

    def trains(self, example: Example) -> list[bool]:
        """Of the form `messages` every message, as TRL does without `assistant_only_loss`; of the others the answer."""
        return [True] * len(example.messages) if self.form == "messages" else super().trains(example)

    def request(self, example: Example) -> dict[str, Any]:
        """Arguments of `chat.completions.create`, but for the model. Raises DataError for what cannot be sent."""
        history = example.messages[:-1] if example.answer is not None else example.messages
        asked = example.with_(messages=(*history, Message("assistant", "?")), rejected=())
        form: Form = "messages" if self.form == "messages" else "prompt_completion"
        made = forms.encode(asked, form, names=self.names)
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
        """All messages but the answer, as servers of chat completions take them; with the tools."""
        said = msgspec.to_builtins(row)
        messages = said["prompt"] if "prompt" in said else said["messages"][:-1]
        images = iter(said.get("images") or ())
        tools = {"tools": said["tools"]} if said.get("tools") else {}
        return {"messages": [_sent(message, images) for message in messages], **tools}

    def finish(self, folder: Path) -> None:
        """Writes `README.md`, the dataset card."""
        (folder / "README.md").write_text(card(folder, self.form), encoding="utf-8", newline="\n")


def _texts(message: Message) -> list[str]:
    calls = [text for call in message.tool_calls for text in (call.name, call.arguments)]
    return [message.role, message.text, *([message.reasoning] if message.reasoning else []), *calls]


def _sent(message: dict[str, Any], images: Any) -> dict[str, Any]:
    """A message on the wire: arguments are JSON text there, and an image stands where its place is."""
    made = dict(message)
    if isinstance(made.get("content"), list):
        made["content"] = [
            part if part["type"] == "text" else {"type": "image_url", "image_url": {"url": next(images)}}
            for part in made["content"]
        ]
    if "tool_calls" in made:
        made["tool_calls"] = [_sent_call(call) for call in made["tool_calls"]]
    return made


def _sent_call(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    text = json.dumps(function["arguments"], ensure_ascii=False)
    return {**call, "function": {**function, "arguments": text}}
