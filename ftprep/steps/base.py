"""What all steps have in common: options, a name, and what they may ask of the run they are part of."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

import msgspec
from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from ..codes import Code
from ..errors import RecipeError
from ..example import Example, Row
from ..options import option_docs
from ..template import Column, InPath, Template
from .answers import AnswerFile, Wanted, look_up
from .proposal import Proposal

if TYPE_CHECKING:
    from .ends import Writer
    from .remote import Question

T = TypeVar("T")
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
    """`training`; `input`, `cached_input` and `output` of the tuned model; `base_input` and `base_output` before."""
    price_date: str | None = None
    default_epochs: Mapping[str, int] = {}
    """How the provider chooses the epochs where none are given: `target_epochs`, moved until the examples that are
    seen in all of them lie between `min_target_examples` and `max_target_examples`, as far as `min_epochs` and
    `max_epochs` allow. All five, or none where it is not known."""
    file_limit: int | None = None
    """Bytes a training file may have."""
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
        split_of: Callable[[Example], Split | None] | None = None,
        speakers: Mapping[str, str] | None = None,
        pieces: Callable[[Sequence[str]], list[list[bytes]]] | None = None,
        facts: Mapping[str, Any] | None = None,
        splits: Mapping[Split, Counter[Any]] | None = None,
    ):
        self.seed = seed
        """The step's own seed."""
        self.model = model
        """Facts of the recipe's model; None where it names none."""
        self.writer = writer
        """For steps and checks of one output: its writer."""
        self.speakers: Mapping[str, str] = speakers or {}
        """Role -> the speaker's name in the text, as the steps before this one leave it."""
        self.facts: Mapping[str, Any] = facts or {}
        """For checks: what the steps before it tell inference (`stop`, `separator`, `codes`), as in the contract."""
        self.splits: Mapping[Split, Counter[Any]] = splits or {}
        """For `judge` of a check that is `by_split`: of each split that has examples, how often it saw which value."""
        self.tallies: Counter[str] = Counter()
        self.wanted: Wanted | None = None
        """Set where somebody listens to what `answer` does not find."""
        self._lock = threading.RLock()
        self._made: dict[str, Any] = {}
        self._count, self._rows, self._split_of, self._pieces = count, rows, split_of, pieces

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, exact. Raises RecipeError where the recipe names no model."""
        if self._count is None:
            raise RecipeError("tokens cannot be counted without a model", hint="add 'model:' to the recipe")
        return self._count(texts)

    def rows(self, path: str) -> Iterator[Row]:
        """The rows of a side table, through any installed reader; `path` is relative to the recipe."""
        if self._rows is None:
            hint = "give the columns that the step would find there"
            raise RecipeError(f"{path}: no side table can be read here", hint=hint)
        return self._rows(path)

    def answer(self, question: Question, path: str) -> str | None:
        """What a model said to this question, as the step's file of answers has it (see `Step.answer_file`). None: it
        has no answer yet; drop the example, and 'ftprep generate' asks. Raises RecipeError where there are no files,
        as at inference."""
        return look_up(self, question, path)

    def split_of(self, example: Example) -> Split | None:
        """The split that the recipe's rule gives a record with these fields, where that can be told at once: a `stable`
        rule with `by`, or one with `from`; a step that asks says so with `asks_split`. None: decided later."""
        return self._split_of(example) if self._split_of is not None else None

    def pieces(self, texts: Sequence[str]) -> list[list[bytes]]:
        """The tokens of each text, as the bytes each stands for. Raises RecipeError where the recipe names no model."""
        if self._pieces is None:
            raise RecipeError("tokens cannot be shown without a model", hint="add 'model:' to the recipe")
        return self._pieces(texts)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, made at the first call and kept for the run: side tables, compiled patterns."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            made: T = self._made[name]
            return made

    def tally(self, name: str, n: int = 1) -> None:
        """Adds to a counter that the engine sums and reports under the step's notes."""
        with self._lock:
            self.tallies[name] += n


class Step(BaseModel):
    """What all kinds have in common: a name, options, and where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    name: ClassVar[str]
    """What recipes call it, snake_case."""
    shorthand: ClassVar[str | None] = None
    """The option that a lone value fills; None: the first one that the class itself declares."""
    problem_codes: ClassVar[tuple[Code, ...]] = ()
    """The codes that its findings and errors have, with what they mean. A plugin's codes have a prefix of its own."""
    rules_of: ClassVar[str | None] = None
    """For a Map or a Check that holds data to the rules of one service: the service."""
    asks_split: ClassVar[bool] = False
    """It asks `run.split_of`, so the recipe needs a split that can be told at once."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """As pydantic's, with the docstring below each field as its description."""
        made = handler.resolve_ref_schema(handler(schema))
        docs, fields = option_docs(cls), cls.model_fields
        for name, field in fields.items():
            if name in docs and (option := made.get("properties", {}).get(field.alias or name)) is not None:
                option.setdefault("description", docs[name])
        return made

    @classmethod
    def lone_option(cls) -> str | None:
        """The option that a lone value fills."""
        own = (name for name in cls.model_fields if name in cls.__annotations__)
        return cls.shorthand or next(own, None) or next(iter(cls.model_fields), None)

    def columns(self) -> tuple[str, ...]:
        """The columns its options name, in options typed Column and Template."""
        found: list[str] = []
        for value in _leaves(self):
            if isinstance(value, Column):
                found.append(str(value))
            elif isinstance(value, Template):
                found.extend(value.columns)
        return tuple(dict.fromkeys(found))

    def templates(self) -> tuple[Template, ...]:
        """The templates in its options."""
        return tuple(value for value in _leaves(self) if isinstance(value, Template))

    def in_paths(self) -> tuple[str, ...]:
        """The files its options name, in options typed InPath."""
        return tuple(dict.fromkeys(str(value) for value in _leaves(self) if isinstance(value, InPath)))

    def answer_file(self) -> AnswerFile | None:
        """For a step that puts in what a model says (`run.answer`): the file it finds that in."""
        return None

    @classmethod
    def propose(cls, rows: Sequence[Row]) -> Proposal | None:
        """How it would make messages of rows like these, the first hundred of a file; None: it would not."""
        return None

    @classmethod
    def proposals(cls, rows: Sequence[Row]) -> Sequence[Proposal]:
        """All ways, where there are several, for different tasks or columns; `propose` gives the surest of them."""
        best = cls.propose(rows)
        return () if best is None else (best,)

    @classmethod
    def proposals_of_all(cls, rows: Iterable[Row]) -> Sequence[Proposal]:
        """The same after all rows of a file, which come one by one and are not kept; for proposals that say `more`.
        None: those of the first rows stand."""
        return ()

    def columns_after(self, columns: Sequence[str]) -> Sequence[str] | None:
        """The columns there are after this step, given those before it; None: only the data tells."""
        return columns

    def speakers(self, before: Mapping[str, str]) -> Mapping[str, str]:
        """Role -> the speaker's name in the text, after this step; `before` is what held before it."""
        return before

    def contract(self, run: StepRun) -> dict[str, Any]:
        """Facts that inference needs (`stop`, `separator`, `codes`, `max_tokens`, `logprobs`); merged over steps."""
        return {}


def _leaves(value: Any) -> Iterator[Any]:
    """The single values in options, however deep they lie."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(key)
            yield from _leaves(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _leaves(getattr(value, name))
    else:
        yield value
