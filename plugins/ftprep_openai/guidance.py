"""The advice of OpenAI's guides, from the dated data file `advice.json`, and when each piece of it applies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from ftprep import Finding, ModelFacts

Kind = Literal["classification", "generation", "chatbot", "open"]
Range = tuple[int, int | None]
TOLD = ("FT338", "FT339", "FT345", "FT346", "FT347", "FT348", "FT349")
"""The codes that pieces may have, in the order in which they are told."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the data."""

    kind: Kind
    examples: int
    classes: int = 0
    smallest: int = 0
    """Examples of the smallest class."""
    words: bool = False
    """The labels are not all numbers."""

    def numbers(self) -> dict[str, int]:
        """What may stand in a text. Batch: 0.2 % of the examples, at most 256."""
        batch = min(256, max(1, round(self.examples * 0.002)))
        named = {"examples": self.examples, "classes": self.classes, "smallest": self.smallest}
        return {**named, "double": 2 * self.examples, "batch": batch}


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To what a piece applies; what is left out makes no difference. Ranges include both ends; null has no end."""

    kinds: tuple[Kind, ...] = ()
    shape: Literal["chat", "completion"] | None = None
    examples: Range | None = None
    classes: Range | None = None
    smallest: Range | None = None
    words: bool | None = None

    def holds(self, facts: Facts, shape: str) -> bool:
        """Whether it applies to such data."""
        ranges = {"examples": self.examples, "classes": self.classes, "smallest": self.smallest}
        return (
            (not self.kinds or facts.kind in self.kinds)
            and self.shape in (None, shape)
            and self.words in (None, facts.words)
            and all(_within(getattr(facts, name), given) for name, given in ranges.items() if given is not None)
        )


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where advice stands."""

    title: str
    url: str
    date: str
    """Of the text, YYYY-MM."""
    models: tuple[str, ...] = ()
    """The models it was written for; none: those of its time and after."""

    def told(self) -> str:
        """For people."""
        of = f", for {', '.join(self.models)}" if self.models else ""
        return f"{self.title}, {self.date}{of}"


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One piece of advice. Of each topic only the first that applies is given."""

    code: Literal["FT338", "FT339", "FT345", "FT346", "FT347", "FT348", "FT349"]
    topic: str
    when: When
    text: str
    """With the names of numbers in braces."""
    do: str
    source: str
    level: Literal["error", "warning", "advice"] = "advice"


class AdviceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file."""

    date: str
    """The day on which it was put together."""
    sources: dict[str, Origin]
    advice: list[Piece]


@cache
def read() -> AdviceFile:
    """All advice."""
    return msgspec.json.decode(Path(__file__).with_name("advice.json").read_bytes(), type=AdviceFile)


def given(facts: Facts, shape: str, model: ModelFacts | None) -> Iterator[Finding]:
    """The advice that applies to such data: one piece of a topic. What holds for some models' training only (it asks
    for a shape) is given for those, and where no model is named."""
    file, told = read(), set[str]()
    for piece in sorted(file.advice, key=lambda piece: TOLD.index(piece.code)):
        origin = file.sources[piece.source]
        strange = piece.when.shape is not None and model is not None and model.name not in origin.models
        if piece.topic not in told and not strange and piece.when.holds(facts, shape):
            told.add(piece.topic)
            text = piece.text.format(**{name: f"{number:,}" for name, number in facts.numbers().items()})
            yield Finding(piece.code, text, f"{piece.do} (source: {origin.told()})", piece.level)


def _within(number: int, given: Range) -> bool:
    return number >= given[0] and (given[1] is None or number <= given[1])
