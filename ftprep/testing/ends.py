"""Rules of tokenizers and facts about models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from ..errors import FtprepError
from ..steps import ModelFacts, Tokenizer
from .rules import rule, short
from .trying import Tried, attempt

_TEXTS = [
    "",
    "Hello",
    "Hello there, who are you?",
    "  spaces \n\n and\ttabs ",
    "Grüße 你好 \U0001f469\u200d\U0001f52c",
    "a" * 500,
]


class TokenizerCase(msgspec.Struct, frozen=True):
    """A Tokenizer, and files that it is to be tried with."""

    cls: type[Tokenizer]
    files: tuple[str, ...] = ()
    made: dict[tuple[str, str], Tried] = {}
    """What it gave for each encoding: tables take a second to load."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its encodings, and the files."""
        return (*self.cls.encodings(), *self.files)

    def counts(self, encoding: str, texts: list[str]) -> Tried:
        """What its counting function gives."""
        return self._given("load", encoding, texts)

    def pieces(self, encoding: str, texts: list[str]) -> Tried:
        """What its piece function gives."""
        return self._given("load_pieces", encoding, texts)

    def _given(self, what: str, encoding: str, texts: list[str]) -> Tried:
        loaded = self.made.get((what, encoding))
        if loaded is None:
            loaded = self.made[what, encoding] = attempt(getattr(self.cls, what), encoding)
        return loaded if loaded.error is not None else attempt(lambda: list(loaded.value(texts)))

    @property
    def here(self) -> list[str]:
        """The encodings whose tables are on this machine."""
        return [name for name in self.names if self.counts(name, [""]).error is None]


@rule("tokenizer")
def encodings(case: TokenizerCase) -> Iterator[str]:
    """encodings names what it knows, and knows is true of a file it reads; at least one of them can be loaded here."""
    names = case.names
    if not names and case.cls.knows("folder/file.json"):
        return  # it reads files only, and none was given to try
    yield from (f"knows({short(file)}) gives False" for file in case.files if not case.cls.knows(file))
    if not names or not all(isinstance(name, str) and name for name in names):
        yield f"encodings() gives {short(names)}"
    elif not case.here:
        yield f"{names[0]} raised {short(case.counts(names[0], ['']).error)}"


@rule("tokenizer")
def unknown_encoding(case: TokenizerCase) -> Iterator[str]:
    """load raises an FtprepError for an encoding that it does not know."""
    given = case.counts("no_such_encoding", ["a"])
    if not isinstance(given.error, FtprepError):
        yield f"no_such_encoding gave {short(given.error or given.value)}"


@rule("tokenizer")
def counts(case: TokenizerCase) -> Iterator[str]:
    """Counting gives a whole number from 0 for each text; an empty text has 0."""
    for name in case.here:
        given = case.counts(name, _TEXTS)
        if given.error is not None or len(given.value) != len(_TEXTS):
            yield f"{name}: {len(_TEXTS)} texts gave {short(given.error or given.value)}"
        elif not all(isinstance(n, int) and n >= 0 for n in given.value) or given.value[0] != 0:
            yield f"{name}: {short(_TEXTS)} gave {short(given.value)}"


@rule("tokenizer")
def counts_alone(case: TokenizerCase) -> Iterator[str]:
    """A text has the same count alone as among others."""
    for name in case.here:
        together = case.counts(name, _TEXTS).value or []
        for text, count in zip(_TEXTS, together, strict=False):
            if (alone := case.counts(name, [text]).value) != [count]:
                yield f"{name}: {short(text, 40)} gave {short(alone)} alone and {count} among others"


@rule("tokenizer")
def pieces_make_the_text(case: TokenizerCase) -> Iterator[str]:
    """load_pieces gives as many pieces as there are tokens; joined, they are the text."""
    for name in case.here:
        given, counted = case.pieces(name, _TEXTS), case.counts(name, _TEXTS).value
        if given.error is not None:
            yield f"{name}: it raised {short(given.error)}"
            continue
        for text, pieces, count in zip(_TEXTS, given.value, counted or [], strict=False):
            if b"".join(pieces) != text.encode() or len(pieces) != count:
                yield f"{name}: {short(text, 40)} has {count} tokens and the pieces {short(pieces)}"


class ModelCase(msgspec.Struct, frozen=True):
    """Facts about a model."""

    facts: ModelFacts


@rule("model")
def has_source(case: ModelCase) -> Iterator[str]:
    """Facts say where they were read, and when."""
    if not case.facts.source.strip():
        yield f"{case.facts.name} has no source"


@rule("model")
def limits(case: ModelCase) -> Iterator[str]:
    """Limits are numbers from 1, and costs of messages from 0."""
    facts: Any = case.facts
    for name, least in {
        "context": 1,
        "training_limit": 1,
        "message_tokens": 0,
        "name_tokens": 0,
        "reply_tokens": 0,
    }.items():
        value = getattr(facts, name)
        if value is not None and (not isinstance(value, int) or value < least):
            yield f"{facts.name}: {name} is {short(value)}"


@rule("model")
def dates(case: ModelCase) -> Iterator[str]:
    """Prices have the date they were read (YYYY-MM or YYYY-MM-DD); tunable_until is a day, YYYY-MM-DD."""
    facts = case.facts
    if facts.prices and not facts.price_date:
        yield f"{facts.name} has prices and no price_date"
    read = facts.price_date and (facts.price_date + "-01" if len(facts.price_date) == 7 else facts.price_date)
    for name, value in (("price_date", read), ("tunable_until", facts.tunable_until)):
        if value is not None and attempt(date.fromisoformat, value).error is not None:
            yield f"{facts.name}: {name} is {short(getattr(facts, name))}"
