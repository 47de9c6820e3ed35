"""The transformer `entities`: a text and its marked spans become a prompt and an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Literal

import msgspec
from pydantic import Field

from ftprep import Column, Drop, Example, Finding, Map, Message, MissingColumn, Outcome, Proposal, Row, StepRun, as_text

from .codes import CODES
from .spans import Found, find, items, span_of


class Entities(Map):
    """Makes a conversation of a text and its entities: `entities: {text: text, spans: entities}`.

    A span is an object with its place (`start`, `end`, in characters), or with its `entity`, or with both; or a plain
    text; or a list of start, end and type. An entity that does not occur in the text is left out and told, or loses the
    row. Where place and text disagree, the text is looked for.
    """

    name: ClassVar[str] = "entities"
    problem_codes = CODES
    makes_messages: ClassVar[bool] = True

    text: Column
    """The column of the text, which is the prompt."""
    spans: str
    """The column of the spans, or the way to them: `labels[]`, `turns[].labels[]`. With `[]` a row that has not got the
    column is one without entities, as JSON data often has it."""
    start_key: str = Field(default="start", alias="start")
    """Key of a span's first character, counted from 0; a path such as `valueSpan.startIndex` if it lies deeper."""
    end: str = "end"
    """Key of the character after its last one."""
    entity: str = "text"
    """Key of a span's text."""
    type_key: str = Field(default="type", alias="type")
    """Key of a span's type."""
    types: list[str] | None = None
    """Only entities of these types; the others are counted."""
    order: Literal["appearance", "alphabetical"] = "appearance"
    """By where they stand in the text, or by the alphabet (case makes no difference)."""
    unique: bool = True
    """An entity that occurs several times is given once (in JSON: once for each type)."""
    format: Literal["lines", "json"] = "lines"
    r"""`lines`: one a line, without types. `json`: a list of objects with `text` and `type`."""
    none: str = "none"
    """The answer for a text without entities, in lines; in JSON it is an empty list. Empty: such a row is a drop."""
    ending: str = Field(default="", alias="end_with")
    """A text after the answer. A completion writer's step `stop` does the same, and tells inference."""
    on_missing: Literal["remove", "drop"] = "remove"
    """An entity that does not occur in the text: it is removed and told, or the whole row is dropped."""

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """Where one column holds lists of spans, and one the text."""
        spans = next((name for name in rows[0] if _are_spans([row.get(name) for row in rows])), None)
        text = next((name for name in ("text", "sentence", "content", "body") if name in rows[0]), None)
        if spans is None or text is None:
            return None
        return Proposal(
            kind="entities",
            options={"text": text, "spans": spans},
            sure=0.8,
            why=f"'{spans}' marks places in '{text}'",
            task="extraction",
            columns={"text": text, "spans": spans},
        )

    def columns(self) -> tuple[str, ...]:
        """The text, and the column in which the spans lie."""
        return (str(self.text), self.spans.split(".")[0].removesuffix("[]"))

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What makes the conversations, and counts."""
        return lambda example: self._made(example, run)

    def apply(self, example: Example) -> Outcome:
        """One example with its messages; with findings for entities that were removed. Raises MissingColumn."""
        return self._made(example, StepRun())

    def request(self, example: Example, run: StepRun) -> Example:
        """The text alone."""
        return example.with_(messages=(Message("user", self._text(example)), Message("assistant")))

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """None: its messages have no names."""
        return {}

    def _text(self, example: Example) -> str:
        if self.text not in example.fields:
            raise MissingColumn(self.text)
        return as_text(example.fields[self.text])

    def _made(self, example: Example, run: StepRun) -> Outcome:
        text, column = self._text(example), self.columns()[1]
        if column not in example.fields and "[]" not in self.spans:
            raise MissingColumn(column)
        if not text.strip():
            return Drop("empty text", f"column '{self.text}'")
        found, missing = self._found(example, text, run)
        if missing and self.on_missing == "drop":
            return Drop("an entity does not occur in the text", missing[0])
        if not found and self.format == "lines" and not self.none:
            return Drop("no entities")
        answer = self._json(found) if self.format == "json" else self._lines(found)
        made = example.with_(messages=(Message("user", text), Message("assistant", answer + self.ending)))
        if not missing:
            return made
        hint = "its row was kept without it; check its place, or say on_missing: drop"
        return [made, *(Finding("FT340", "an entity does not occur in the text", hint) for _ in missing)]

    def _found(self, example: Example, text: str, run: StepRun) -> tuple[list[Found], list[str]]:
        """The entities in their order, and those that do not occur."""
        found: list[Found] = []
        missing: list[str] = []
        for item in items(example.fields, self.spans):
            span = span_of(item, self.start_key, self.end, self.entity, self.type_key)
            if span is None:
                missing.append(as_text(item)[:100])
            elif self.types is not None and span.type not in self.types:
                run.tally("entities of other types")
            elif (one := find(text, span)) is None:
                missing.append((span.text or f"{span.start} to {span.end}")[:100])
            else:
                found.append(one)
        if missing:
            run.tally("entities that do not occur in the text", len(missing))
        return self._ordered(found), missing

    def _ordered(self, found: Iterable[Found]) -> list[Found]:
        if self.order == "appearance":
            rows = sorted(found, key=lambda one: (one.start, one.end, one.type))
        else:
            rows = sorted(found, key=lambda one: (one.text.casefold(), one.text, one.type, one.start))
        if not self.unique:
            return rows
        keys = {(one.text, one.type if self.format == "json" else ""): one for one in reversed(rows)}
        kept = set(map(id, keys.values()))
        return [one for one in rows if id(one) in kept]

    def _lines(self, found: Sequence[Found]) -> str:
        return "\n".join(" ".join(one.text.split()) for one in found) or self.none

    def _json(self, found: Sequence[Found]) -> str:
        return msgspec.json.encode([{"text": one.text, "type": one.type} for one in found]).decode()


def _are_spans(cells: Sequence[object]) -> bool:
    """Lists, some of them with objects that have a beginning and an end."""
    if not all(isinstance(cell, list) for cell in cells):
        return False
    spans = [item for cell in cells if isinstance(cell, list) for item in cell]
    return bool(spans) and all(isinstance(item, Mapping) and "start" in item and "end" in item for item in spans)
