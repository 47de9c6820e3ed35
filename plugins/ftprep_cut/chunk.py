"""The transformer `chunk`: a long text in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from ftprep import Column, Drop, Example, Map, MissingColumn, Outcome, StepRun, as_text

_BORDERS = {
    "paragraph": re.compile(r"(?<=\n)(?=[^\n])(?<=\n\n)|(?<=\n)(?=\s*\n)"),
    "sentence": re.compile(r"(?<=[.!?…。！？])(?=\s)|(?<=[。！？])|(?<=\n)"),
    "word": re.compile(r"(?<=\s)(?=\S)"),
}
_FINER = {"paragraph": "sentence", "sentence": "word", "word": "character"}


class Chunk(Map):
    """Makes several examples of a long text: `chunk: {column: text, tokens: 400}`.

    Pieces end between paragraphs where they can, else between sentences, else between words. Together they hold every
    character but the white space at their ends. The column `into` numbers them from 1.
    """

    name: ClassVar[str] = "chunk"
    many: ClassVar[bool] = True
    unpacks: ClassVar[bool] = True

    column: Column
    """The column of the text."""
    tokens: int | None = Field(default=None, ge=1)
    """Tokens a piece has at most, counted as the recipe's model does."""
    characters: int | None = Field(default=None, ge=1)
    """Characters a piece has at most, instead of `tokens`."""
    at: Literal["paragraph", "sentence", "word"] = "paragraph"
    """Where pieces may end, if it can be done."""
    into: str = Field(default="chunk", min_length=1)
    """The column of the pieces' numbers."""

    @model_validator(mode="after")
    def _one_size(self) -> Chunk:
        if (self.tokens is None) == (self.characters is None):
            raise ValueError("give the size of a piece either in tokens or in characters")
        return self

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns, and the number."""
        return columns if self.into in columns else [*columns, self.into]

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What cuts into pieces. Raises RecipeError where `tokens` is given and the recipe names no model."""
        if self.tokens is None:
            return lambda example: self._chunked(example, len, self.characters or 1)
        run.count([])
        most = self.tokens
        return lambda example: self._chunked(example, lambda text: run.count([text])[0], most)

    def _chunked(self, example: Example, size: Callable[[str], int], most: int) -> Outcome:
        if self.column not in example.fields:
            raise MissingColumn(self.column)
        pieces = [p.strip() for p in _pieces(as_text(example.fields[self.column]), self.at, size, most) if p.strip()]
        if not pieces:
            return Drop("empty text", f"column '{self.column}'")
        return [
            example.with_(fields={**example.fields, self.column: piece, self.into: number})
            for number, piece in enumerate(pieces, 1)
        ]


def _pieces(text: str, at: str, size: Callable[[str], int], most: int) -> list[str]:
    """The text in pieces that are no larger than `most`, but for a single character that is."""
    if size(text.strip()) <= most or len(text) <= 1:
        return [text]
    made: list[str] = []
    for unit in _units(text, at):
        if made and size((made[-1] + unit).strip()) <= most:
            made[-1] += unit
        elif size(unit.strip()) <= most or at == "character":
            made.append(unit)
        else:
            made += _pieces(unit, _FINER[at], size, most)
    return made


def _units(text: str, at: str) -> list[str]:
    return list(text) if at == "character" else [unit for unit in _BORDERS[at].split(text) if unit]
