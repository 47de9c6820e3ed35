"""Templates: text with `{column}` in it, and no code.

`{column}` `{a.b}` (into JSON values) `{column:json}` `{column:lines}`; once there are messages also `{dialogue}`,
`{prompt}` and `{answer}`; `{{` and `}}` are braces. None and NaN are empty, `1.0` is `1`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import msgspec
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .example import Example, Message

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PLACE = re.compile(r"([^{}:!\[\]]+?)(?::(json|lines))?")
DERIVED = ("dialogue", "prompt", "answer")
"""What a template can say of messages, unless a column has that name."""


class MissingColumn(Exception):
    """A template or step asked for a column that this record has not got; the engine makes it a Drop."""

    def __init__(self, column: str):
        super().__init__(column)
        self.column = column


class Template:
    """A parsed template. As the type of an option it takes text, refuses a bad one, and names the columns it reads."""

    __slots__ = ("columns", "pieces", "text", "uses_messages")

    def __init__(self, text: str):
        """Raises ValueError, saying what is wrong, for text that is no template."""
        self.text = text
        self.pieces: tuple[str | tuple[str, str], ...] = tuple(_parse(text))
        names = [piece[0] for piece in self.pieces if not isinstance(piece, str)]
        self.uses_messages = any(name in DERIVED for name in names)
        self.columns: tuple[str, ...] = tuple(dict.fromkeys(n.split(".")[0] for n in names if n not in DERIVED))

    def render(self, example: Example) -> str:
        """The text for one example. Raises MissingColumn for a column it has not got."""
        if len(self.pieces) == 1 and not isinstance(self.pieces[0], str):  # as most are
            return _value(*self.pieces[0], example)
        return "".join(
            piece if isinstance(piece, str) else _value(piece[0], piece[1], example) for piece in self.pieces
        )

    def render_all(self, examples: Sequence[Example]) -> list[str]:
        """The same for many: a lone column is only fetched."""
        piece = self.pieces[0] if len(self.pieces) == 1 else ""
        if not isinstance(piece, str) and not piece[1]:
            with suppress(KeyError):
                values = [example.fields[piece[0]] for example in examples]
                return [value if value.__class__ is str else as_text(value) for value in values]
        return list(map(self.render, examples))

    def __repr__(self) -> str:
        return f"Template({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Template) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __reduce__(self) -> tuple[type[Template], tuple[str]]:
        return Template, (self.text,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.str_schema(metadata={"pydantic_js_updates": {"x-ftprep": "template"}}),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.text),
        )


class Column(str):
    """The type of an option that names a column; the plan checks it against the columns there are."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(min_length=1, metadata={"pydantic_js_updates": {"x-ftprep": "column"}})
        )


class InPath(str):
    """The type of an option that names a file to read, relative to the recipe it stands in."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(min_length=1, metadata={"pydantic_js_updates": {"x-ftprep": "path"}})
        )


def as_text(value: Any) -> str:
    """A field's value as training text: None and NaN are empty, 1.0 is `1`, lists and mappings compact JSON."""
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (int, float)):
        return str(value)
    return msgspec.json.encode(value).decode()


def surprises(template: Template, fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a template prints otherwise than people may think: for each column without a form that holds a list, an
    object, or true or false, what it will print, and what to write instead."""
    for piece in template.pieces:
        if isinstance(piece, str) or piece[1] or piece[0] not in fields:
            continue
        name, value = piece[0], fields[piece[0]]
        if isinstance(value, (list, tuple)):
            hint = f"write {{{name}:lines}} for one item a line, or {{{name}:json}} if JSON is meant"
            yield f"column '{name}' is a list, and {{{name}}} prints it as JSON text", hint
        elif isinstance(value, Mapping):
            hint = f"write {{{name}.KEY}} for one value of it, or {{{name}:json}} if JSON is meant"
            yield f"column '{name}' is an object, and {{{name}}} prints it as JSON text", hint
        elif isinstance(value, bool):
            hint = f"if other words are meant: map_values: {{column: {name}, values: {{true: …, false: …}}}}"
            yield f"column '{name}' is a truth value, and {{{name}}} prints it as true or false", hint


def dialogue_text(messages: tuple[Message, ...]) -> str:
    """Messages as `Name: text` lines, without system messages."""
    lines = (f"{m.name or m.role.capitalize()}: {m.text}" for m in messages if m.role not in ("system", "developer"))
    return "\n".join(lines)


def _parse(text: str) -> list[str | tuple[str, str]]:
    pieces: list[str | tuple[str, str]] = []
    end = 0
    for match in _PIECE.finditer(text):
        if match.start() > end:
            pieces.append(text[end : match.start()])
        end = match.end()
        pieces.append(_piece(match))
    if end < len(text):
        pieces.append(text[end:])
    return pieces


def _piece(match: re.Match[str]) -> str | tuple[str, str]:
    whole, inside = match[0], match[1]
    if whole in ("{{", "}}"):
        return whole[0]
    if inside is None:
        _refuse(f"a lone {whole!r} at character {match.start() + 1}; write '{whole * 2}' for a brace")
    place = _PLACE.fullmatch(inside.strip())
    if place is None:
        _refuse(f"'{whole}' is no column; use {{column}}, {{a.b}}, {{column:json}}, {{column:lines}}, or {{{{ and }}}}")
    return place[1].strip(), place[2] or ""


def _refuse(what: str) -> NoReturn:
    raise ValueError(what)


def _value(name: str, form: str, example: Example) -> str:
    if name not in example.fields and name in DERIVED and example.messages:
        return _FROM_MESSAGES[name](example)
    value = _find(name, example.fields)
    if form == "json":
        return msgspec.json.encode(value).decode()
    if form == "lines" and isinstance(value, (list, tuple)):
        return "\n".join(map(as_text, value))
    return as_text(value)


def _find(name: str, fields: Mapping[str, Any]) -> Any:
    if name in fields:
        return fields[name]
    value: Any = fields
    for part in name.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            raise MissingColumn(name)
    return value


def _history(example: Example) -> tuple[Message, ...]:
    return example.messages[:-1] if example.answer is not None else example.messages


def _prompt(example: Example) -> str:
    return next((message.text for message in reversed(_history(example)) if message.role == "user"), "")


def _answer(example: Example) -> str:
    return example.answer.text if example.answer is not None else ""


_FROM_MESSAGES: dict[str, Callable[[Example], str]] = {
    "dialogue": lambda example: dialogue_text(_history(example)),
    "prompt": _prompt,
    "answer": _answer,
}
