"""Rules of uploaders, tokenizers and facts about models."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from ..errors import FtprepError
from ..steps import ModelFacts, Split, Tokenizer, Uploader
from .rules import rule, short
from .trying import Tried, attempt
from .watch import Seen, watching

CANARY = "canary-0d1f7c9e-never-shown"
"""Stands in for every secret; it must not come out anywhere."""
_TEXTS = [
    "",
    "Hello",
    "Hello there, who are you?",
    "  spaces \n\n and\ttabs ",
    "Grüße 你好 \U0001f469\u200d\U0001f52c",
    "a" * 500,
]


class UploaderCase:
    """An Uploader, with a secret in every variable that its options name (`…_env`)."""

    def __init__(self, step: Uploader):
        self.step = step

    @contextmanager
    def _secrets(self) -> Iterator[None]:
        names = [str(value) for name, value in self.step if name.endswith("_env") and value]
        before = {name: os.environ.get(name) for name in names}
        os.environ.update(dict.fromkeys(names, CANARY))
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                os.environ.update({name: value} if value is not None else {})

    @cached_property
    def done(self) -> tuple[Tried, Tried, Seen]:
        """What plan gave for two files, what put made of a file that is not there, and what plan did beside."""
        with tempfile.TemporaryDirectory() as folder, self._secrets():
            files: Mapping[Split, Path] = {
                "train": Path(folder) / "train.jsonl",
                "validation": Path(folder) / "v.jsonl",
            }
            for path in files.values():
                path.write_bytes(b"{}\n")
            with watching() as seen:
                planned = attempt(self.step.plan, files)
            with watching() as later:
                put = attempt(self.step.put, Path(folder) / "missing.jsonl")
            seen.printed += later.printed
        return planned, put, seen


@rule("uploader")
def plans(case: UploaderCase) -> Iterator[str]:
    """plan gives lines of text that name each file it would send."""
    planned = case.done[0]
    lines = planned.value
    if planned.error is not None or not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        yield f"it gave {short(planned.error or lines)}"
    else:
        yield from (
            f"no line names {name}" for name in ("train.jsonl", "v.jsonl") if not any(name in line for line in lines)
        )


@rule("uploader")
def plans_offline(case: UploaderCase) -> Iterator[str]:
    """plan opens no connection and writes no file: nothing is sent unasked."""
    seen = case.done[2]
    yield from (f"it opened a connection to {address}" for address in seen.connections)
    yield from (f"it wrote or removed the file {path}" for path in seen.files)


@rule("uploader")
def put_refuses(case: UploaderCase) -> Iterator[str]:
    """put raises an FtprepError for a file that is not there."""
    put = case.done[1]
    if not isinstance(put.error, FtprepError):
        yield f"it gave {short(put.error or put.value)}"


@rule("uploader")
def secrets_stay(case: UploaderCase) -> Iterator[str]:
    """No secret shows in repr, in what is planned or printed, or in an error; options name the variable that
    holds it."""
    planned, put, seen = case.done
    shown = {
        "repr": repr(case.step),
        "the options": case.step.model_dump_json(),
        "plan": repr(planned.value),
        "the error of plan": f"{planned.error!r} {planned.error}",
        "the error of put": f"{put.error!r} {put.error}",
        "what it printed": seen.printed,
    }
    yield from (f"it shows in {where}" for where, text in shown.items() if CANARY in text)
    for name in type(case.step).model_fields:
        if any(word in name for word in ("key", "secret", "token", "password")) and not name.endswith("_env"):
            yield f"option '{name}' holds a secret itself; call it {name}_env"


class TokenizerCase(msgspec.Struct, frozen=True):
    """A Tokenizer."""

    cls: type[Tokenizer]

    def counts(self, encoding: str, texts: list[str]) -> Tried:
        """What its counting function gives."""
        return attempt(lambda: list(self.cls.load(encoding)(texts)))

    def pieces(self, encoding: str, texts: list[str]) -> Tried:
        """What its piece function gives."""
        return attempt(lambda: list(self.cls.load_pieces(encoding)(texts)))

    @property
    def here(self) -> list[str]:
        """The encodings whose tables are on this machine."""
        return [name for name in self.cls.encodings() if self.counts(name, [""]).error is None]


@rule("tokenizer")
def encodings(case: TokenizerCase) -> Iterator[str]:
    """encodings names what it knows; at least one of them can be loaded here."""
    names = case.cls.encodings()
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
