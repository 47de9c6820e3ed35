"""The transformers `keep_if` and `drop_if`: conditions on a column or on the text, without code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from ftprep import Column, Drop, Example, Map, Outcome, StepRun, as_text

Scalar = str | int | float | bool
Test = Callable[[Any], bool]
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_DIGITS = 1000  # Python refuses to read integers of more than 4300
_SHOWN = 100
"""Characters of a condition and of a value that a Drop shows."""


class Condition(Map):
    """Tests that must all hold. A number in the recipe is compared as a number with what is one or reads as one (`"5"`,
    `5.0`), everything else as text. A column that a row has not got is empty, and counted."""

    keeps: ClassVar[bool]
    """Whether an example that passes the tests stays, or one that does not."""

    column: Column | None = None
    """The column that is tested; otherwise `of` says what is."""
    of: Literal["messages", "answer"] | None = None
    """`messages`: the text of all messages, one after another with line breaks; `answer`: that of the last message,
    where the assistant wrote it."""
    equals: Scalar | None = None
    """It is this."""
    not_: Scalar | None = Field(None, alias="not")
    """It is not this."""
    in_: list[Scalar] | None = Field(None, alias="in", min_length=1)
    """It is one of these."""
    contains: str | None = Field(None, min_length=1)
    """This stands in its text (upper and lower case differ), or it is one of its items, where it is a list."""
    empty: bool | None = None
    """`true`: there is nothing but white space in it; `false`: there is more. null, [] and {} are empty."""
    min: int | float | None = None
    """It is a number, and at least this."""
    max: int | float | None = None
    """It is a number, and at most this."""
    min_chars: int | None = Field(None, ge=1)
    """Its text has at least so many characters, without white space at its ends."""

    @model_validator(mode="after")
    def _complete(self) -> Condition:
        if (self.column is None) == (self.of is None):
            raise ValueError("say what is tested: either 'column: NAME' or 'of: messages' or 'of: answer'")
        if not self._asked():
            raise ValueError(f"there is no test; add one of {', '.join(_TESTS)}")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("no number is at least 'min' and at most 'max'; exchange them")
        return self

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """The condition for one example."""
        asked = self._asked()
        holds = _all([_TESTS[name](wanted) for name, wanted in asked.items()])
        reason = self._reason(asked)
        reason = reason if len(reason) <= _SHOWN else f"{reason[: _SHOWN - 1]}…"

        def apply(example: Example) -> Outcome:
            value = self._value(example, run)
            if holds(value) == self.keeps:
                return example
            text = as_text(value)
            return Drop(reason, f"it is '{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'}'")

        return apply

    def apply(self, example: Example) -> Outcome:
        """The example, or a Drop that names the condition and what was found."""
        return self.start(StepRun())(example)

    def request(self, example: Example, run: StepRun) -> Example:
        """Nothing is selected at inference."""
        return example

    def _asked(self) -> dict[str, Any]:
        asked = {name: getattr(self, f"{name}_" if name in ("not", "in") else name) for name in _TESTS}
        return {name: wanted for name, wanted in asked.items() if wanted is not None}

    def _reason(self, asked: Mapping[str, Any]) -> str:
        """Why an example is dropped, in words: all tests held, or one of them did not."""
        subject = f"column '{self.column}'" if self.column is not None else _SUBJECTS[str(self.of)]
        told = [_WORDS[name][self.keeps].format(_shown(wanted)) for name, wanted in asked.items() if name != "empty"]
        if self.empty is not None:
            told.append("is empty" if self.empty != self.keeps else "is not empty")
        return f"{subject} {(' or ' if self.keeps else ' and ').join(told)}"

    def _value(self, example: Example, run: StepRun) -> Any:
        if self.column is not None:
            if self.column not in example.fields:
                run.tally(f"no column '{self.column}'")
            return example.fields.get(self.column)
        if self.of == "answer":
            return example.answer.text if example.answer is not None else ""
        return "\n".join(message.text for message in example.messages)


class KeepIf(Condition):
    """Keeps the examples that pass all the tests, and drops the others."""

    name: ClassVar[str] = "keep_if"
    keeps: ClassVar[bool] = True


class DropIf(Condition):
    """Drops the examples that pass all the tests, and keeps the others."""

    name: ClassVar[str] = "drop_if"
    keeps: ClassVar[bool] = False


_SUBJECTS = {"answer": "the answer", "messages": "the text of the messages"}
_WORDS = {
    "equals": ("is {}", "is not {}"),
    "not": ("is not {}", "is {}"),
    "in": ("is one of {}", "is none of {}"),
    "contains": ("contains {}", "does not contain {}"),
    "min": ("is at least {}", "is not at least {}"),
    "max": ("is at most {}", "is not at most {}"),
    "min_chars": ("has {} characters or more", "has fewer than {} characters"),
}
"""Test -> in words, where it held and where it did not."""


def _shown(wanted: Any) -> str:
    if isinstance(wanted, list):
        return ", ".join(map(_shown, wanted))
    return f"'{wanted}'" if isinstance(wanted, str) else as_text(wanted)


def _all(tests: list[Test]) -> Test:
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)


def _number(value: Any) -> int | float | None:
    """The number a value is, or its text reads as."""
    if isinstance(value, str):
        if value.isascii() and value.isdigit() and len(value) < _DIGITS:
            return int(value)
        return float(value) if _NUMBER.fullmatch(value) else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _equals(wanted: Scalar) -> Test:
    text = as_text(wanted)
    if isinstance(wanted, (bool, str)):
        return lambda value: as_text(value) == text

    def test(value: Any) -> bool:
        number = _number(value)
        return as_text(value) == text if number is None else number == wanted

    return test


def _in(wanted: list[Scalar]) -> Test:
    tests = [_equals(one) for one in wanted]
    return lambda value: any(test(value) for test in tests)


def _not(wanted: Scalar) -> Test:
    equals = _equals(wanted)
    return lambda value: not equals(value)


def _contains(wanted: str) -> Test:
    return lambda value: wanted in (list(map(as_text, value)) if isinstance(value, (list, tuple)) else as_text(value))


def _empty(wanted: bool) -> Test:
    return lambda value: (value in ([], {}) or not as_text(value).strip()) == wanted


def _min(wanted: float) -> Test:
    return lambda value: (number := _number(value)) is not None and number >= wanted


def _max(wanted: float) -> Test:
    return lambda value: (number := _number(value)) is not None and number <= wanted


def _min_chars(wanted: int) -> Test:
    return lambda value: len(as_text(value).strip()) >= wanted


_TESTS: dict[str, Callable[[Any], Test]] = {
    "equals": _equals,
    "not": _not,
    "in": _in,
    "contains": _contains,
    "empty": _empty,
    "min": _min,
    "max": _max,
    "min_chars": _min_chars,
}
"""The options that test, in the order in which they are told."""
