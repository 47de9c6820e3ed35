"""The one record that flows from the reader to the writer, and what may happen to it on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from .errors import Level

if TYPE_CHECKING:
    from .fragments import Mood

Row = dict[str, Any]
"""What a reader found in one row: column -> JSON value. Text stays text."""

Role = Literal["system", "developer", "user", "assistant", "tool"]


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where a record came from. Rows count from 1, as an editor (text files: lines) or Excel shows them."""

    file: str
    first: int
    last: int
    sheet: str | None = None

    def __str__(self) -> str:
        rows = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.file}:{self.sheet}!{rows}" if self.sheet is not None else f"{self.file}:{rows}"


class Text(msgspec.Struct, frozen=True, gc=False, tag="text"):
    """A text part of a message."""

    text: str


class Image(msgspec.Struct, frozen=True, gc=False, tag="image"):
    """An image part of a message; `url` is http(s) or a data URL."""

    url: str
    detail: str | None = None


Content = str | tuple[Text | Image, ...]


class ToolCall(msgspec.Struct, frozen=True, gc=False):
    """A call the assistant makes; `arguments` is JSON text, as the model writes it."""

    id: str
    name: str
    arguments: str


class Message(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One message. `weight` 0 is context, 1 is trained; None leaves it to the provider (assistants are trained)."""

    role: Role
    content: Content = ""
    name: str | None = None
    weight: int | None = None
    reasoning: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """The text of all parts, joined."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content if isinstance(part, Text))

    def with_(self, **changes: Any) -> Message:
        """A changed copy."""
        return msgspec.structs.replace(self, **changes)


class Example(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One record, from the reader's row to the training sample. Frozen: a step returns a changed copy.

    Prompt/completion data is a user and an assistant message; separators and stop sequences are text at their ends.
    """

    fields: Row = {}
    """What the reader found; templates, labels and groups read it."""
    messages: tuple[Message, ...] = ()
    """The conversation or training sample; empty until a step makes it."""
    tools: tuple[dict[str, Any], ...] = ()
    """Tool definitions offered to the model."""
    rejected: tuple[Message, ...] = ()
    """Preference pairs only: the answer not wanted (`messages` ends in the wanted one)."""
    group: str = ""
    """Examples of one group never part between splits; empty: the content of the root names it."""
    extra: Row = {}
    """Keys of a format that only this example has; written, or reported as lost."""
    source: Source | None = None
    """Stamped by the engine; travels to the end."""

    def with_(self, **changes: Any) -> Example:
        """A changed copy."""
        return msgspec.structs.replace(self, **changes)

    def map_text(self, change: Callable[[str], str]) -> Example:
        """A copy with `change` applied to the text of every message, rejected and tool messages included."""
        return self.with_(
            messages=tuple(_change(message, change) for message in self.messages),
            rejected=tuple(_change(message, change) for message in self.rejected),
        )

    @property
    def answer(self) -> Message | None:
        """The last message, where the assistant wrote it."""
        last = self.messages[-1] if self.messages else None
        return last if last is not None and last.role == "assistant" else None

    def _repr_html_(self) -> str:
        from .fragments import facts, fragment, head, table

        rows: list[tuple[str, str, int | None]] = [(m.role, _shown(m), m.weight) for m in self.messages]
        rows += [("not wanted", _shown(m), m.weight) for m in self.rejected]
        said = table(["role", "text", "weight"], rows) if rows else ""
        return fragment(head(str(self.source) if self.source is not None else "an example"), facts(self.fields), said)


class Drop(msgspec.Struct, frozen=True, gc=False):
    """A record that goes no further. `reason` is a short phrase that is counted; `detail` is about this one.

    From a Gather, `row` is the position (from 0) of the one row that is lost; None loses the whole root.
    A reader gives `source` and `content` itself; elsewhere the engine does.
    """

    reason: str
    detail: str = ""
    row: int | None = None
    source: Source | None = None
    content: Any = None


class Fix(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a finding can be mended: items for a recipe, so that what is mended today can be mended again next month."""

    change: str
    """What would be done, in the imperative: people are asked whether to do it, and it is written beside the items."""
    transform: tuple[Mapping[str, Any], ...] = ()
    """Transformers that do it, as in a recipe; they stand after the step that makes the messages."""
    check: tuple[Mapping[str, Any], ...] = ()
    """Checks that do it by dropping rows, in place of those of the same name."""
    split: Mapping[str, Any] | None = None
    """A split that does it, where the recipe has none."""
    needed: bool = False
    """Without it there are no usable training files, so it is not asked about."""
    order: int = 50
    """Fixes stand in the recipe by this number: rows that go away 10, texts 50, their ends (separator, stop) 90."""


class Finding(msgspec.Struct, frozen=True, gc=False):
    """Something a person should know about the data; it changes nothing.

    From a Gather, `row` is the position (from 0) of the row it is about. The engine stamps `source` and `step`.
    """

    code: str
    message: str
    hint: str = ""
    level: Level = "warning"
    row: int | None = None
    source: Source | None = None
    step: str = ""
    fix: Fix | None = None
    """What would mend it, where a step can."""

    def _repr_html_(self) -> str:
        from .fragments import facts, fragment, head

        fix = self.fix.change if self.fix is not None else ""
        where = {"where": self.source, "what to do": self.hint, "what would mend it": fix, "found by": self.step}
        mood: Mood = "bad" if self.level == "error" else "note" if self.level == "warning" else ""
        return fragment(head(f"{self.code} {self.level}", self.message, mood=mood), facts(where))


Outcome = Example | Drop | Sequence[Example | Drop | Finding]
"""What a step makes of one record: an Example, a Drop with its reason, or several."""


def _change(message: Message, change: Callable[[str], str]) -> Message:
    if isinstance(message.content, str):
        return message.with_(content=change(message.content))
    parts = tuple(Text(change(p.text)) if isinstance(p, Text) else p for p in message.content)
    return message.with_(content=parts)


def _shown(message: Message) -> str:
    """Text, calls and images of a message, in a text for people."""
    calls = [f"{call.name}({call.arguments})" for call in message.tool_calls]
    parts = () if isinstance(message.content, str) else message.content
    images = sum(isinstance(part, Image) for part in parts)
    return "\n".join(filter(None, [message.text, *calls, f"[{images} images]" if images else ""]))
