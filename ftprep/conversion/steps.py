"""The two ends of a conversion as steps of the engine: rows are decoded, and what is written is read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

import msgspec

from ..example import Drop, Example
from ..registry import Registered
from ..steps import Lossy, Map, StepRun, Writer
from .differ import unsaid
from .kinds import decodes

READ = "decode"
"""What the first step is called in drops."""


UNREADABLE = "a form that can be read again"
"""What is lost where a writer cannot read the row that it wrote."""


class Decode(Map):
    """Makes an example of each row."""

    name: ClassVar[str] = READ
    makes_messages: ClassVar[bool] = True

    writer: str
    """The format, for messages."""
    decode: Callable[[Any], Example]
    """What reads one row; it raises ValueError."""

    def apply(self, example: Example) -> Example | Drop:
        """The example that the row says."""
        try:
            made = self.decode(example.fields)
        except ValueError as error:
            return Drop(f"no row of '{self.writer}'", str(error))
        return example.with_(messages=made.messages, tools=made.tools, rejected=made.rejected, extra=made.extra)


class Proven(Writer):
    """A writer whose rows are decoded again, so that a loss it does not report is reported."""

    name: ClassVar[str] = "proven"
    shape: ClassVar[Literal["chat", "completion"]] = "chat"

    writer: Writer
    """The one that writes."""

    def start(self, run: StepRun) -> Callable[[Example], Any]:
        """The writer's own calls, for an example and for a batch, and a look at what they give."""
        return _Proof(self.writer.start(run), type(self.writer).decode)


class _Proof:
    """What the engine calls per example, or per batch."""

    def __init__(self, write: Callable[[Example], Any], decode: Callable[[Any], Example]):
        self._write, self._decode = write, decode
        self._many = getattr(write, "encode_all", None)
        self._encode = msgspec.json.Encoder().encode

    def __call__(self, example: Example) -> Any:
        return self._proven(example, self._write(example))

    def encode_all(self, examples: Sequence[Example]) -> list[Any]:
        """The same for a batch."""
        made = self._many(examples) if self._many is not None else map(self._write, examples)
        return [self._proven(example, row) for example, row in zip(examples, made, strict=True)]

    def _proven(self, example: Example, made: Any) -> Any:
        if made is None or isinstance(made, Drop):
            return made
        row, told = (made.row, made.lost) if isinstance(made, Lossy) else (made, ())
        try:
            line = self._encode(row)
        except (TypeError, ValueError, OverflowError):  # what is no JSON is the engine's to tell
            return made
        try:
            found = (*told, *unsaid(example, self._decode(msgspec.json.decode(line)), told))
        except ValueError:
            found = (*told, UNREADABLE)
        return Lossy(row, found) if found else row


def proven(writer: Writer, origin: Registered) -> Writer:
    """The writer with a look at what it gives, where it can read its own rows."""
    return Proven.model_construct(writer=writer, on_loss=writer.on_loss) if decodes(origin) else writer
