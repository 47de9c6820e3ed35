"""The transformer `redact`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import Field, model_validator

from ftprep import Column, Drop, Example, Map, Message, MissingColumn, Outcome, StepRun, Text

from .kinds import Kind
from .pseudonyms import Book
from .wanted import cutter, refuse_impossible


class Redact(Map):
    """Puts pseudonyms such as `[EMAIL_1]` in the place of personal data and secrets.

    In one conversation the same value has the same pseudonym, numbered as values first appear. It covers all messages
    with their speakers' names, reasoning and calls of tools, and rejected answers; or `columns`, and then no messages.
    Columns that a later template reads (in `prompt`, or a writer's `system:`) need a `redact: {columns: …}` before it.
    In `dropped.jsonl`, a drop before this step shows its row as it was read, one after it the pseudonyms.
    """

    name: ClassVar[str] = "redact"

    kinds: list[Kind] = Field(default=["key", "email", "iban", "card", "phone"])
    """What has to go. `key`: keys, tokens and private keys of services; `email`; `iban`: account numbers with right
    check digits; `card`: payment cards with a right check digit; `phone`: numbers in forms that other numbers do not
    have (`+49 …`, `(555) 123-4567`, `030 1234567`, `Tel.: …`); `ip`: internet addresses."""
    extra: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], str] = {}
    r"""Kinds of your own: name -> regular expression (of the library `regex`), such as `customer: 'K-\d{6}'`, which
    becomes `[CUSTOMER_1]`. They are looked for first."""
    column_names: Column | Annotated[list[Column], Field(min_length=1)] | None = Field(default=None, alias="columns")
    """Only these columns, with one numbering in the order they are named in; those of the answer have to come last. A
    row that has not got one of them is a drop."""
    seconds: float = Field(default=1.0, gt=0, le=60)
    """How long one pattern of `extra` may take on one text; a longer one makes a drop."""

    @model_validator(mode="after")
    def _can_be_done(self) -> Redact:
        refuse_impossible(self.kinds, self.extra)
        return self

    @property
    def needs_messages(self) -> bool:  # type: ignore[override]
        """Unless columns are named."""
        return self.column_names is None

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What redacts, and counts by kind."""
        cut = cutter(self.kinds, self.extra, self.seconds)
        change = redacted if self.column_names is None else self._fields

        def apply(example: Example) -> Outcome:
            book = Book(cut)
            try:
                made = change(example, book)
            except TimeoutError:
                return Drop("pattern takes too long", f"more than {self.seconds:g} s on one text")
            for kind, n in book.found.items():
                run.tally(kind, n)
            return made

        return apply

    def apply(self, example: Example) -> Outcome:
        """One example, redacted; or a Drop where a pattern took too long. Raises MissingColumn."""
        return self.start(StepRun())(example)

    def request(self, example: Example, run: StepRun) -> Example:
        """As in training, in the columns that are given: that of the answer is not."""
        there = [name for name in self._listed() if name in example.fields]
        if self.column_names is None or there:
            return Map.request(self.model_copy(update={"column_names": there or None}), example, run)
        return example

    def _listed(self) -> Sequence[Column]:
        names = self.column_names
        return [names] if isinstance(names, Column) else names or ()

    def _fields(self, example: Example, book: Book) -> Example:
        made: dict[str, Any] = {}
        for name in self._listed():
            if name not in example.fields:
                raise MissingColumn(name)
            made[name] = book.value(example.fields[name])
        return example.with_(fields={**example.fields, **made})


def redacted(example: Example, book: Book) -> Example:
    """The example with pseudonyms in all messages and rejected answers; `book.found` says what there was."""
    messages = tuple([_message(message, book) for message in example.messages])
    rejected = tuple([_message(message, book) for message in example.rejected])
    same = messages == example.messages and rejected == example.rejected
    return example if same else example.with_(messages=messages, rejected=rejected)


def _message(message: Message, book: Book) -> Message:
    """The name comes first: that of the answer is known when it is asked for."""
    name = message.name and book.text(message.name)
    reasoning = message.reasoning and book.text(message.reasoning)
    content: Any = message.content
    if isinstance(content, str):
        content = book.text(content)
    else:
        content = tuple([Text(book.text(part.text)) if isinstance(part, Text) else part for part in content])
    if message.tool_calls or name is not message.name or reasoning is not message.reasoning:
        calls = [msgspec.structs.replace(call, arguments=book.text(call.arguments)) for call in message.tool_calls]
        return message.with_(name=name, reasoning=reasoning, content=content, tool_calls=tuple(calls))
    return message if content is message.content else message.with_(content=content)
