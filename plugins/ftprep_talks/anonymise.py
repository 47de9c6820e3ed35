"""`anonymise`: people's names become pseudonyms, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar

import msgspec
from pydantic import Field, field_validator

from ftprep import Column, Example, Map, Message, MissingColumn, StepRun, Text

from .common import COMMON
from .names import plain_name
from .people import Parts, People, Style, pseudonym
from .split import SPEAKERS

Change = Callable[[str], str]


class Anonymise(Map):
    """Puts pseudonyms in the place of people's names: of speakers, and where they are mentioned in a text.

    It looks for everybody who speaks in the conversation, and for `names`: full names and first names, in any case,
    with and without accents, also before `'s` or an `s`. A person has the same pseudonym in all files and all runs of
    one `seed`. Nicknames, and endings that change a name, are not known: list them under `names`. Where it replaced a
    name that is a common word, too (`Will`, `Rose`), the run's notes count it; look there, and name it under `keep`.

    Put it after `roles`, which goes by the names of the log. Before `split_talks` it works on single rows, where only
    the row's own speaker and `names` are known. E-mail addresses, phone numbers and links are the work of `redact`.
    """

    name: ClassVar[str] = "anonymise"

    names: list[Annotated[str, Field(min_length=1)]] = []
    """More people who are mentioned: all speakers of the log, and whoever else is talked about."""
    keep: list[Annotated[str, Field(min_length=1)]] = []
    """Names that stay: full names (such as the assistant's), or words that are no names here."""
    parts: Parts = "first"
    """What of a full name is looked for alone. `first`: the first name; `all`: the family name, too."""
    style: Style = "name"
    """`name`: an invented name, such as `Tovaluri`; `tag`: `[PERSON_5F0C21AB]`."""
    seed: str = ""
    """Changes all pseudonyms. Who knows it can find the pseudonym of a name: `${env:NAME}` keeps it out of the
    recipe. At most 64 bytes."""
    column_names: list[Column] = Field(default=[], alias="columns")
    """Columns to go over, too, that a later template reads: `talk`, `subject`."""

    @field_validator("names", "keep")
    @classmethod
    def _some_names(cls, names: list[str]) -> list[str]:
        if not all(map(plain_name, names)):
            raise ValueError("a name is empty; leave it away")
        return names

    @field_validator("seed")
    @classmethod
    def _not_too_long(cls, seed: str) -> str:
        if len(seed.encode("utf-8", "surrogatepass")) > 64:
            raise ValueError("seed has more than 64 bytes; give a shorter one")
        return seed

    @cached_property
    def _kept(self) -> frozenset[str]:
        return frozenset(map(plain_name, self.keep))

    @cached_property
    def _mentioned(self) -> People:
        return self._people(frozenset(self.names))

    def _people(self, names: frozenset[str]) -> People:
        return _people(names, self._kept, self.parts, self.seed, self.style)

    def start(self, run: StepRun) -> Callable[[Example], Example]:
        """What puts pseudonyms, and counts the names it finds in texts."""

        def found(name: str) -> None:
            run.tally("names in texts")
            if name in COMMON:
                run.tally(f"'{name}', which is a common word, too")

        return lambda example: self._anonymous(example, found)

    def apply(self, example: Example) -> Example:
        """A conversation, or a row, without the names. Raises MissingColumn."""
        return self._anonymous(example, _untold)

    def _anonymous(self, example: Example, found: Callable[[str], None]) -> Example:
        own = self._people(frozenset(_speakers(example)))

        def change(text: str) -> str:
            return self._mentioned.replaced(own.replaced(text, found), found)

        fields = self._fields(example, change)
        messages = tuple(self._message(message, change) for message in example.messages)
        rejected = tuple(self._message(message, change) for message in example.rejected)
        return example.with_(fields=fields, messages=messages, rejected=rejected)

    def _fields(self, example: Example, change: Change) -> dict[str, Any]:
        fields, made = example.fields, {}
        for column in self.column_names:
            if column not in fields:
                raise MissingColumn(column)
            made[str(column)] = _deep(fields[column], change)
        if isinstance(fields.get(SPEAKERS), list):
            made[SPEAKERS] = [self._name(name) if isinstance(name, str) else name for name in fields[SPEAKERS]]
        if not example.messages:
            if isinstance(fields.get("speaker"), str):
                made["speaker"] = self._name(fields["speaker"])
            if isinstance(fields.get("text"), str):
                made["text"] = change(fields["text"])
        return {**fields, **made}

    def _message(self, message: Message, change: Change) -> Message:
        content = message.content
        if isinstance(content, str):
            new: Any = change(content)
        else:
            new = tuple(Text(change(part.text)) if isinstance(part, Text) else part for part in content)
        name = self._name(message.name) if message.name and message.role != "tool" else message.name
        reasoning = message.reasoning and change(message.reasoning)
        calls = tuple(
            msgspec.structs.replace(call, arguments=_in_json(call.arguments, change)) for call in message.tool_calls
        )
        return message.with_(content=new, name=name, reasoning=reasoning, tool_calls=calls)

    def _name(self, name: str) -> str:
        return name if plain_name(name) in {"", *self._kept} else pseudonym(name, self.seed, self.style)


@lru_cache(maxsize=256)
def _people(names: frozenset[str], keep: frozenset[str], parts: Parts, seed: str, style: Style) -> People:
    """The people of a conversation; the same few come again and again."""
    return People(sorted(names), keep, parts, lambda name: pseudonym(name, seed, style))


def _untold(_: str) -> None:
    """Nobody counts."""


def _speakers(example: Example) -> Iterable[str]:
    """Everybody who speaks in a conversation, or who says a row."""
    for message in (*example.messages, *example.rejected):
        if message.name and message.role != "tool":
            yield message.name
    listed = example.fields.get(SPEAKERS)
    yield from (name for name in (listed if isinstance(listed, list) else ()) if isinstance(name, str) and name.strip())
    speaker = example.fields.get("speaker")
    if not example.messages and isinstance(speaker, str) and speaker.strip():
        yield speaker


def _deep(value: Any, change: Change) -> Any:
    """A value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, (list, tuple)):
        return [_deep(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _deep(item, change) for key, item in value.items()}
    return value


def _in_json(text: str, change: Change) -> str:
    """JSON text with its texts changed, however they are escaped; as it is where nothing changes."""
    try:
        value = msgspec.json.decode(text)
        made = _deep(value, change)
        return text if made == value else msgspec.json.encode(made).decode()
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return change(text)
