"""What values a request's parameters may have, and OpenAI's words for those that they may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .answers import Refused

Check = Callable[[str, Any], None]
"""Looks at a parameter, by its path (`method.type`) and value. Raises Refused."""

_WORDS = {str: "a string", bool: "a boolean", dict: "an object", list: "an array", type(None): "null"}


def wrong_type(path: str, expected: str, value: Any) -> Refused:
    """400 for a value of another type."""
    got = _WORDS.get(type(value)) or ("an integer" if isinstance(value, int) else "a decimal")
    message = f"Invalid type for '{path}': expected {expected}, but got {got} instead."
    return Refused(400, message, code="invalid_type", param=path)


def missing(path: str) -> Refused:
    """400 for a parameter that must be there."""
    return Refused(400, f"Missing required parameter: '{path}'.", code="missing_required_parameter", param=path)


def text(least: int = 0, most: int | None = None) -> Check:
    """A string of so many characters."""

    def check(path: str, value: Any) -> None:
        if not isinstance(value, str):
            raise wrong_type(path, "a string", value)
        if len(value) < least:
            raise _length(path, "string too short", "minimum", least, len(value), "string_below_min_length")
        if most is not None and len(value) > most:
            raise _length(path, "string too long", "maximum", most, len(value), "string_above_max_length")

    return check


def _length(path: str, what: str, word: str, bound: int, got: int, code: str) -> Refused:
    message = f"Invalid '{path}': {what}. Expected a string with {word} length {bound}, but got a string with length "
    return Refused(400, f"{message}{got} instead.", code=code, param=path)


def integer(low: int, high: int | None = None) -> Check:
    """An integer between two bounds, both included."""
    return _number("an integer", int, low, high, strict=False)


def decimal(low: float, high: float | None = None, *, above: bool = False) -> Check:
    """A number between two bounds; `above`: the lower one is not included."""
    return _number("a decimal", (int, float), low, high, strict=above)


def _number(what: str, types: Any, low: float, high: float | None, *, strict: bool) -> Check:
    word = "integer" if types is int else "decimal"

    def check(path: str, value: Any) -> None:
        if not isinstance(value, types) or isinstance(value, bool):
            raise wrong_type(path, what, value)
        if value < low or (strict and value <= low):
            raise _bound(path, word, "below minimum", f"{'>' if strict else '>='} {low}", value)
        if high is not None and value > high:
            raise _bound(path, word, "above maximum", f"<= {high}", value)

    return check


def _bound(path: str, word: str, what: str, expected: str, got: float) -> Refused:
    message = f"Invalid '{path}': {word} {what} value. Expected a value {expected}, but got {got} instead."
    return Refused(400, message, code=f"{word}_{what.replace('minimum', 'min').replace('maximum', 'max')}_value"
                   .replace(" ", "_"), param=path)  # fmt: skip


def one_of(*values: str) -> Check:
    """One of these words."""

    def check(path: str, value: Any) -> None:
        if value not in values:
            raise wrong_word(path, value, values)

    return check


def wrong_word(path: str, value: Any, values: Sequence[str]) -> Refused:
    """400 for a word that is none of the known ones."""
    quoted = [f"'{word}'" for word in values]
    known = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])}{',' * (len(quoted) > 2)} and {quoted[-1]}"
    message = f"Invalid value: '{value}'. Supported values are: {known}."
    return Refused(400, message, code="invalid_value", param=path)


def auto(inner: Check) -> Check:
    """`"auto"`, or what the inner check takes."""
    return lambda path, value: None if value == "auto" else inner(path, value)


def nullable(inner: Check) -> Check:
    """Null, or what the inner check takes."""
    return lambda path, value: None if value is None else inner(path, value)


def flag(path: str, value: Any) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise wrong_type(path, "a boolean", value)


def anything(path: str, value: Any) -> None:
    """Any value."""


def array(inner: Check = anything, least: int = 0, most: int | None = None) -> Check:
    """An array of so many items."""

    def check(path: str, value: Any) -> None:
        if not isinstance(value, list):
            raise wrong_type(path, "an array", value)
        if len(value) < least:
            raise _items(path, "too short", "minimum", least, len(value), "array_below_min_length")
        if most is not None and len(value) > most:
            raise _items(path, "too long", "maximum", most, len(value), "array_above_max_length")
        for index, item in enumerate(value):
            inner(f"{path}[{index}]", item)

    return check


def _items(path: str, what: str, word: str, bound: int, got: int, code: str) -> Refused:
    message = f"Invalid '{path}': array {what}. Expected an array with {word} length {bound}, but got an array with "
    return Refused(400, f"{message}length {got} instead.", code=code, param=path)


def an_object(members: Mapping[str, Check], required: Sequence[str] = (), *, closed: bool = True) -> Check:
    """An object with these members; `closed`: and no others."""

    def check(path: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise wrong_type(path, "an object", value)
        prefix = f"{path}." if path else ""
        for name in required:
            if name not in value:
                raise missing(prefix + name)
        for name, inner in value.items():
            if name in members:
                members[name](prefix + name, inner)
            elif closed:
                raise Refused(
                    400, f"Unknown parameter: '{prefix}{name}'.", code="unknown_parameter", param=prefix + name
                )

    return check


def metadata(path: str, value: Any) -> None:
    """At most 16 pairs of texts; keys of at most 64, values of at most 512 characters."""
    if value is None:
        return
    if not isinstance(value, dict):
        raise wrong_type(path, "an object", value)
    if len(value) > 16:
        message = f"Invalid '{path}': too many properties. Expected an object with at most 16 properties, but got an "
        raise Refused(
            400,
            f"{message}object with {len(value)} properties instead.",
            code="object_above_max_properties",
            param=path,
        )
    for key, inner in value.items():
        if len(key) > 64:
            message = (
                f"Invalid property name in '{path}': string too long. Expected a string with maximum length 64, but "
            )
            raise Refused(
                400,
                f"{message}got a string with length {len(key)} instead.",
                code="property_name_above_max_length",
                param=path,
            )
        text(0, 512)(f"{path}.{key}", inner)
