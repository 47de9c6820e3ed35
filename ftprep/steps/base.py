"""What all steps have in common: options, a name, and what they may ask of the run they are part of."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from ..errors import RecipeError
from ..example import Row
from ..options import option_docs
from ..template import Column, Template

if TYPE_CHECKING:
    from .ends import Writer

Split = Literal["train", "validation", "test"]
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""What a step may be called: snake_case."""


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a model. Tokens are counted as its tokenizer does; prices in USD per million tokens."""

    name: str
    aliases: tuple[str, ...] = ()
    tokenizer: str | None = None
    """The encoding's name, e.g. `o200k_base`; a tokenizer plugin knows it."""
    context: int | None = None
    """Tokens a request may have."""
    training_limit: int | None = None
    """Tokens an example may have."""
    formats: tuple[str, ...] = ()
    """Names of the writers whose format can tune it; empty: not known."""
    message_tokens: int = 3
    name_tokens: int = 1
    reply_tokens: int = 3
    """What a chat message, its name, and the start of the reply cost on top of their texts."""
    prices: Mapping[str, float] = {}
    price_date: str | None = None
    tunable_until: str | None = None
    """ISO date after which no new job is taken; None: not announced."""
    source: str = ""
    """Where the facts were read, and when."""


class StepRun:
    """What a step may ask of the run it is part of. Made by the engine; tests make their own."""

    def __init__(
        self,
        *,
        seed: int = 0,
        model: ModelFacts | None = None,
        writer: Writer | None = None,
        count: Callable[[Sequence[str]], list[int]] | None = None,
        rows: Callable[[str], Iterator[Row]] | None = None,
        split_of: Callable[[str], Split | None] | None = None,
        speakers: Mapping[str, str] | None = None,
    ):
        self.seed = seed
        """The step's own seed."""
        self.model = model
        """Facts of the recipe's model; None where it names none."""
        self.writer = writer
        """For steps and checks of one output: its writer."""
        self.speakers: Mapping[str, str] = speakers or {}
        """Role -> the speaker's name in the text, as the steps before this one leave it."""
        self.tallies: Counter[str] = Counter()
        self._tallying = threading.Lock()
        self._count, self._rows, self._split_of = count, rows, split_of

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, exact. Raises RecipeError where the recipe names no model."""
        if self._count is None:
            raise RecipeError("tokens cannot be counted without a model", hint="add 'model:' to the recipe")
        return self._count(texts)

    def rows(self, path: str) -> Iterator[Row]:
        """The rows of a side table, through any installed reader; `path` is relative to the recipe."""
        if self._rows is None:
            raise RecipeError(f"{path}: no side table can be read here")
        return self._rows(path)

    def split_of(self, group: str) -> Split | None:
        """The split a group falls into, with a `stable` or given split; None where it is decided later."""
        return self._split_of(group) if self._split_of is not None else None

    def tally(self, name: str, n: int = 1) -> None:
        """Adds to a counter that the engine sums and reports under the step's notes."""
        with self._tallying:
            self.tallies[name] += n


class Step(BaseModel):
    """What all kinds have in common: a name, options, and where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: ClassVar[str]
    """What recipes call it, snake_case."""
    shorthand: ClassVar[str | None] = None
    """The option that a lone value fills; None: the first field."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """As pydantic's, with the docstring below each field as its description."""
        made = handler.resolve_ref_schema(handler(schema))
        docs, fields = option_docs(cls), cls.model_fields
        for name, field in fields.items():
            if name in docs and (option := made.get("properties", {}).get(field.alias or name)) is not None:
                option.setdefault("description", docs[name])
        return made

    def columns(self) -> tuple[str, ...]:
        """The columns its options name, in options typed Column and Template."""
        found: list[str] = []
        for name in type(self).model_fields:
            _collect_columns(getattr(self, name), found)
        return tuple(dict.fromkeys(found))

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns there are after this step, given those before it."""
        return columns

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """Role -> the speaker's name in the text, after this step; `before` is what held before it."""
        return before

    def contract(self, run: StepRun) -> dict[str, Any]:
        """Facts that inference needs (`stop`, `separator`, `codes`, `max_tokens`, `logprobs`); merged over steps."""
        return {}


def _collect_columns(value: Any, found: list[str]) -> None:
    if isinstance(value, Column):
        found.append(str(value))
    elif isinstance(value, Template):
        found.extend(value.columns)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            _collect_columns(key, found)
            _collect_columns(item, found)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            _collect_columns(item, found)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            _collect_columns(getattr(value, name), found)
